// A finding: what the evidence of one site amounts to at one moment, before anybody decides whether it becomes an
// incident. Derived anew each time from evidence; nothing of it is stored.
import { earlier, type Instant } from '../../../shared/time.ts';
import type { Cause, HostRole, IncidentKind, Layer, Priority } from '../../../shared/words.ts';
import type { Verdict } from '../incident.ts';

export interface Finding {
  readonly kind: IncidentKind;
  readonly cause: Cause;
  readonly layer?: Layer;
  readonly causeKey: string;
  readonly link?: string;
  readonly host?: string;
  /** Of a lost link while another one of its site is not down: the class by the contract. Absent: critical. */
  readonly linkClass?: Priority;
  /** What it counts as: a switch with stopped servers behind it counts as a server. */
  readonly hostRole?: HostRole;
  /** Servers behind it are known to be stopped since then. */
  readonly stopsServersSince?: Instant;
  readonly provider?: string;
  /** First failing evidence: every wait (a blip's, a parent's, a router's) counts from here. */
  readonly since: Instant;
  /** Where the beginning itself was not seen: the middle between the last good sign and `since` (witness.ts). */
  readonly startedAt?: Instant;
  /** The verdict stands since then; undefined = suspected only, the parent's or a second witness's word is awaited. */
  readonly confirmedAt?: Instant;
  /** Not before then, even if confirmed (a parent may still speak, a router may still fail over). */
  readonly holdUntil?: Instant;
  /** Explained by another finding of the site: joins the incident of that cause key, never opens its own. */
  readonly symptomOf?: string;
  /** Return watch: since when the machine is away; `since` is its deadline. */
  readonly awaySince?: Instant;
  /** It outlived a maintenance window: when it really began. `since` is the window's end. */
  readonly began?: { readonly since: Instant; readonly reason: string };
  /** It flaps, and counts as failing while it does. */
  readonly flap?: FindingFlap;
  /** A first good sign: hold everything until it is confirmed or falls back. */
  readonly recovering: boolean;
  /** `silence` needs a server that provably sees; `direct` was said by a living agent. */
  readonly rests: 'direct' | 'silence';
  readonly verdict: Verdict;
}

/** One unstable episode as of now; `downMs` = its finished stretches, of which `stretches` are the last. */
export interface FindingFlap {
  readonly since: Instant;
  readonly downs: number;
  readonly downMs: number;
  /** Down at this moment, since then. */
  readonly downSince?: Instant;
  readonly stretches: readonly { readonly from: Instant; readonly to?: Instant }[];
}

/** When it began, as well as that is known: the SLA's clock and the downtime start here. Never after `since`. */
export function startOf({ since, startedAt }: Pick<Finding, 'since' | 'startedAt'>): Instant {
  return startedAt === undefined ? since : earlier(startedAt, since);
}

export function linkCauseKey(link: string): string {
  return `link:${link}`;
}

export function hostCauseKey(host: string): string {
  return `host:${host}`;
}

export function agentCauseKey(host: string): string {
  return `agent:${host}`;
}

export const siteCauseKey = 'site';
export const ownCauseKey = 'own';
