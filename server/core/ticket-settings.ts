// What an operator may change about tickets: the templates of their text, the hints for level 1, the contract's clock,
// the console's address. Enters with `tickets.configured`, so that the past replays in its own words. Holds data only.
import { defaultSlaPolicies, type SlaPolicies } from '../../shared/sla-policy.ts';
import type { Cause, Degradation, HostRole, IncidentKind, Layer, LinkRole } from '../../shared/words.ts';

/** One file each: `<name>.pt-BR.txt`. */
export const templateNames = [
  'title',
  'ticket',
  'provider-title',
  'provider-ticket',
  'note-cause-known',
  'note-worsened',
  'note-eased',
  'note-flapping',
  'note-became-parent',
  'note-joined-parent',
  'note-raised',
  'note-true-start',
  'note-recovered',
  'note-reopened',
  'note-closed',
  'note-over',
  'note-closed-too-early',
  'note-escalated',
  'note-provider-joined',
  'note-provider-left',
  'note-provider-widened',
  'note-provider-more',
  'note-provider-recovered',
  'note-provider-reopened',
  'note-provider-closed',
  'note-provider-over',
] as const;
export type TemplateName = (typeof templateNames)[number];

/** The operator's own texts; what is not named is the shipped one (`view/templates.ts`). */
export type Templates = Readonly<Partial<Record<TemplateName, string>>>;

/** A list makes its line stand once for each item. */
export type TemplateValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a hint is for. Absent: for any; more that are named: more exactly meant. */
export interface HintScope {
  readonly kinds?: readonly IncidentKind[];
  readonly causes?: readonly Cause[];
  readonly layers?: readonly Layer[];
  /** Keys of the inventory. */
  readonly providers?: readonly string[];
  /** Of its link or its machine. */
  readonly roles?: readonly (LinkRole | HostRole)[];
  readonly degradations?: readonly Degradation[];
  readonly flapping?: boolean;
  /** Went away as planned: `true` for what was not back in time, `false` for what is awaited still. Absent: both. */
  readonly overdue?: boolean;
  /** One of many customers of a provider's outage: what one does alone is wrong there. Absent: false. */
  readonly partOfOutage?: boolean;
}

/** What level 1 does first, in Portuguese. */
export interface Hint {
  readonly id: string;
  readonly title: string;
  readonly appliesTo: HintScope;
  /** Between hints that are meant equally exactly: the higher one first. */
  readonly priority: number;
  /** From the operator's own folder. */
  readonly own: boolean;
  readonly steps: readonly string[];
}

export interface TicketSettings {
  readonly templates: Templates;
  readonly hints: readonly Hint[];
  readonly sla: SlaPolicies;
  /** As people reach the console, without a slash at the end. */
  readonly publicUrl?: string;
}

/** What holds until the first `tickets.configured`. */
export const shippedTickets: TicketSettings = { templates: {}, hints: [], sla: defaultSlaPolicies };
