// The end as the Windows System log tells it. Rules from Microsoft's documents: "Event ID 41 The system has rebooted
// without cleanly shutting down first" (Kernel-Power; its three scenarios), "Shutdown event tracker" (1074, 1076),
// "System Shutdown Reason Codes". Pure. It must never conclude from a record's absence unless the log is complete.
import { type Conclusion, concluded, type DatedEnd, type EvidenceLine, unknownFor } from './conclusion.ts';
import type { EndingEvidence, PreviousStamp, WindowsEvent } from './evidence.ts';
import { planned } from './windows-planned.ts';
import { findRun, isEvent, lastAliveOf, numberOf, providers, type WindowsRun } from './windows-run.ts';

export function judgeWindows(evidence: EndingEvidence, stamp: PreviousStamp): Conclusion | undefined {
  const { windows } = evidence;
  if (windows === undefined || windows.events.length === 0) return undefined;
  const run = findRun(windows.events, stamp);
  if (run === undefined) return unknownFor('windows-event', 'o log do sistema não mostra essa execução');
  if (!windows.complete || !coversEnd(run.before))
    return unknownFor('windows-event', 'o log do sistema não está completo');
  const { after } = run;
  const power = after.find((event) => isEvent(event, providers.kernelPower, 41));
  const unexpected =
    power !== undefined ||
    after.some((event) => isEvent(event, providers.eventLog, 6008) || isStopReport(event));
  const found = unexpected ? unclean(evidence, stamp, run, power) : planned(evidence, run);
  return { ...found, ended: unexpected ? aliveEnd(run, stamp) : orderlyEnd(run, stamp) };
}

/** A log that rotated, or was cut off, must still hold all of the run's last minutes. */
const windowMs = 10 * 60_000;

function coversEnd(before: readonly WindowsEvent[]): boolean {
  const [first] = before;
  const last = before.at(-1);
  if (first === undefined || last === undefined) return false;
  return isEvent(first, providers.kernelGeneral, 12) || last.atMs - first.atMs >= windowMs;
}

/** 41 or 6008: the run before did not shut down. */
function unclean(
  evidence: EndingEvidence,
  stamp: PreviousStamp,
  run: WindowsRun,
  power: WindowsEvent | undefined,
): Conclusion {
  const ordered = run.before.some(
    (event) => isEvent(event, providers.kernelGeneral, 13) || isEvent(event, providers.eventLog, 6006),
  );
  const codes = stopCodes(run, power);
  if (codes.size > 1) return unknownFor('windows-event', 'os registros citam códigos de parada diferentes');
  const [code] = codes;
  if (code !== undefined) {
    if (ordered)
      return unknownFor('windows-event', 'há desligamento ordenado e erro de parada ao mesmo tempo');
    return { ...concluded('crash', [line(`erro de parada (tela azul) ${code}`)]), code };
  }
  if (power === undefined) {
    return unknownFor(
      'windows-event',
      'evento 6008: desligamento inesperado, sem o evento 41 que diria mais',
    );
  }
  const veto = vetoOf(evidence, stamp, run, power, ordered);
  if (veto !== undefined) return unknownFor('windows-event', veto);
  return withoutStopCode(evidence, run, power);
}

/** Why nothing more may be concluded from a 41 without a stop code. */
function vetoOf(
  evidence: EndingEvidence,
  stamp: PreviousStamp,
  run: WindowsRun,
  power: WindowsEvent,
  ordered: boolean,
): string | undefined {
  if (!evidence.settled) return 'evento 41 sem código; o relatório de erro ainda pode chegar';
  if (numberOf(power.data.BugcheckCode) === undefined) return 'evento 41 sem o campo do código de parada';
  if (ordered) return 'há desligamento ordenado e evento 41 ao mesmo tempo';
  if (stamp.stoppedInOrder) return 'o agente já tinha parado em ordem antes do fim';
  const asked = run.before.findLast((event) => isEvent(event, providers.user, 1074, 1075));
  if (asked?.id === 1074) return 'um desligamento tinha sido pedido e não terminou';
  if (flagged(power, 'SleepInProgress') || flagged(power, 'ConnectedStandbyInProgress')) {
    return 'o equipamento estava entrando em suspensão ou saindo dela';
  }
  const sleep = run.before.findLast((event) => isEvent(event, providers.kernelPower, 42, 107));
  if (sleep?.id === 42) return 'o equipamento estava suspenso';
  const broken =
    flagged(power, 'WHEABootErrorCount') ||
    run.after.some((event) => isEvent(event, providers.hardware, 1, 18, 20, 46));
  return broken ? 'há erro de hardware registrado' : undefined;
}

/** Scenarios 2 and 3 of Microsoft's page. */
function withoutStopCode(evidence: EndingEvidence, run: WindowsRun, power: WindowsEvent): Conclusion {
  const person = wordOfPerson(run.after);
  if (buttonHeld(power)) {
    if (evidence.machine === 'physical') {
      return concluded('button', [line('evento 41: o botão de energia foi pressionado até desligar')]);
    }
    return unknownFor('windows-event', 'botão de energia, mas não se sabe se a máquina é física');
  }
  if (person === 'hang') return concluded('hang', [line('evento 1076: uma pessoa registrou travamento')]);
  const quiet = line('evento 41: sem código de parada e sem botão de energia');
  if (person === 'power') {
    return concluded('power', [quiet, line('evento 1076: uma pessoa registrou falta de energia')]);
  }
  if (person === 'other')
    return unknownFor('windows-event', 'evento 1076: uma pessoa registrou outro motivo');
  if (evidence.machine === 'physical') return concluded('power', [quiet]);
  if (evidence.machine === 'virtual') return concluded('virtual-machine-killed', [quiet]);
  return unknownFor('windows-event', 'evento 41 sem código: não se sabe se a máquina é física ou virtual');
}

function buttonHeld(power: WindowsEvent): boolean {
  return flagged(power, 'PowerButtonTimestamp') || flagged(power, 'LongPowerButtonPressDetected');
}

/** Booleans are written as true/false, numbers decimal or as 0x. */
function flagged(event: WindowsEvent, name: string): boolean {
  const text = event.data[name]?.toLowerCase();
  return text === 'true' || (numberOf(text) ?? 0) !== 0;
}

function isStopReport(event: WindowsEvent): boolean {
  return isEvent(event, providers.bugCheck, 1001) || isEvent(event, 'BugCheck', 1001);
}

/** Decimal in 41, hexadecimal in 1001; told as Windows shows it on the blue screen. */
function stopCodes(run: WindowsRun, power: WindowsEvent | undefined): ReadonlySet<string> {
  const reported = run.after
    .filter(isStopReport)
    .map((event) => numberOf(/^0x[0-9a-f]+/i.exec(event.data.param1 ?? '')?.[0]));
  const codes = [numberOf(power?.data.BugcheckCode), ...reported].filter((code) => (code ?? 0) !== 0);
  return new Set(codes.map((code) => `0x${(code ?? 0).toString(16).toUpperCase().padStart(8, '0')}`));
}

/** 1076: what an administrator entered at the next sign-in (System Shutdown Reason Codes). */
function wordOfPerson(after: readonly WindowsEvent[]): 'hang' | 'power' | 'other' | undefined {
  const event = after.find((each) => isEvent(each, providers.user, 1076));
  const code = numberOf(event?.data.param2);
  if (code === undefined) return undefined;
  const major = Math.floor(code / 0x1_0000) % 0x1_00;
  const minor = code % 0x1_0000;
  if (major === 6) return 'power';
  return minor === 5 ? 'hang' : 'other';
}

/** The last record of a run that shut down; the machine is off some seconds later. */
function orderlyEnd({ before }: WindowsRun, { clock }: PreviousStamp): DatedEnd | undefined {
  const last = before.findLast(
    (event) => isEvent(event, providers.kernelGeneral, 13) || isEvent(event, providers.eventLog, 6006),
  );
  return last === undefined
    ? undefined
    : { monoMs: clock.monoMs + (last.atMs - clock.wallMs), errorMs: 10_000 };
}

/** Only later than the stamp is it news: the stamp is younger than a minute by itself. */
function aliveEnd(run: WindowsRun, { clock }: PreviousStamp): DatedEnd | undefined {
  const aliveMs = lastAliveOf(run.after);
  if (aliveMs === undefined || aliveMs < clock.wallMs) return undefined;
  return { monoMs: clock.monoMs + (aliveMs - clock.wallMs), errorMs: 60_000 };
}

function line(text: string): EvidenceLine {
  return { source: 'windows-event', text };
}
