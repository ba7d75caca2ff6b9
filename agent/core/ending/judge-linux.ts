// The end as a Linux machine's records tell it: dying words first, then an orderly end, then an end without a word.
// Rules from utmp(5), systemd-journald(8), systemd-logind(8), the kernel's pstore and watchdog documents. Pure. It must
// never take missing words for a quiet end: a power cut is only concluded where a dying kernel would have left words.
import { type Conclusion, concluded, type EvidenceLine, unknownFor } from './conclusion.ts';
import type { EndingEvidence, PreviousStamp } from './evidence.ts';
import { judgeAbrupt, recently } from './linux-abrupt.ts';
import { endOf, findLinuxRun, journalWindowMs, type LinuxRun } from './linux-run.ts';
import type { JournalMark, PanicWhy } from './marks.ts';

export function judgeLinux(evidence: EndingEvidence, stamp: PreviousStamp): Conclusion | undefined {
  const { journal, wtmp, pstore } = evidence;
  if (journal === undefined && wtmp === undefined && pstore === undefined) return undefined;
  const run = findLinuxRun(evidence, stamp);
  const orderly = orderOf(run);
  const words = dyingWords(run);
  const found =
    words.length > 0
      ? dying(evidence, run, words, orderly)
      : orderly
        ? planned(evidence, run)
        : judgeAbrupt(evidence, stamp, run);
  return { ...found, ended: endOf(run, stamp, orderly) };
}

interface Words {
  readonly source: 'journal' | 'pstore';
  readonly why: PanicWhy;
  readonly text: string;
}

function dyingWords(run: LinuxRun): readonly Words[] {
  const inJournal = run.entries.flatMap(({ mark }) =>
    mark?.kind === 'panic' ? [{ source: 'journal' as const, why: mark.why, text: mark.text }] : [],
  );
  const inStore = run.dumps.flatMap(({ panic }) =>
    panic === undefined ? [] : [{ source: 'pstore' as const, ...panic }],
  );
  return [...inStore, ...inJournal];
}

/** What the kernel itself said outweighs all that surrounds it, but not what contradicts it. */
function dying(
  evidence: EndingEvidence,
  run: LinuxRun,
  words: readonly Words[],
  orderly: boolean,
): Conclusion {
  const lines: readonly EvidenceLine[] = words.slice(0, 4).map(({ source, text }) => ({ source, text }));
  const [first] = words;
  const whys = new Set(words.map(({ why }) => why));
  if (first === undefined || orderly || whys.size > 1) return concluded('unknown', lines);
  const outOfMemory = recently(run, 'killed-for-memory');
  switch (first.why) {
    case 'out-of-memory':
      return { ...concluded('out-of-memory', lines), code: first.text };
    case 'crash':
      // Killing for memory and then a panic of another name: either may be the cause.
      return outOfMemory ? concluded('unknown', lines) : { ...concluded('crash', lines), code: first.text };
    case 'hang': {
      // Memory running out stops processors too, and then it is the cause; only a whole journal can exclude it.
      if (!outOfMemory && evidence.journal?.complete !== true) return concluded('unknown', lines);
      return { ...concluded(outOfMemory ? 'out-of-memory' : 'hang', lines), code: first.text };
    }
  }
}

/** A journal that stops in order stops last of all. */
const stoppedMs = 5_000;

function orderOf(run: LinuxRun): boolean {
  const endMs = run.entries.at(-1)?.monoMs ?? 0;
  const inJournal = run.entries.some(({ mark, monoMs }) => {
    if (mark?.kind === 'shutdown') return monoMs >= endMs - journalWindowMs;
    // journald is also restarted while the machine runs on.
    return mark?.kind === 'journal-stopped' && monoMs >= run.lastMs - stoppedMs;
  });
  return inJournal || levelOf(run) !== undefined;
}

/** Runlevels 0 and 6, or the shutdown record, as the last thing wtmp says of the run. */
function levelOf(run: LinuxRun): 'halt' | 'restart' | 'shutdown' | undefined {
  const records = run.wtmp ?? [];
  const level = records.findLast(({ what }) => what === 'runlevel')?.level;
  if (level === '6') return 'restart';
  if (level === '0') return 'halt';
  return records.at(-1)?.what === 'shutdown' ? 'shutdown' : undefined;
}

function planned(evidence: EndingEvidence, run: LinuxRun): Conclusion {
  const { journal } = evidence;
  const level = levelOf(run);
  if (journal?.kept === false && level !== undefined) {
    const restart = level === 'shutdown' ? undefined : level === 'restart';
    return { ...concluded('planned', [line('wtmp', 'desligamento ordenado registrado no wtmp')]), restart };
  }
  if (journal?.complete !== true) {
    return unknownFor(
      level === undefined ? 'journal' : 'wtmp',
      'desligamento ordenado, mas o diário não está completo',
    );
  }
  const marks = lastMarks(run);
  const restart = marks.findLast((mark) => mark.kind === 'shutdown' && mark.restart !== undefined);
  const side = sideCause(evidence, marks);
  if (side !== undefined) return side;
  const told = marks.findLast((mark) => mark.kind === 'shutdown' && mark.reason !== undefined);
  const asked = marks.findLast((mark) => mark.kind === 'asked');
  const update = marks.some(({ kind }) => kind === 'update');
  const fromUpdate = update ? 'atualização automática' : undefined;
  return {
    ending: 'planned',
    restart: restart?.kind === 'shutdown' ? restart.restart : undefined,
    reason: (told?.kind === 'shutdown' ? told.reason : undefined) ?? fromUpdate,
    account: asked?.kind === 'asked' ? asked.account : undefined,
    lines: [
      line('journal', 'o sistema desligou em ordem'),
      ...(update ? [line('journal', 'reinício pedido pela atualização automática')] : []),
      ...(level === undefined ? [] : [line('wtmp', 'desligamento registrado no wtmp')]),
    ],
  };
}

/** An end in order that nobody planned: a battery running out, a button, a machine too hot. */
function sideCause({ machine }: EndingEvidence, marks: readonly JournalMark[]): Conclusion | undefined {
  if (marks.some(({ kind }) => kind === 'overheated')) {
    return unknownFor('journal', 'o sistema desligou por temperatura crítica');
  }
  const power = marks.findLast(({ kind }) => kind === 'power-failing' || kind === 'power-back');
  if (power?.kind === 'power-failing') {
    return concluded('power', [
      line('journal', 'o nobreak avisou falta de energia e o sistema desligou em ordem'),
    ]);
  }
  if (!marks.some(({ kind }) => kind === 'power-key')) return undefined;
  if (machine === 'physical') {
    return concluded('button', [line('journal', 'o botão de energia foi pressionado')]);
  }
  if (machine === 'virtual') {
    return {
      ...concluded('planned', [line('journal', 'o hipervisor pediu o desligamento (botão virtual)')]),
      reason: 'desligamento pedido pelo hipervisor',
    };
  }
  return unknownFor('journal', 'botão de energia, mas não se sabe se a máquina é física');
}

function lastMarks(run: LinuxRun): readonly JournalMark[] {
  return run.entries
    .filter(({ monoMs }) => monoMs >= run.lastMs - journalWindowMs)
    .flatMap(({ mark }) => mark ?? []);
}

function line(source: EvidenceLine['source'], text: string): EvidenceLine {
  return { source, text };
}
