// To which recipients of which channels a notice goes, and when: the routes of the configuration, read from the top. Pure.
// Must never lose a notice silently: what no route wants is answered with nothing, and the caller counts it.
import { type Instant, plus } from '../../../shared/time.ts';
import type { Plan } from '../../../shared/words.ts';
import { isOpenAt, nextOpeningFrom } from '../../core/sla/calendar.ts';
import type { Calendars } from '../../core/sla/calendars.ts';
import type { Site } from '../../core/topology.ts';
import type { Channel, Notice } from '../../ports/channel.ts';
import type { PlannedDelivery } from '../../ports/notice-store.ts';
import type { NoticeRoute, NoticesSettings } from './settings.ts';

export interface Routing {
  readonly settings: NoticesSettings;
  readonly channels: readonly Channel[];
  readonly calendars: Calendars;
}

export interface RoutedNotice {
  readonly notice: Notice;
  /** Whose contract counts; absent: Vigia's own trouble. */
  readonly site?: Pick<Site, 'plan' | 'state' | 'city' | 'timeZone' | 'customer'>;
  /** What may go as one message: `provider:vivo`. */
  readonly group: string;
  /** It waits for no others of its group. */
  readonly atOnce?: true;
  readonly now: Instant;
}

/** Without two for the same recipient of the same channel: the earlier one counts. */
export function deliveriesOf(routing: Routing, routed: RoutedNotice): readonly PlannedDelivery[] {
  const found = new Map<string, PlannedDelivery>();
  for (const route of routing.settings.routes) {
    if (!fits(route, routed, routing.calendars)) continue;
    for (const each of deliveriesBy(route, routing, routed)) {
      const mark = `${each.channel}\n${each.recipient}`;
      const before = found.get(mark);
      if (before === undefined || each.dueAt < before.dueAt) found.set(mark, each);
    }
    if (!route.continue) break;
  }
  return [...found.values()];
}

/** The channels that would be told of this trouble of Vigia's own now, by name. */
export function ownTroubleChannels(
  routing: Routing,
  kind: 'own-outage' | 'desk-down',
  now: Instant,
): ReadonlySet<string> {
  const notice: Notice = { key: 'asked', kind, priority: 'critical', title: '', text: '', to: [] };
  const deliveries = deliveriesOf(routing, { notice, group: notice.key, atOnce: true, now });
  return new Set(deliveries.map(({ channel }) => channel));
}

function fits({ when }: NoticeRoute, { notice, site, now }: RoutedNotice, calendars: Calendars): boolean {
  const { priority, kind, plan, customers, hours } = when;
  if (priority !== undefined && !priority.includes(notice.priority)) return false;
  if (kind !== undefined && !kind.includes(notice.kind)) return false;
  if (plan !== undefined && (site === undefined || !plan.includes(site.plan))) return false;
  if (customers !== undefined && (site === undefined || !customers.includes(site.customer))) return false;
  if (hours === 'always') return true;
  if (site === undefined) return false;
  return isOpenAt(now, calendars.of(site.plan, site, site.customer)) === (hours === 'support');
}

function deliveriesBy(
  { send, channels: names, to }: NoticeRoute,
  { settings, channels, calendars }: Routing,
  { notice, site, group, atOnce, now }: RoutedNotice,
): readonly PlannedDelivery[] {
  if (send === 'never') return [];
  const chosen = names === undefined ? channels : channels.filter(({ name }) => names.includes(name));
  // An escalation calls people by name; whom the route names is told too.
  const people = [...new Set([...notice.to, ...(to ?? [])])];
  const waits =
    send === 'now'
      ? { group, dueAt: plus(now, atOnce ? 0 : settings.groupMs) }
      : { group: send, dueAt: laterInstant(send, { settings, calendars, site, now }) };
  return chosen.flatMap((channel) =>
    channel.recipients(people).map((recipient) => ({ channel: channel.name, recipient, ...waits })),
  );
}

interface Later {
  readonly settings: NoticesSettings;
  readonly calendars: Calendars;
  readonly site: RoutedNotice['site'];
  readonly now: Instant;
}

function laterInstant(send: 'at-opening' | 'daily', { settings, calendars, site, now }: Later): Instant {
  const { timeZone } = calendars.policies.rota;
  if (send === 'daily') return nextTimeOfDay(settings.dailyAt, timeZone, now);
  const plan: Plan = site?.plan ?? 'PREMIUM';
  const place = site ?? { state: '', city: '', timeZone };
  const opening = nextOpeningFrom(now, calendars.of(plan, place, site?.customer));
  return opening ?? now;
}

/** The next instant after `now` at which the wall clock of the zone shows this time (`HH:MM`). */
function nextTimeOfDay(time: string, timeZone: string, now: Instant): Instant {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const today = local.withPlainTime(time);
  const next =
    Temporal.ZonedDateTime.compare(today, local) > 0 ? today : local.add({ days: 1 }).withPlainTime(time);
  return plus(now, next.epochMilliseconds - now);
}
