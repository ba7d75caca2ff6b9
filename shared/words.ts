// The closed sets of domain words, each once. ARCHITECTURE.md's glossary says what they mean and how they read
// on the screen. Order matters where noted: it is the order of urgency.

export const linkStatuses = ['up', 'degraded', 'down', 'unknown'] as const;
export type LinkStatus = (typeof linkStatuses)[number];

export const hostStatuses = ['up', 'down', 'unknown'] as const;
export type HostStatus = (typeof hostStatuses)[number];

/** Where a link fails, nearest first. */
export const layers = ['lan', 'gateway', 'provider', 'internet', 'dns', 'captive-portal'] as const;
export type Layer = (typeof layers)[number];

export const linkRoles = ['primary', 'backup'] as const;
export type LinkRole = (typeof linkRoles)[number];

export const hostRoles = ['server', 'other'] as const;
export type HostRole = (typeof hostRoles)[number];

export const plans = ['START', 'PRO', 'PREMIUM', 'DEDICADO'] as const;
export type Plan = (typeof plans)[number];

/** Most urgent first. crítico, prioritário, padrão. */
export const priorities = ['critical', 'priority', 'standard'] as const;
export type Priority = (typeof priorities)[number];

/** Technical impact, worst first; not the SLA class. */
export const severities = ['outage', 'redundancy-lost', 'degraded', 'notice'] as const;
export type Severity = (typeof severities)[number];

export const incidentKinds = [
  'link-down',
  'link-degraded',
  'site-offline',
  'host-down',
  'host-degraded',
  'agent-lost',
  'provider-outage',
  'own-outage',
] as const;
export type IncidentKind = (typeof incidentKinds)[number];

export const causes = [
  'links',
  'power',
  'provider',
  'gateway',
  'lan',
  'dns',
  'captive-portal',
  'crash',
  'button',
  'out-of-memory',
  'hang',
  'virtual-machine-killed',
  'planned',
  'unknown',
] as const;
export type Cause = (typeof causes)[number];

export const incidentStates = ['open', 'acknowledged', 'resolved', 'closed'] as const;
export type IncidentState = (typeof incidentStates)[number];

/** In what a link that still carries is worse than it should be. `large-packets`: small ones pass, large ones vanish. */
export const degradations = ['loss', 'latency', 'jitter', 'large-packets'] as const;
export type Degradation = (typeof degradations)[number];

/** How a machine's last run ended; each is also a cause. */
export const runEndings = [
  'planned',
  'power',
  'crash',
  'button',
  'hang',
  'out-of-memory',
  'virtual-machine-killed',
  'unknown',
] as const satisfies readonly Cause[];
export type RunEnding = (typeof runEndings)[number];

/** Where a word about the end of a run comes from. */
export const endingSources = ['stamp', 'windows-event', 'wtmp', 'journal', 'pstore', 'clock'] as const;
export type EndingSource = (typeof endingSources)[number];

/** How a probe asks. `ping` is the program, `icmp` the native socket. */
export const probeMethods = ['icmp', 'ping', 'tcp', 'dns', 'http', 'arp'] as const;
export type ProbeMethod = (typeof probeMethods)[number];

/** How bad a finding of the agent's examination of itself is. */
export const findingLevels = ['warning', 'error'] as const;
export type FindingLevel = (typeof findingLevels)[number];

export const targetRoles = ['gateway', 'hop', 'anchor', 'dns', 'http', 'host'] as const;
export type TargetRole = (typeof targetRoles)[number];
