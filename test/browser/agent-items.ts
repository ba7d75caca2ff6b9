// Rows of `GET /agents` for tests: an agent that is well unless told otherwise. Instants are relative to a given `now`.
import type { AgentItem } from '../../shared/api/agents.ts';
import { day, second } from '../../shared/time.ts';
import { isoAgo } from './wall-rows.ts';

export function agentItem(now: number, more: Partial<AgentItem> = {}): AgentItem {
  return {
    id: 'agt-1',
    customer: 'aurora',
    site: 'matriz',
    host: 'srv-ad',
    hostName: 'SRV-AD01',
    version: '0.1.0',
    presence: 'live',
    connected: true,
    lastHeardAt: isoAgo(now, 3 * second),
    clockOffsetMs: 12,
    egress: '198.51.100.10',
    spoolDepth: 0,
    enrolledAt: isoAgo(now, 40 * day),
    cloneSeenAt: null,
    cloneAddress: null,
    cloneTimes: 0,
    ping: { method: 'icmp', reason: null },
    system: { name: 'Debian GNU/Linux', version: '12', arch: 'x64' },
    ...more,
  };
}
