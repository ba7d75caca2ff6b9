// What `GET /channels` answers, for the notices page: a channel of each state, the shipped routes and some of a customer, a
// rota with a gap. All instants are relative to a `now` the test gives.
import type { ChannelItem, ChannelList, NoticeRouteItem, PastNotice } from '../../shared/api/channels.ts';
import { day, hour, minute, second } from '../../shared/time.ts';
import { isoAgo } from './wall-rows.ts';

export function channelItem(now: number, more: Partial<ChannelItem> = {}): ChannelItem {
  return {
    name: 'plantao',
    kind: 'telegram',
    recipients: 2,
    people: ['Ana Ribeiro', 'Caio Nunes'],
    ownOutage: true,
    deskDown: true,
    sent: 48,
    retried: 1,
    refused: 0,
    givenUp: 0,
    waiting: 0,
    lastSentAt: isoAgo(now, 4 * minute),
    lastError: null,
    nextTryAt: null,
    summarised: 0,
    heldUntil: null,
    lastTest: { at: isoAgo(now, 3 * hour), by: 'Maria', sent: 2, failed: 0 },
    ...more,
  };
}

export function channelItems(now: number): readonly ChannelItem[] {
  return [
    channelItem(now, { summarised: 17 }),
    channelItem(now, {
      name: 'gestores',
      kind: 'email',
      recipients: 1,
      people: [],
      ownOutage: false,
      deskDown: false,
      refused: 1,
      lastSentAt: isoAgo(now, 2 * day),
      lastError: {
        at: isoAgo(now, 12 * minute),
        refused: true,
        status: 535,
        message: 'gestores refused it with 535 (EAUTH)',
      },
      lastTest: null,
    }),
    channelItem(now, {
      name: 'sala-noc',
      kind: 'teams',
      recipients: 1,
      people: null,
      ownOutage: false,
      deskDown: true,
      retried: 9,
      waiting: 3,
      lastSentAt: isoAgo(now, 35 * minute),
      lastError: {
        at: isoAgo(now, 20 * second),
        refused: false,
        status: null,
        message: 'sala-noc did not answer (TimeoutError)',
      },
      nextTryAt: isoAgo(now, -95 * second),
      lastTest: { at: isoAgo(now, 9 * minute), by: 'João Prado', sent: 0, failed: 1 },
    }),
  ];
}

export function pastNotice(now: number, more: Partial<PastNotice> = {}): PastNotice {
  return {
    id: 9,
    at: isoAgo(now, 4 * minute),
    channel: 'plantao',
    kind: 'opened',
    priority: 'critical',
    title: 'CRÍTICO: Padaria Aurora Ltda, Matriz: link Vivo Empresas (principal) fora do ar',
    incident: 'inc-7-0',
    to: [],
    outcome: 'sent',
    settledAt: isoAgo(now, 4 * minute - second),
    trouble: null,
    ...more,
  };
}

const timers = {
  callAgainMs: 5 * minute,
  callLeadMs: 15 * minute,
  toLevel2Ms: 30 * minute,
  toLevel3Ms: hour,
};

function onCall(now: number): NonNullable<ChannelList['onCall']> {
  const spell = (fromMs: number, untilMs: number, people: readonly string[]) => ({
    from: isoAgo(now, -fromMs),
    until: isoAgo(now, -untilMs),
    people: [...people],
  });
  const nobody = { from: isoAgo(now, 0), until: null, people: [] };
  return {
    timeZone: 'America/Sao_Paulo',
    roles: [
      {
        role: 'noc',
        now: spell(0, 5 * hour, ['Ana Ribeiro', 'Beto Lima']),
        next: spell(17 * hour, 29 * hour, ['Ana Ribeiro']),
      },
      {
        role: 'level2-lead',
        now: { ...nobody, until: isoAgo(now, -hour) },
        next: spell(hour, day, ['Davi']),
      },
      { role: 'level2', now: spell(0, 3 * day, ['Caio Nunes']), next: spell(3 * day, 10 * day, ['Eva']) },
      { role: 'level3', now: nobody, next: null },
    ],
    plans: (['START', 'PRO', 'PREMIUM', 'DEDICADO'] as const).map((plan) => ({
      plan,
      inside: plan === 'DEDICADO' ? { ...timers, callAgainMs: 0 } : timers,
      outside: { ...timers, callLeadMs: null },
    })),
  };
}

export function channelAnswer(now: number, more: Partial<ChannelList> = {}): ChannelList {
  const all = ['plantao', 'gestores', 'sala-noc'];
  const route: NoticeRouteItem = {
    ...{ priorities: null, plans: null, kinds: null, customers: null, hours: 'always' },
    ...{ send: 'now', continue: false, channels: all, to: [] },
  };
  return {
    at: isoAgo(now, 0),
    items: [...channelItems(now)],
    routes: [
      { ...route, kinds: ['own-outage'], channels: ['plantao'] },
      { ...route, kinds: ['escalated', 'desk-down'], channels: ['plantao', 'sala-noc'] },
      { ...route, customers: ['aurora'], plans: ['PREMIUM'], to: ['Diretoria'], continue: true },
      { ...route, priorities: ['critical'], channels: ['plantao', 'sala-noc'] },
      { ...route, priorities: ['priority'], hours: 'outside', send: 'at-opening', channels: ['sala-noc'] },
      { ...route, priorities: ['standard'], send: 'daily', channels: ['gestores'] },
      { ...route, send: 'never' },
    ],
    rules: { groupMs: 10 * second, stormMax: 20, stormWindowMs: 5 * minute, dailyAt: '08:00' },
    news: { taken: 61, unrouted: 2, dropped: 0, quieted: 4, summarised: 17, waiting: 3 },
    recent: [
      pastNotice(now, {
        id: 12,
        at: isoAgo(now, 40 * second),
        channel: 'sala-noc',
        kind: 'escalated',
        title: 'ESCALONADO: ninguém assumiu a queda na Matriz da Padaria Aurora',
        to: ['Ana Ribeiro'],
        outcome: 'waiting',
        settledAt: null,
      }),
      pastNotice(now),
      pastNotice(now, {
        id: 8,
        at: isoAgo(now, 12 * minute),
        channel: 'gestores',
        kind: 'summary',
        priority: 'standard',
        title: 'Resumo: 3 avisos',
        incident: null,
        outcome: 'refused',
        trouble: { refused: true, status: 535, message: 'gestores refused it with 535 (EAUTH)' },
      }),
      pastNotice(now, {
        id: 7,
        at: isoAgo(now, 26 * hour),
        channel: 'sala-noc',
        kind: 'desk-down',
        title: 'CENTRAL DE CHAMADOS FORA DO AR',
        incident: null,
        outcome: 'refused',
        settledAt: isoAgo(now, 2 * hour),
        trouble: { refused: false, status: 503, message: 'sala-noc answered 503' },
      }),
    ],
    onCall: onCall(now),
    changesAt: null,
    ...more,
  };
}
