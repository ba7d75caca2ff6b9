// When one incident's thing was down and when it was only degraded, read from the incident's own record. The timeline names
// the turns; the record's total is what was counted while it happened and wins where the timeline cannot say when
// (flapping makes no entries, a very long timeline loses its middle). Must never give more downtime than was counted.
import { limits } from '../../../shared/limits.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Incident, TimelineEntry } from '../incident.ts';
import { downtimeAt } from '../rules/incident.ts';
import type { Span } from './spans.ts';

/** `share` of it was down, above 0 up to 1; below 1 where the moments within are not known, only how much it was. */
export interface DownStretch extends Span {
  readonly share: number;
}

export interface Stretches {
  readonly down: readonly DownStretch[];
  readonly degraded: readonly Span[];
  /** Some of `down` is spread over a longer time than it took. */
  readonly estimated: boolean;
}

/** Up to `now`; a running stretch ends there. */
export function stretchesOf(incident: Incident, now: Instant): Stretches {
  const phases = phasesOf(incident, now);
  const degraded = phases.filter((phase) => !phase.down && phase.to > phase.from);
  const down = phases.filter((phase) => phase.down && phase.to > phase.from);
  if (down.length === 0) return { down: [], degraded, estimated: false };
  const counted = downtimeAt(incident, now);
  const summed = down.reduce((sum, { from, to }) => sum + (to - from), 0);
  const blurred = incident.flap !== undefined || incident.timeline.length >= limits.timelineEntriesMax;
  if (blurred) {
    const whole = { from: down[0]?.from ?? incident.detectedAt, to: down.at(-1)?.to ?? now };
    const share = Math.min(1, counted / (whole.to - whole.from));
    return { down: share > 0 ? [{ ...whole, share }] : [], degraded, estimated: share < 1 };
  }
  return { down: withLateStarts(down, counted - summed), degraded, estimated: false };
}

interface Phase extends Span {
  readonly down: boolean;
  /** Told when the desk's ticket was reopened, not when it failed again. */
  readonly lateStart?: true;
}

/** The turns of the timeline in order. */
function phasesOf(incident: Incident, now: Instant): readonly Phase[] {
  const { timeline, detectedAt, closedAt, outageSince } = incident;
  const phases: Phase[] = [];
  let running: Omit<Phase, 'to'> | undefined = { from: detectedAt, down: beganDown(incident) };
  const end = (at: number): void => {
    if (running !== undefined) phases.push({ ...running, to: Math.max(running.from, at) });
    running = undefined;
  };
  for (const entry of timeline) {
    switch (turnOf(entry)) {
      case 'over':
        end(entry.at);
        break;
      case 'down':
        end(entry.at);
        running = { from: entry.at, down: true, ...(entry.kind === 'reopened' ? { lateStart: true } : {}) };
        break;
      case 'degraded':
        end(entry.at);
        running = { from: entry.at, down: false };
        break;
      default:
        break;
    }
  }
  if (running !== undefined && outageSince !== undefined) running = { ...running, from: outageSince };
  end(closedAt ?? now);
  return phases;
}

/** What an entry does to the stretch that runs; most do nothing. */
function turnOf({ kind }: TimelineEntry): 'over' | 'down' | 'degraded' | undefined {
  if (kind === 'recovering' || kind === 'resolved-by-person') return 'over';
  // An episode has no entries of its flips: it lasts until the recovery that ends it.
  if (kind === 'worsened' || kind === 'fell-back' || kind === 'reopened' || kind === 'flapping')
    return 'down';
  return kind === 'eased' ? 'degraded' : undefined;
}

/** A record tells its present kind; the first turn tells what it was before. */
function beganDown({ kind, timeline }: Incident): boolean {
  const first = timeline.find((entry) => entry.kind === 'worsened' || entry.kind === 'eased');
  if (first !== undefined) return first.kind === 'eased';
  return kind !== 'link-degraded' && kind !== 'host-degraded';
}

/** A reopening is dated by its confirmation: what the record counted beyond that lies just before. */
function withLateStarts(down: readonly Phase[], missingMs: number): readonly DownStretch[] {
  const late = down.filter(({ lateStart }) => lateStart === true).length;
  const eachMs = late === 0 ? 0 : Math.max(0, Math.floor(missingMs / late));
  return down.map(({ from, to, lateStart }, index) => {
    const floor = down[index - 1]?.to ?? 0;
    const start = lateStart === true ? Math.max(floor, from - eachMs) : from;
    return { from: start, to, share: 1 };
  });
}
