// The shape of a message catalogue: one sentence per word that can reach a person's screen. The keys are derived from
// the closed sets, so a new word without a sentence does not compile. Placeholders are written `{name}`.
// Holds no language itself; `catalogue-pt.ts` and `catalogue-en.ts` do.
import type { Cause, IncidentKind, Layer, LinkRole, Priority } from '../../../shared/words.ts';
import type { RefusalReason, TimelineKind, WitnessStatement } from '../incident.ts';
import { withoutRepeat } from './names.ts';

export type CatalogueKey =
  | `kind.${IncidentKind}`
  | 'kind.host-down.other'
  | `title.${IncidentKind}`
  | `title.${'link-down' | 'host-down'}.other`
  | 'title.provider-outage.region'
  | `cause.${Cause}`
  | `layer.${Layer}`
  | `priority.${Priority}`
  | `role.${LinkRole}`
  | `confidence.${'confirmed' | 'single'}`
  | `witness.${WitnessStatement}`
  | `refusal.${RefusalReason}`
  | `timeline.${TimelineKind}`
  | `fact.${FactName}`
  | `part.${Part}`
  | `desk.${DeskWord}`
  | `symptom.${'link' | 'host' | 'agent' | 'site' | 'provider' | 'own'}`;

/** Facts of a witness that have a label, or with `{value}` a phrase, of their own; any other is shown under its name. */
export const factNames = [
  'address',
  'sites',
  'share',
  'providers',
  'customers',
  'links-watched',
  'spread',
  'silent-sites',
  'sent',
  'lost',
  'reason',
  'phi',
  'anchors',
  'connections',
  'gateway',
  'hops',
  'dns',
  'page',
  'loss',
  'latency',
  'jitter',
  'large-packets',
  'last-hop',
  'dead-hop',
  'code',
  'missed',
  'account',
  'downs',
  'author',
] as const;
export type FactName = (typeof factNames)[number];

/** Small pieces that sentences are put together from. */
export const parts = [
  'where-customer',
  'flapping',
  'since',
  'at',
  'seen-by',
  'by',
  'text',
  'refused',
  'no-large-packets',
  'vigia',
  'unknown-place',
  'unknown-link',
  'unknown-host',
  'verdict',
  'undecided',
  'or',
] as const;
export type Part = (typeof parts)[number];

/** Of the desk as a whole: a critical that waits to be registered, why, and that none does any more. */
export const deskWords = [
  'late',
  'late.title',
  'late.desk',
  'late.own-rate',
  'late.unknown',
  'in-time',
  'in-time.title',
] as const;
export type DeskWord = (typeof deskWords)[number];

export interface Catalogue {
  /** BCP 47. */
  readonly language: 'pt-BR' | 'en';
  readonly messages: Readonly<Record<CatalogueKey, string>>;
}

export type Values = Readonly<Record<string, string | number>>;

/**
 * The sentence with its placeholders filled; a placeholder without a value stays visible, so that it is noticed. The word
 * before a name is not said twice: `Link {link}` with a link called "Link serra" is "Link serra".
 */
export function say(catalogue: Catalogue, key: CatalogueKey, values: Values = {}): string {
  return catalogue.messages[key].replace(
    /(?:(\p{L}+) )?\{([a-zA-Z]+)\}/gu,
    (whole, before: string | undefined, name: string) => {
      if (!Object.hasOwn(values, name)) return whole;
      const value = String(values[name]);
      if (before === undefined) return value;
      const rest = withoutRepeat(before, value);
      return rest === '' ? before : `${before} ${rest}`;
    },
  );
}
