// What the targets answered over one stretch of rounds, for the record that a state change carries. Filled only
// while something is in doubt, so that a quiet agent allocates nothing here.
import { limits } from '../../shared/limits.ts';
import type { TargetEvidence } from '../../shared/wire/evidence.ts';

/** The parts of a measurement that count; both a round's result and a neighbour's evidence have them. */
export type Measured = Pick<TargetEvidence, 'target' | 'role' | 'method' | 'sent' | 'lost' | 'rttMs'>;

export class Tally {
  readonly #entries = new Map<string, TargetEvidence>();

  clear(): void {
    this.#entries.clear();
  }

  add(measured: Measured): void {
    // A machine that answers ARP and no ping says two things, and both must be told.
    const key = `${measured.role} ${measured.target} ${measured.method === 'arp' ? 'arp' : ''}`;
    const before = this.#entries.get(key);
    if (before === undefined && this.#entries.size >= limits.evidenceTargetsMax) return;
    const sent = wholeOf(measured.sent);
    this.#entries.set(key, {
      target: measured.target.slice(0, targetCharsMax),
      role: measured.role,
      method: measured.method,
      sent: (before?.sent ?? 0) + sent,
      lost: (before?.lost ?? 0) + Math.min(sent, wholeOf(measured.lost)),
      rttMs: rttOf(measured) ?? before?.rttMs,
    });
  }

  /** In the order in which the targets first answered or failed. */
  evidence(): TargetEvidence[] {
    return [...this.#entries.values()];
  }
}

/** The answered round-trip time within the wire's bounds; undefined when there was none. */
export function rttOf(measured: Pick<TargetEvidence, 'rttMs'>): number | undefined {
  const rtt = measured.rttMs;
  if (rtt === undefined || !Number.isFinite(rtt) || rtt < 0) return undefined;
  return Math.min(rtt, rttMsMax);
}

export function answered(measured: Pick<TargetEvidence, 'sent' | 'lost'>): boolean {
  return measured.sent > measured.lost;
}

/** Bounds of `targetEvidenceSchema`; a captive portal's address may be longer than a target. */
const targetCharsMax = 120;
const rttMsMax = 600_000;

function wholeOf(count: number): number {
  return Number.isFinite(count) ? Math.max(0, Math.trunc(count)) : 0;
}
