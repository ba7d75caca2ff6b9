// What happened in one sentence, and the plain text that a person pastes into WhatsApp or an e-mail. Pure: rows and formats
// in, text out. The plain text goes to customers: it must never carry notes, witnesses or anything of the inside.
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import type { SiteRow } from '../../../../shared/api/wall.ts';
import type { Formats } from '../../format.ts';
import type { Messages } from '../../i18n/pt.ts';
import { phaseOf } from '../../select.ts';
import type { IncidentWords } from './words.ts';

export interface Speaking {
  readonly words: IncidentWords;
  readonly messages: Messages;
  readonly formats: Formats;
  /** Server time, ms. */
  readonly now: number;
}

/** Finished stretches and the running one, ms. */
export function impactMs(row: IncidentRow, now: number): number {
  const running = row.outageSince === null ? 0 : Math.max(0, now - Date.parse(row.outageSince));
  return row.downtimeMs + running;
}

/** `Desde 14:32:07, há 3 min 20 s; causa: operadora; onde falha: rede da operadora; ninguém assumiu ainda.` */
export function storyOf(row: IncidentRow, { words, messages, formats, now }: Speaking): string {
  const { story } = words;
  const at = (iso: string): string => formats.instant(Date.parse(iso), now);
  const age = (iso: string): string => formats.duration(now - Date.parse(iso));
  const phase = phaseOf(row);
  const impact = story.impact(formats.duration(impactMs(row, now)));
  const parts: string[] = [];
  if (phase === 'burning') parts.push(story.since(at(row.detectedAt), age(row.detectedAt)));
  else if (phase === 'recovering' && row.recoveredAt !== null)
    parts.push(story.recovering(at(row.detectedAt), age(row.recoveredAt)), impact);
  else parts.push(story.over(at(row.detectedAt), at(endOf(row) ?? row.detectedAt)), impact);
  if (saysCause(row)) parts.push(story.cause(messages.cause[row.cause]));
  if (row.layer !== null) parts.push(story.layer(messages.layer[row.layer]));
  if (row.acknowledgedBy !== null) parts.push(story.taken(row.acknowledgedBy));
  else if (phase !== 'over') parts.push(story.untaken);
  return `${parts.join('; ')}.`;
}

/** Why Vigia itself is blind stands in the verdict; it has no cause as a customer's outage has. */
function saysCause({ kind }: IncidentRow): boolean {
  return kind !== 'own-outage';
}

/** When it came back; while nobody can say that, when it was declared over. */
export function endOf(row: IncidentRow): string | undefined {
  return row.recoveredAt ?? row.resolvedAt ?? row.closedAt ?? undefined;
}

/** One fact per line, instants in the site's own zone (named). `url` opens the incident. */
export function plainSummary(
  row: IncidentRow,
  speaking: Speaking & { readonly site: SiteRow | undefined; readonly url: string; readonly title: string },
): string {
  const { words, messages, formats, now, site, url } = speaking;
  const { copy } = words;
  const instant = instantText(formats.locale, site);
  const lines: (readonly [string, string | null])[] = [
    [messages.fact.customer, row.customerName ?? row.customer],
    [messages.fact.site, row.site === null ? null : placeOf(row, site)],
    [copy.state, situationOf(row, speaking)],
    [copy.began, instant(row.detectedAt, copy.zone)],
    [copy.ended, phaseOf(row) === 'over' ? instant(endOf(row) ?? row.detectedAt, copy.zone) : null],
    [copy.impact, formats.duration(impactMs(row, now))],
    [copy.cause, saysCause(row) ? messages.cause[row.cause] : null],
    [copy.layer, row.layer === null ? null : messages.layer[row.layer]],
    [copy.provider, providerName(row, site)],
    [copy.priority, messages.priority[row.priority]],
    [copy.ticket, row.ticket?.protocol ?? null],
    [copy.who, row.assignedTo ?? row.acknowledgedBy],
    [copy.details, url],
  ];
  const said = lines.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return [speaking.title, '', ...said].join('\n');
}

export function providerName(row: IncidentRow, site: SiteRow | undefined): string | null {
  return site?.links.find((link) => link.key === row.link)?.providerName ?? row.provider;
}

function placeOf(row: IncidentRow, site: SiteRow | undefined): string {
  const town = site === undefined ? '' : [site.city, site.state].filter((part) => part !== '').join('/');
  return `${row.siteName ?? row.site}${town === '' ? '' : ` (${town})`}`;
}

function situationOf(row: IncidentRow, { words, messages }: Speaking): string {
  const phase = phaseOf(row);
  const state = messages.incidentState[row.state];
  if (phase === 'over') return state;
  return `${phase === 'burning' ? words.copy.running : words.copy.recovering} (${state})`;
}

/** With the day and the year: what is pasted is read days later. */
function instantText(
  locale: string,
  site: SiteRow | undefined,
): (iso: string, zone: (name: string) => string) => string {
  const timeZone = site?.timeZone;
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium', timeZone });
  const name = (format.resolvedOptions().timeZone.split('/').at(-1) ?? '').replaceAll('_', ' ');
  return (iso, zone) => `${format.format(Date.parse(iso)).replace(',', '')} (${zone(zoneName(name))})`;
}

/** The zone database writes no accents; a Brazilian reader does. */
function zoneName(name: string): string {
  return name === 'Sao Paulo' ? 'São Paulo' : name;
}
