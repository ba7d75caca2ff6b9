// What the gateway and the outside-in probes count: every refusal, loss and limit under one enumerated word, which is
// also the label of the metric. Counts only; nothing is decided by them.

export const gatewayCounts = [
  'nonce.issued',
  'enrolment.done',
  'enrolment.refused',
  'upgrade.done',
  'upgrade.bad-request',
  'upgrade.origin',
  'upgrade.no-credential',
  'upgrade.bad-nonce',
  'upgrade.unknown-agent',
  'upgrade.bad-signature',
  'upgrade.replayed',
  'upgrade.revoked',
  'upgrade.nonces-full',
  'door.rate-limited',
  'door.sessions-per-address',
  'door.bad-request',
  'door.body-timeout',
  'session.opened',
  'session.replaced',
  'session.closed-by-peer',
  'session.closed-by-timeout',
  'session.closed-by-local',
  'session.no-hello',
  'session.bad-message',
  'session.protocol-error',
  'session.unknown-kind',
  'session.flooding',
  'session.too-slow',
  'session.overloaded',
  'session.paused',
  'session.cut',
  'session.cloned',
  'session.contested',
  'message.hello',
  'message.beat',
  'message.changes',
  'message.rollups',
  'message.findings',
  'message.goodbye',
  'liveness.suspected',
  'liveness.silent',
  'liveness.heard',
  'liveness.challenged',
  'liveness.unanswered',
  'liveness.stalled',
  'news.retried',
  'news.dropped',
  'outside-in.sent',
  'outside-in.answered',
  'outside-in.unasked',
  'outside-in.held-back',
  'outside-in.news',
  'anchors.round',
  'anchors.bad-round',
] as const;
export type GatewayCount = (typeof gatewayCounts)[number];

export interface GatewayCounters {
  count(what: GatewayCount): void;
  read(): Readonly<Record<GatewayCount, number>>;
}

export function createGatewayCounters(): GatewayCounters {
  const counts = Object.fromEntries(gatewayCounts.map((name) => [name, 0])) as Record<GatewayCount, number>;
  return {
    count(what) {
      counts[what] += 1;
    },
    read: () => ({ ...counts }),
  };
}

/** Where the gateway tells what a person may want to read later. The composition writes it with its logger. */
export type GatewayLog = (event: GatewayCount, facts: Readonly<Record<string, string | number>>) => void;
