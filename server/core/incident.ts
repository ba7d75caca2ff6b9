// The incident as a record: one cause with its symptoms and a life cycle. Rules that move it live in `rules/`.
import type { EffectKey, IncidentId, SiteId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/time.ts';
import type { Cause, IncidentKind, IncidentState, Layer, Priority, Severity } from '../../shared/words.ts';

/** Where a piece of evidence came from. */
export const witnessSources = [
  'session',
  'silence',
  'link-verdict',
  'neighbour',
  'outside-in',
  'own-anchors',
  'boot-record',
  'goodbye',
  'person',
] as const;
export type WitnessSource = (typeof witnessSources)[number];

/** One source of evidence, as data: the catalogue turns `says` and `facts` into a sentence. */
export interface Witness {
  readonly source: WitnessSource;
  /** Who: an agent's host key, a link key, or `vigia`. */
  readonly who: string;
  readonly says: WitnessStatement;
  readonly since?: Instant;
  readonly facts?: Readonly<Record<string, string | number>>;
}

export const witnessStatements = [
  'agent-heard',
  'agent-suspected',
  'agent-silent',
  'agent-said-goodbye',
  'link-down',
  'link-up',
  'link-degraded',
  'host-unreachable',
  'host-reachable',
  'address-silent',
  'address-answers',
  'anchors-lost',
  'anchors-good',
  'egress-moved',
  'booted-between',
  'run-ended',
  'ran-on',
  'session-closed-by-peer',
  'many-sites-silent',
  'link-flapped',
  'host-flapped',
  'began-in-window',
  'silenced',
  'customers-lost-together',
] as const;
export type WitnessStatement = (typeof witnessStatements)[number];

/** A hypothesis that was weighed and refused. `because` is an enumerated reason. */
export interface Refused {
  readonly kind: IncidentKind;
  /** Where only one way of that kind is refused: a planned stop, a power cut. */
  readonly cause?: Cause;
  readonly because: RefusalReason;
}

export const refusalReasons = [
  'agent-is-alive',
  'other-agent-is-alive',
  'neighbour-reaches-host',
  'no-neighbour-reaches-host',
  'no-neighbour-can-tell',
  'address-answers',
  'no-address-answers',
  'own-anchors-answer',
  'own-anchors-lost',
  'links-are-up',
  'only-one-link',
  'goodbye-was-said',
  'no-goodbye-was-said',
  'several-silent-together',
  'its-kernel-closed-the-socket',
  'agent-saw-it-itself',
  'all-links-are-down',
  'only-the-service-stopped',
  'machine-ran-on',
  'machine-stopped',
  'log-says-otherwise',
  'beyond-chance',
  'several-providers-silent',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export interface Verdict {
  readonly kind: IncidentKind;
  /** `confirmed` = two independent witnesses or direct evidence; `single` = one witness alone. */
  readonly confidence: 'confirmed' | 'single';
  readonly witnesses: readonly Witness[];
  readonly refused: readonly Refused[];
  /** Causes that nobody can tell yet, until late evidence does. */
  readonly undecided?: readonly Cause[];
}

export const timelineKinds = [
  'first-evidence',
  'confirmed',
  'opened',
  'cause-known',
  'symptom-joined',
  'became-parent',
  'joined-parent',
  'recovering',
  'worsened',
  'raised',
  'eased',
  'start-known',
  'saw-all-along',
  'joined-outage',
  'outage-over',
  'widened',
  'fell-back',
  'resolved',
  'reopened',
  'closed',
  'acknowledged',
  'noted',
  'resolved-by-person',
  'reopened-by-person',
  'ticket-registered',
  'ticket-refused',
  'ticket-replaced',
  'retired',
  'history',
  'flapping',
  'steady',
  'began-in-window',
  'assigned',
  'sla-paused',
  'sla-resumed',
  'ticket-closed',
  'escalated',
  'acknowledged-at-desk',
  'noted-at-desk',
  'closed-at-desk',
  'closed-at-desk-early',
  'reopened-at-desk',
] as const;
export type TimelineKind = (typeof timelineKinds)[number];

export interface TimelineEntry {
  readonly at: Instant;
  readonly kind: TimelineKind;
  readonly by?: string;
  readonly text?: string;
}

export interface IncidentTicket {
  readonly state: 'pending' | 'registered' | 'refused';
  readonly effect: EffectKey;
  readonly desk?: string;
  readonly protocol?: string;
  readonly registeredAt?: Instant;
  /** A person closed it at the desk; gone when it is open again there. */
  readonly closedAtDesk?: { readonly at: Instant; readonly by: string };
  /** Closed by Vigia; gone when it is open again. */
  readonly closed?: true;
  /** How often Vigia has closed it: numbers the effect keys. */
  readonly closings?: number;
}

/** How far the outage has been passed on for want of an acknowledgement or of time. */
export interface IncidentEscalation {
  readonly level: 1 | 2 | 3;
  /** Steps taken, in order. */
  readonly steps: readonly string[];
  /** So many of them before it came back or got worse: each is taken again then. */
  readonly stepsBefore?: number;
  readonly at: Instant;
  readonly to: string;
}

/** The contract's clock stood still. `until` absent: until somebody lets it run again. */
export interface IncidentPause {
  readonly from: Instant;
  readonly until?: Instant;
  readonly by: string;
  readonly text: string;
}

export interface IncidentFlap {
  /** The episode's first failing evidence: tells one episode from the next. */
  readonly since: Instant;
  /** Of all episodes of this incident. */
  readonly downs: number;
  /** What stood before this episode. */
  readonly baseDowns: number;
  readonly baseMs: number;
  /** When the desk was last told, and of how many downs. */
  readonly toldAt?: Instant;
  readonly toldDowns: number;
  /** The last down that is in `downs`. */
  readonly lastAt?: Instant;
  /** By the incident's own falls; else by what one reporter counted. */
  readonly own?: true;
  /** Steady again, or down for good. */
  readonly over?: true;
}

export interface Incident {
  readonly id: IncidentId;
  readonly kind: IncidentKind;
  readonly cause: Cause;
  readonly layer?: Layer;
  /** Within its site: `link:vivo`, `host:srv-ad`, `agent:srv-ad`, `site`; `own` for Vigia itself. */
  readonly causeKey: string;
  readonly site?: SiteId;
  readonly link?: string;
  readonly host?: string;
  readonly provider?: string;
  /** Of a provider's outage: `Campinas/SP`; absent = in several towns. */
  readonly region?: string;
  readonly severity: Severity;
  readonly priority: Priority;
  /** Its class rose after the opening: when that was, and the first evidence of what raised it. */
  readonly raised?: { readonly at: Instant; readonly since: Instant };
  readonly state: IncidentState;
  /** First failing evidence, server time: the SLA clock starts here. */
  readonly detectedAt: Instant;
  /** Set where `detectedAt` is the likely start of a silence, before its first failing evidence at this instant. */
  readonly evidenceAt?: Instant;
  /** Where it began inside a maintenance window and outlived it: when. `detectedAt` is that window's end. */
  readonly beganAt?: Instant;
  /** A planned stop that was taken for a death: awaited back by then; gone once it is back. */
  readonly returnBy?: Instant;
  /** A planned stop: it was not back in time. */
  readonly overdue?: true;
  /** It began between this and `detectedAt`, while nobody could see; gone when its agents have told when. */
  readonly earliestAt?: Instant;
  /** The verdict was reached. */
  readonly confirmedAt: Instant;
  readonly openedAt: Instant;
  /** Evidence of recovery since; set while it holds. */
  readonly recoveredAt?: Instant;
  readonly resolvedAt?: Instant;
  readonly closedAt?: Instant;
  /** Finished outage stretches, in ms; the running one is `outageSince`..now. */
  readonly downtimeMs: number;
  readonly outageSince?: Instant;
  readonly reopenedCount: number;
  readonly flapping: boolean;
  /** When it fell lately, oldest first, at most `limits.flapDownsMax`; absent = once, at `detectedAt`. */
  readonly falls?: readonly Instant[];
  /** Its last unstable episode. */
  readonly flap?: IncidentFlap;
  readonly parent?: IncidentId;
  /** Rebuilt from late data: closed from birth, never a ticket. */
  readonly retro: boolean;
  /** A person called it over while the evidence may still say otherwise: the same stretch never reopens it. */
  readonly resolvedByPerson?: true;
  /** A person touched it; automation closes nothing then. */
  readonly touched: boolean;
  readonly acknowledgedBy?: string;
  readonly acknowledgedAt?: Instant;
  readonly assignedTo?: string;
  readonly escalation?: IncidentEscalation;
  /** A person passed it on to that level. */
  readonly movedTo?: { readonly level2At?: Instant; readonly level3At?: Instant };
  /** In order, never overlapping; only the last may still run. */
  readonly pauses?: readonly IncidentPause[];
  readonly verdict: Verdict;
  /** Cause keys of symptoms that joined. */
  readonly symptoms: readonly string[];
  readonly timeline: readonly TimelineEntry[];
  readonly ticket?: IncidentTicket;
  /** Notes of people at the desk that were read there, by their ids, the latest of them. */
  readonly notesHeard?: readonly string[];
  /** Notes sent to the ticket so far: numbers their effect keys. */
  readonly notesSent: number;
}

/** The first instant of what happened, planned or not. */
export function trueStartOf({ beganAt, detectedAt }: Pick<Incident, 'beganAt' | 'detectedAt'>): Instant {
  return beganAt ?? detectedAt;
}

/** Did it begin within these bounds (inclusive), by what happened or by where its clock starts? */
export function beganWithin(
  { beganAt, detectedAt }: Pick<Incident, 'beganAt' | 'detectedAt'>,
  from: Instant,
  to: Instant,
): boolean {
  return [beganAt, detectedAt].some((at) => at !== undefined && at >= from && at <= to);
}

/** What may be open once only, anywhere: the cause within its site. Stores hold this unique. */
export function causeIdentity(incident: Pick<Incident, 'site' | 'causeKey'>): string {
  return `${incident.site ?? ''} ${incident.causeKey}`;
}

/** By a person at the desk, or by Vigia. */
export function isTicketClosed({ ticket }: Pick<Incident, 'ticket'>): boolean {
  return ticket !== undefined && (ticket.closedAtDesk !== undefined || ticket.closed === true);
}
