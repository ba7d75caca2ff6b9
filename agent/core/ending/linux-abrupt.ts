// A Linux machine that ended without dying words and without an order. Stands under judge-linux.ts. Each conclusion
// here rests on an absence, so it needs every source looked at: journal whole, dumps possible and none, watchdog asked.
import { type Conclusion, concluded, type EvidenceLine, unknownFor } from './conclusion.ts';
import type { EndingEvidence, PreviousStamp } from './evidence.ts';
import { journalWindowMs, type LinuxRun } from './linux-run.ts';
import type { JournalMark } from './marks.ts';

/** What happened this shortly before the end has to do with it. */
const recentMs = 5 * 60_000;
/** journald writes to the disk every 5 minutes (SyncIntervalSec), so a cut may take that much of the journal. */
const journalLagMs = 6 * 60_000;

export function judgeAbrupt(evidence: EndingEvidence, stamp: PreviousStamp, run: LinuxRun): Conclusion {
  const missing = missingOf(evidence, stamp, run);
  if (missing !== undefined) return unknownFor('stamp', missing);
  const { watchdog, machine } = evidence;
  const outOfMemory = recently(run, 'killed-for-memory');
  const locked = recently(run, 'lockup');
  const hardware = recently(run, 'hardware-error') || recently(run, 'overheated') || watchdog?.overheated;
  const words = journal('o diário acaba sem aviso de desligamento');
  if (hardware) return unknownFor('journal', 'há erro de hardware ou temperatura crítica antes do fim');
  if (powerFailing(run) || watchdog?.powerUnder) {
    if (outOfMemory || locked || watchdog?.resetMachine)
      return unknownFor('journal', 'os indícios se contradizem');
    return concluded('power', [journal('falta de energia avisada antes do fim'), words]);
  }
  if (outOfMemory) {
    if (!locked && !watchdog?.resetMachine) {
      return unknownFor('journal', 'memória esgotada antes do fim, mas nada liga uma coisa à outra');
    }
    return concluded('out-of-memory', [journal('memória esgotada: processos mortos pelo sistema'), words]);
  }
  // From here on a dying kernel's silence is evidence; it needs a place where its words would be.
  if (evidence.pstore?.armed !== true || !evidence.pstore.complete || !evidence.settled) {
    return unknownFor('stamp', 'fim abrupto; um erro do kernel não deixaria registro nesta máquina');
  }
  if (run.dumps.length > 0 || recently(run, 'oops')) {
    return unknownFor('pstore', 'o kernel registrou erro antes do fim, mas não que parou por ele');
  }
  if (watchdog?.resetMachine)
    return concluded('hang', [journal('o watchdog reiniciou a máquina travada'), words]);
  if (locked) return concluded('hang', [journal('processador travado antes do fim (lockup)'), words]);
  if (machine === 'virtual') return concluded('virtual-machine-killed', [words, quiet]);
  return machine === 'physical'
    ? concluded('power', [words, quiet])
    : unknownFor('stamp', 'fim abrupto; não se sabe se a máquina é física ou virtual');
}

const quiet: EvidenceLine = { source: 'pstore', text: 'nenhum erro do kernel guardado' };

/** Was there such an entry shortly before the last sign of life? */
export function recently(run: LinuxRun, kind: JournalMark['kind']): boolean {
  return run.entries.some(({ mark, monoMs }) => mark?.kind === kind && monoMs >= run.lastMs - recentMs);
}

/** Why an end without words may not be judged at all. */
function missingOf(evidence: EndingEvidence, stamp: PreviousStamp, run: LinuxRun): string | undefined {
  if (stamp.stoppedInOrder) return 'o agente parou em ordem; o que houve depois não foi visto';
  if (evidence.journal?.kept === false) return 'este sistema não guarda diário; o fim não foi registrado';
  if (evidence.journal?.complete !== true) return 'o diário da execução anterior não está completo';
  const last = run.entries.at(-1);
  if (last === undefined) return 'o diário não tem nada da execução anterior';
  if (last.monoMs < stamp.clock.monoMs - journalLagMs) return 'o diário acaba bem antes do fim';
  return evidence.watchdog === undefined ? 'o watchdog não foi consultado' : undefined;
}

function powerFailing(run: LinuxRun): boolean {
  const last = run.entries.findLast(
    ({ mark, monoMs }) =>
      monoMs >= run.lastMs - journalWindowMs &&
      (mark?.kind === 'power-failing' || mark?.kind === 'power-back'),
  );
  return last?.mark?.kind === 'power-failing';
}

function journal(text: string): EvidenceLine {
  return { source: 'journal', text };
}
