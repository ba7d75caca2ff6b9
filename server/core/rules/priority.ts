// Severity is technical impact, priority the SLA class of the contract. They are decided apart, here only.
// Contract: crítico = may stop the whole company (internet links, unexpected shutdown of servers); prioritário = one
// key function; padrão = one person not stopped.
import { assertNever } from '../../../shared/assert.ts';
import type { Priority, Severity } from '../../../shared/words.ts';
import type { Finding } from './finding.ts';

export function priorityOf(finding: Pick<Finding, 'kind' | 'layer' | 'hostRole' | 'linkClass'>): Priority {
  switch (finding.kind) {
    case 'link-down':
      // A contract may hold a lost link less urgent while another one carries the site (`link-class.ts`).
      return finding.linkClass ?? 'critical';
    case 'site-offline':
    case 'provider-outage':
    case 'own-outage':
      return 'critical';
    case 'link-degraded':
      // Without names, or behind a captive portal, nobody at the site can work.
      return finding.layer === 'dns' || finding.layer === 'captive-portal' ? 'critical' : 'priority';
    case 'host-down':
      return finding.hostRole === 'other' ? 'standard' : 'critical';
    case 'host-degraded':
      return 'priority';
    case 'agent-lost':
      return 'standard';
    default:
      return assertNever(finding.kind);
  }
}

/** `siteHasOtherLink`: another link of the site is not down. */
export function severityOf(finding: Pick<Finding, 'kind'>, siteHasOtherLink: boolean): Severity {
  switch (finding.kind) {
    case 'link-down':
      return siteHasOtherLink ? 'redundancy-lost' : 'outage';
    case 'site-offline':
    case 'host-down':
    case 'provider-outage':
    case 'own-outage':
      return 'outage';
    case 'link-degraded':
    case 'host-degraded':
      return 'degraded';
    case 'agent-lost':
      return 'notice';
    default:
      return assertNever(finding.kind);
  }
}
