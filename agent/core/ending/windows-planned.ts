// An orderly end as the Windows System log tells it: who asked, why, and what came after (1074, 6006, Kernel-General 13,
// Kernel-Power 109). Stands under judge-windows.ts. It must never take a battery or a button for a plan.
import { type Conclusion, concluded, type EvidenceLine, unknownFor } from './conclusion.ts';
import type { EndingEvidence, WindowsEvent } from './evidence.ts';
import { isEvent, numberOf, providers, type WindowsRun } from './windows-run.ts';

/** POWER_ACTION of the Windows headers: PowerActionShutdownReset, ...Shutdown, ...ShutdownOff. */
const actions = { reset: 5, shutdown: 4, off: 6 } as const;
/** Reasons that Kernel-Power gives with a transition, as with event 42: 0 button or lid, 2 battery. */
const whys = { button: 0, battery: 2 } as const;

export function planned(evidence: EndingEvidence, { before }: WindowsRun): Conclusion {
  const orderly = before.findLast(
    (event) => isEvent(event, providers.kernelGeneral, 13) || isEvent(event, providers.eventLog, 6006),
  );
  if (orderly === undefined)
    return unknownFor('windows-event', 'nenhum registro de desligamento, nem ordenado nem inesperado');
  if (!evidence.settled) {
    return unknownFor('windows-event', 'desligamento ordenado, mas um relatório de erro ainda pode chegar');
  }
  const asked = before.findLast((event) => isEvent(event, providers.user, 1074, 1075));
  const request = asked?.id === 1074 ? asked : undefined;
  const transition = before.findLast((event) => isEvent(event, providers.kernelPower, 109));
  const why = numberOf(transition?.data.ShutdownReason);
  const code = numberOf(request?.data.param4);
  if (why === whys.battery || majorOf(code) === 6) {
    return concluded('power', [line('o sistema desligou em ordem porque a energia faltava')]);
  }
  if (why === whys.button && evidence.machine !== 'virtual') {
    // A press that a program then turned into a request looks like a request: nobody can tell which came first.
    if (evidence.machine === undefined || request !== undefined) {
      return unknownFor(
        'windows-event',
        'botão de energia, mas há outro pedido ou a máquina não é conhecida',
      );
    }
    return concluded('button', [line('evento 109: desligamento pelo botão de energia')]);
  }
  return {
    ending: 'planned',
    restart: restartOf(transition, request),
    reason: reasonOf(request, code),
    account: textOf(request?.data.param7),
    lines: [
      line(
        request === undefined
          ? 'desligamento ordenado (evento 6006 ou 13)'
          : `evento 1074: desligamento pedido por ${textOf(request.data.param1) ?? 'um programa'}`,
      ),
      ...(updated(request, code) ? [line('atualização do Windows')] : []),
    ],
  };
}

function reasonOf(request: WindowsEvent | undefined, code: number | undefined): string | undefined {
  if (request === undefined) return undefined;
  const parts = [textOf(request.data.param6), textOf(request.data.param3)].filter(
    (part) => part !== undefined,
  );
  const words = parts.length > 0 ? parts.join(' - ') : undefined;
  const shown = code === undefined || code === 0 ? undefined : `0x${code.toString(16)}`;
  const told = words === undefined ? shown : shown === undefined ? words : `${words} (${shown})`;
  return told?.slice(0, 200);
}

/** 109 says it by number; 1074 only in the system's language. */
function restartOf(
  transition: WindowsEvent | undefined,
  request: WindowsEvent | undefined,
): boolean | undefined {
  const action = numberOf(transition?.data.ShutdownActionType);
  if (action === actions.reset) return true;
  if (action === actions.shutdown || action === actions.off) return false;
  const type = request?.data.param5?.toLowerCase() ?? '';
  if (/restart|reboot|reinici|redémar|neu ?start/.test(type)) return true;
  return /power ?off|shut ?down|deslig|apag|arrêt|herunterfahren/.test(type) ? false : undefined;
}

/** Minor reasons of an update: upgrade, service pack, hotfix, security fix, each with its removal. */
const updateMinors: readonly number[] = [0x03, 0x10, 0x11, 0x12, 0x16, 0x17, 0x18];

const updatePrograms: readonly string[] = ['trustedinstaller.exe', 'mousocoreworker.exe', 'usoclient.exe'];

function updated(request: WindowsEvent | undefined, code: number | undefined): boolean {
  const byReason = majorOf(code) === 2 && updateMinors.includes((code ?? 0) % 0x1_0000);
  return byReason || updatePrograms.includes(request?.data.param1?.toLowerCase() ?? '');
}

function majorOf(code: number | undefined): number | undefined {
  return code === undefined ? undefined : Math.floor(code / 0x1_0000) % 0x1_00;
}

function textOf(text: string | undefined): string | undefined {
  const said = text?.trim();
  return said === undefined || said === '' ? undefined : said.slice(0, 200);
}

function line(text: string): EvidenceLine {
  return { source: 'windows-event', text };
}
