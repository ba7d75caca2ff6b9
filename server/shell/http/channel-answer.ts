// What `GET /channels` answers, read from the notices' board: channels, routes, past notices, who is on call. Shapes only;
// decides nothing, and must never show an address of a person or a hook.
import type {
  ChannelItem,
  ChannelList,
  ChannelTrouble,
  NoticeRouteItem,
  OnCallAnswer,
  PastNotice,
} from '../../../shared/api/channels.ts';
import { limits } from '../../../shared/limits.ts';
import { onCallRoles } from '../../../shared/sla-policy.ts';
import { type Instant, instant, plus, second, toIso } from '../../../shared/time.ts';
import { plans } from '../../../shared/words.ts';
import { type OnCallSpell, onCallOutlook } from '../../core/sla/on-call.ts';
import type { Channel } from '../../ports/channel.ts';
import type { NoticeTrouble, PastMessage } from '../../ports/notice-store.ts';
import type { NoticeBoard, TellingState } from '../notices/board.ts';
import { ownTroubleChannels } from '../notices/routes.ts';
import type { NoticeRoute } from '../notices/settings.ts';

/** The last test of a channel since the start. */
export interface PastTest {
  readonly at: Instant;
  readonly by: string;
  readonly sent: number;
  readonly failed: number;
}

export interface ChannelFacts {
  /** Absent: no notices here. */
  readonly board: NoticeBoard | undefined;
  readonly tests: ReadonlyMap<string, PastTest>;
  readonly now: Instant;
}

/** How soon a message under way is looked at again. */
const underWayMs = 5 * second;

export function channelAnswer({ board, tests, now }: ChannelFacts): ChannelList {
  if (board === undefined)
    return {
      at: toIso(now),
      items: [],
      routes: [],
      rules: null,
      news: null,
      recent: [],
      onCall: null,
      changesAt: null,
    };
  const { list, settings, calendars } = board;
  const routing = { settings, channels: list, calendars };
  const ownOutage = ownTroubleChannels(routing, 'own-outage', now);
  const deskDown = ownTroubleChannels(routing, 'desk-down', now);
  const items = list.map((channel) => ({
    ...itemOf(channel, board.stateOf(channel.name)),
    ownOutage: ownOutage.has(channel.name),
    deskDown: deskDown.has(channel.name),
    lastTest: testOf(tests.get(channel.name)),
  }));
  const onCall = onCallOf(board, now);
  const news = board.counters();
  return {
    at: toIso(now),
    items,
    routes: list.length === 0 ? [] : settings.routes.map((route) => routeOf(route, list)),
    rules: list.length === 0 ? null : rulesOf(board),
    news: news === undefined ? null : { ...news },
    recent: board.recent(limits.pastNoticesShownMax).map(pastOf),
    onCall,
    changesAt: changesAt({ board, items, onCall, now }),
  };
}

export function troubleOf({ refused, status, message }: NoticeTrouble): ChannelTrouble {
  return { refused, status: status ?? null, message };
}

function itemOf(
  channel: Channel,
  state: TellingState | undefined,
): Omit<ChannelItem, 'ownOutage' | 'deskDown' | 'lastTest'> {
  const { sent = 0, retried = 0, refused = 0, givenUp = 0, waiting = 0, summarised = 0 } = state ?? {};
  const { lastSentAt, lastError, nextTryAt, heldUntil } = state ?? {};
  return {
    name: channel.name,
    kind: channel.kind,
    recipients: channel.recipients([]).length,
    people: channel.people === undefined ? null : [...channel.people],
    sent,
    retried,
    refused,
    givenUp,
    waiting,
    lastSentAt: maybeIso(lastSentAt),
    lastError: lastError === undefined ? null : { at: toIso(lastError.at), ...troubleOf(lastError) },
    nextTryAt: maybeIso(nextTryAt),
    summarised,
    heldUntil: maybeIso(heldUntil),
  };
}

function testOf(test: PastTest | undefined): ChannelItem['lastTest'] {
  return test === undefined ? null : { ...test, at: toIso(test.at) };
}

function routeOf(route: NoticeRoute, list: readonly Channel[]): NoticeRouteItem {
  const { priority, plan, kind, customers, hours } = route.when;
  return {
    priorities: priority ?? null,
    plans: plan ?? null,
    kinds: kind ?? null,
    customers: customers ?? null,
    hours,
    send: route.send,
    continue: route.continue,
    channels: [...(route.channels ?? list.map(({ name }) => name))],
    to: [...(route.to ?? [])],
  };
}

function rulesOf({ settings: { groupMs, stormMax, dailyAt } }: NoticeBoard): ChannelList['rules'] {
  return { groupMs, stormMax, stormWindowMs: limits.noticeStormWindowMs, dailyAt };
}

function pastOf({ id, at, channel, notice, outcome, settledAt, trouble }: PastMessage): PastNotice {
  const { kind, priority, title, incident, to } = notice;
  return {
    id,
    at: toIso(at),
    channel,
    kind,
    priority,
    title,
    incident: incident ?? null,
    to: [...to],
    outcome,
    settledAt: maybeIso(settledAt),
    trouble: trouble === undefined ? null : troubleOf(trouble),
  };
}

function onCallOf({ calendars }: NoticeBoard, now: Instant): OnCallAnswer {
  const { rota, plans: policies } = calendars.policies;
  const zone = calendars.zone(rota.timeZone);
  return {
    timeZone: rota.timeZone,
    roles: onCallRoles.map((role) => {
      const { now: present, next } = onCallOutlook(role, now, rota, zone);
      return { role, now: spellOf(present), next: next === undefined ? null : spellOf(next) };
    }),
    plans: plans.map((plan) => {
      const { inside, outside } = policies[plan].escalation;
      return { plan, inside, outside };
    }),
  };
}

function spellOf({ from, until, people }: OnCallSpell): OnCallAnswer['roles'][number]['now'] {
  return { from: toIso(from), until: maybeIso(until), people: [...people] };
}

interface Changing {
  readonly board: NoticeBoard;
  readonly items: readonly ChannelItem[];
  readonly onCall: OnCallAnswer;
  readonly now: Instant;
}

/** So that a page need not ask in vain: what waits, what is tried again, what a storm holds, a turn that ends. */
function changesAt({ board, items, onCall, now }: Changing): string | null {
  const underWay = items.some(({ waiting, nextTryAt }) => waiting > 0 && nextTryAt === null);
  const known = [
    maybeIso(board.nextDueAt()),
    underWay ? toIso(plus(now, underWayMs)) : null,
    ...items.flatMap(({ nextTryAt, heldUntil }) => [nextTryAt, heldUntil]),
    ...onCall.roles.map((role) => role.now.until),
  ].flatMap((at) => (at === null ? [] : Date.parse(at)));
  const first = Math.min(...known.filter((at) => at > now));
  return Number.isFinite(first) ? toIso(instant(first)) : null;
}

function maybeIso(at: Instant | undefined): string | null {
  return at === undefined ? null : toIso(at);
}
