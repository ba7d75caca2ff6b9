// A status as a running agent leaves it, for tests of those who read it.
import type { Status } from '../../agent/core/status.ts';
import type { LinkView, SessionView } from '../../agent/core/view.ts';
import { instant } from '../../shared/time.ts';
import { clockAt } from './agent-records.ts';

export const serverNow = instant(1_790_000_000_000);
const ago = (ms: number) => instant(serverNow - ms);

export function linkOf(more: Partial<LinkView> = {}): LinkView {
  return {
    key: 'vivo',
    role: 'primary',
    mode: 'bound',
    source: '192.168.10.20',
    status: 'up',
    since: ago(3_600_000),
    recovering: false,
    hops: [],
    inDoubt: false,
    round: {
      at: ago(3_000),
      counted: true,
      answers: {
        gateway: { answered: 1, asked: 1, rttMs: 0.8 },
        anchor: { answered: 3, asked: 3, rttMs: 12.4 },
        dns: { answered: 1, asked: 2 },
      },
      page: 'no-content',
    },
    ...more,
  };
}

export function sessionOf(more: Partial<SessionView> = {}): SessionView {
  return {
    state: 'open',
    since: ago(7_200_000),
    server: 'https://noc.example.com',
    egress: '198.51.100.10',
    confirmedAt: ago(4_000),
    receiptAt: ago(600_000),
    ...more,
  };
}

export function statusOf(more: Partial<Status> = {}, view: Partial<Status['view']> = {}): Status {
  return {
    format: 1,
    version: '0.3.0',
    pid: 4242,
    started: clockAt(0),
    written: clockAt(10_000_000),
    stopped: false,
    agent: 'agt-1',
    customer: 'aurora',
    site: 'matriz',
    host: 'srv-ad',
    servers: ['https://noc.example.com'],
    view: {
      at: serverNow,
      errorMs: 20,
      clockOffsetMs: 300,
      links: [linkOf()],
      hosts: [
        { key: 'srv-erp', address: '192.168.10.6', status: 'up', since: ago(60_000), recovering: false },
      ],
      session: sessionOf(),
      asked: { anchors: ['1.1.1.1'], dns: ['1.1.1.1'], page: 'http://page.example/generate_204' },
      waiting: { changes: 0, rollups: 2 },
      ...view,
    },
    ping: { method: 'icmp' },
    spool: {
      changes: 0,
      rollups: 2,
      bytes: 1_258_291,
      inMemory: 0,
      refused: 0,
      droppedChanges: 0,
      droppedRollups: 0,
    },
    residentBytes: 54 * 2 ** 20,
    ...more,
  };
}
