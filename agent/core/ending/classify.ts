// Why the machine's last run ended (PRODUCT.md: planned, power, crash, button, hang, out-of-memory, virtual machine
// killed, or unknown). Room 3 for the agent's own machine, after judge-boot.ts. Pure. Missing or contradicting evidence
// is `unknown`, never a wrong cause.
import type { Clock, FoundEnding } from '../input.ts';
import { type Conclusion, type DatedEnd, type EvidenceLine, unknownFor } from './conclusion.ts';
import type { EndingEvidence, PreviousStamp } from './evidence.ts';
import { judgeLinux } from './judge-linux.ts';
import { judgeWindows } from './judge-windows.ts';

const linesMax = 16;
const textMax = 200;
/** A stamp is written every 10 s and takes a moment to reach the disk. */
const stampErrorMs = 12_000;
/** Without any stamp the end is not dated; it lay before this boot. */
const undatedErrorMs = 7 * 86_400_000;

export function classifyEnding(evidence: EndingEvidence): FoundEnding {
  const { stamp } = evidence;
  if (stamp === undefined) return unstamped(evidence);
  const found = combine(evidence, stamp);
  const ended = datedEnd(evidence, stamp, found.ended);
  return {
    bootId: stamp.clock.bootId,
    ending: found.ending,
    restart: found.restart,
    reason: found.reason?.slice(0, textMax),
    account: found.account?.slice(0, textMax),
    code: found.code?.slice(0, textMax),
    ended: readingAt(stamp, ended.monoMs),
    endedErrorMs: Math.max(0, Math.round(ended.errorMs)),
    evidence: [stampLine(stamp), ...found.lines]
      .slice(0, linesMax)
      .map(({ source, text }) => ({ source, text: text.slice(0, textMax) })),
  };
}

function combine(evidence: EndingEvidence, stamp: PreviousStamp): Conclusion {
  if (evidence.machine === 'container') {
    return unknownFor('stamp', 'em contêiner: os registros da máquina não são visíveis');
  }
  if (samePlace(evidence.now, stamp.clock)) {
    return unknownFor('clock', 'a máquina não reiniciou desde a última execução');
  }
  const windows = judgeWindows(evidence, stamp);
  const linux = judgeLinux(evidence, stamp);
  // One machine runs one system; two of them speaking is an evidence nobody can trust.
  if (windows !== undefined && linux !== undefined) return unknownFor('clock', 'registros de dois sistemas');
  return windows ?? linux ?? unknownFor('stamp', 'nenhum registro do sistema pôde ser lido');
}

/** Later signs of life than the stamp count, unless the clocks say that they cannot be: then the stamp is the judge. */
function datedEnd(evidence: EndingEvidence, stamp: PreviousStamp, found: DatedEnd | undefined): DatedEnd {
  const { clock, stoppedInOrder } = stamp;
  const bootMs = evidence.now.wallMs - evidence.now.monoMs;
  const gapMs = bootMs - clock.wallMs;
  if (found !== undefined && Number.isFinite(found.monoMs)) {
    const laterMs = found.monoMs - clock.monoMs;
    const possible = gapMs < 0 || laterMs <= gapMs + stampErrorMs;
    if (laterMs >= 0 && possible) return found;
  }
  // A program that stopped in order stamps no more while the machine may have gone on until shortly before this boot.
  const errorMs = stoppedInOrder ? Math.min(undatedErrorMs, Math.max(stampErrorMs, gapMs)) : stampErrorMs;
  return { monoMs: clock.monoMs, errorMs };
}

function readingAt({ clock }: PreviousStamp, monoMs: number): Clock {
  return { bootId: clock.bootId, monoMs, wallMs: clock.wallMs + (monoMs - clock.monoMs) };
}

function unstamped({ now }: EndingEvidence): FoundEnding {
  return {
    ending: 'unknown',
    ended: { bootId: 'unknown', monoMs: 0, wallMs: now.wallMs - now.monoMs },
    endedErrorMs: undatedErrorMs,
    evidence: [{ source: 'stamp', text: 'não há marca da execução anterior' }],
  };
}

function stampLine({ stoppedInOrder }: PreviousStamp): EvidenceLine {
  return {
    source: 'stamp',
    text: stoppedInOrder ? 'o agente parou em ordem' : 'o agente não parou em ordem',
  };
}

function samePlace(now: Clock, before: Clock): boolean {
  return now.bootId === before.bootId;
}
