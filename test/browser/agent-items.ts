// Rows of `GET /agents` for tests: an agent that is well unless told otherwise. Instants are relative to a given `now`.
import type { AgentFindings, AgentItem } from '../../shared/api/agents.ts';
import { day, hour, second } from '../../shared/time.ts';
import { isoAgo } from './wall-rows.ts';

/** An examination of two hours ago with findings of these levels. */
export function agentFindings(now: number, levels: readonly ('error' | 'warning')[]): AgentFindings {
  const items = levels.map((level, index) => ({
    ...{ check: 'dns', level, of: `link-${index}`, detail: null },
    pt: {
      ...{ name: 'DNS', text: 'nenhum dos 2 responde' },
      advice: 'confira o firewall (UDP 53) e o servidor DNS da unidade',
    },
    en: {
      ...{ name: 'DNS', text: 'none of 2 answers' },
      advice: "see to the firewall (UDP 53) and the site's DNS server",
    },
  }));
  return { examinedAt: isoAgo(now, 2 * hour), good: 11, more: 0, items };
}

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
    findings: { examinedAt: isoAgo(now, 2 * hour), good: 14, more: 0, items: [] },
    ...more,
  };
}
