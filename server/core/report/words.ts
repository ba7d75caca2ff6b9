// The words of the printed reports and of their tables, each language in a file of its own. Names of things follow the
// glossary. Holds no logic and no language itself.
import type { Attendance } from '../../../shared/api/reports.ts';

export interface ReportWords {
  readonly language: 'pt-BR' | 'en';
  readonly months: readonly string[];
  /** `{month}` and `{year}`. */
  readonly monthName: string;
  readonly decimal: ',' | '.';
  readonly yes: string;
  readonly none: string;
  readonly noData: string;
  readonly title: string;
  readonly facts: Readonly<
    Record<'customer' | 'cnpj' | 'plan' | 'month' | 'period' | 'zones' | 'generated', string>
  >;
  readonly partial: string;
  readonly truncated: string;
  readonly tables: Readonly<
    Record<
      'links' | 'hosts' | 'sites' | 'outages' | 'providers' | 'maintenance' | 'blind' | 'reading',
      string
    >
  >;
  readonly nothing: Readonly<
    Record<'links' | 'hosts' | 'sites' | 'outages' | 'providers' | 'maintenance' | 'blind', string>
  >;
  readonly kinds: Readonly<Record<'site' | 'link' | 'host', string>>;
  readonly roles: Readonly<Record<'primary' | 'backup', string>>;
  readonly columns: Readonly<Record<ReportColumn, string>>;
  readonly sla: Readonly<Record<Attendance, string>>;
  readonly marks: Readonly<
    Record<
      'retro' | 'flapping' | 'running' | 'planned' | 'retired' | 'estimated' | 'unmeasured' | 'all',
      string
    >
  >;
  /** How to read the numbers: each a sentence. */
  readonly notes: readonly string[];
}

export type ReportColumn =
  | 'kind'
  | 'site'
  | 'name'
  | 'provider'
  | 'role'
  | 'circuit'
  | 'availability'
  | 'previous'
  | 'change'
  | 'down'
  | 'planned'
  | 'plannedDown'
  | 'noData'
  | 'degraded'
  | 'outages'
  | 'longest'
  | 'mttr'
  | 'mtbf'
  | 'flapping'
  | 'remarks'
  | 'incident'
  | 'what'
  | 'cause'
  | 'priority'
  | 'detectedAt'
  | 'confirmedAt'
  | 'detection'
  | 'registeredAt'
  | 'protocol'
  | 'acknowledgedAt'
  | 'acknowledgedBy'
  | 'recoveredAt'
  | 'resolvedAt'
  | 'attendance'
  | 'target'
  | 'sla'
  | 'totalDown'
  | 'rank'
  | 'links'
  | 'scope'
  | 'reason'
  | 'from'
  | 'to'
  | 'minutes'
  | 'dossier';
