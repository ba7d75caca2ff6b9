// The words of `vigia-agent status` in English, entry by entry those of `pt.ts`.
import type { Degradation, Layer } from '../../../shared/words.ts';
import type { Words } from './pt.ts';

const layer: Words['layer'] = {
  lan: 'local network',
  gateway: 'router',
  provider: 'provider',
  internet: 'internet',
  dns: 'DNS',
  'captive-portal': 'login page in between',
};
const degradation: Words['degradation'] = {
  loss: 'loss',
  latency: 'latency',
  jitter: 'jitter',
  'large-packets': 'large packets vanish (MTU)',
};

const point = (value: number, digits: number): string => value.toFixed(digits);
const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
const inLayer = (at: Layer | undefined): string => (at === undefined ? '' : ` (${layer[at]})`);
const forAge = (age: string | undefined): string => (age === undefined ? '' : ` for ${age}`);

export const en: Words = {
  decimal: point,
  layer,
  degradation,
  linkStatus: { up: 'up', degraded: 'degraded', down: 'DOWN', unknown: 'unknown' },
  hostStatus: { up: 'answers', down: 'SILENT', unknown: 'unknown' },
  linkRole: { primary: 'primary', backup: 'backup' },

  fine: 'All is well',
  attention: 'Attention',
  wellNow: (links, hosts) =>
    `${plural(links, 'link', 'links')} and ${plural(hosts, 'host', 'hosts')} watched, connected to the server.`,
  problem: {
    'not-enrolled':
      'no agent is enrolled in this directory; check --state, or enrol with "vigia-agent enrol".',
    none: 'the agent is enrolled but never ran here (or is of a version without status). Start the service.',
    forbidden: "this user may not read the agent's files; run again as administrator (sudo).",
    damaged:
      'the status file cannot be read (damaged, or of another version); check whether the service runs.',
    stopped: (age) => `the agent is stopped: it ended in order ${age} ago. Start the service.`,
    gone: (age) =>
      `the agent is NOT running: its process is gone; last heard ${age} ago. Start the service and read its log.`,
    hangs: (age) =>
      `the agent hangs or the disk does not write: its process exists but was last heard ${age} ago. Restart the service.`,
    cloned:
      'cloned disk: another machine is this agent already at the server, and this one was refused. Remove the state directory of THIS machine and enrol it anew.',
    revoked: 'the server has revoked this agent; enrol this machine anew.',
    'nothing-to-watch':
      'the server has given nothing to watch yet (or the site has neither links nor hosts in the inventory).',
    noSession: (age) =>
      age === undefined
        ? 'no contact with the server since the agent started. Run "vigia-agent doctor".'
        : `no contact with the server for ${age}. The agent goes on watching and keeps everything.`,
    linkDown: (link, at, age) => `link ${link} is down${forAge(age)}${inLayer(at)}.`,
    linkDegraded: (link, at, by: readonly Degradation[]) =>
      `link ${link} is degraded${by.length > 0 ? `: ${by.map((each) => degradation[each]).join(', ')}` : inLayer(at)}.`,
    linkUnjudged: (link) =>
      `link ${link} cannot be judged from here: give it a source address or a public address in the inventory.`,
    linkUnmeasured: (link) =>
      `link ${link} is not measured yet; if the agent has just started, wait a few seconds.`,
    hostDown: (host, age) => `host ${host} does not answer${forAge(age)}.`,
    clockOff: (off) => `this machine's clock is ${off}. Vigia's instants do not depend on it.`,
    diskRefuses: (records) =>
      `the disk refuses to write: ${plural(records, 'record is', 'records are')} in memory only. Free some space.`,
    changesLost: (records) =>
      `${plural(records, 'state change was', 'state changes were')} lost for want of disk.`,
  },

  headings: {
    agent: 'Agent',
    links: 'Links',
    hosts: 'Hosts',
    server: 'Server',
    clock: 'Clock',
    spool: 'Spool',
    ping: 'Ping',
  },
  history: (age) => `What follows is ${age} old, not of now:`,
  agentIs: (customer, site, host) => `customer ${customer}, site ${site}, host ${host}`,
  program: (version, pid, age) => `version ${version}, process ${pid}, running for ${age}`,
  memory: (megabytes) => `${megabytes} MB of memory`,
  written: (age) => `status ${age} old`,
  noLinks: 'no link at this site',
  noHosts: 'no other host at this site',
  since: (age) => `for ${age}`,
  recovering: 'coming back',
  inDoubt: 'in doubt, measured closely',
  mode: {
    free: 'the only link of the site',
    bound: (by) => `probes bound to ${by}`,
    egress: (address) => `judged while the way out is ${address}`,
    never: 'cannot be judged from here',
  },
  notSeen: {
    bound: 'this address is not on this machine, or nothing was measured yet',
    egress: 'the way out is by another link now, or there is no session yet',
    other: 'nothing measured yet',
  },
  local: {
    'no-address': 'the source address does not exist on this machine',
    'no-route': 'no route',
    'interface-down': 'interface down',
  },
  target: { gateway: 'router', hop: 'hops', anchor: 'anchors', dns: 'DNS', http: '204 page', host: 'hosts' },
  answers: ({ answered, asked, rttMs }) =>
    `${answered} of ${asked}${rttMs === undefined ? '' : ` (${point(rttMs, rttMs < 10 ? 1 : 0)} ms)`}`,
  hops: (hops) => `path: ${hops}`,
  page: { 'no-content': 'ok', redirected: 'another page answered', failed: 'no answer' },
  quality: (loss, rtt, jitter) =>
    [`loss ${loss} %`, rtt && `latency ${rtt} ms`, jitter && `jitter ${jitter} ms`]
      .filter(Boolean)
      .join(', '),
  uncounted: 'the last round did not count: it left by another link, or without proof',
  session: {
    open: (server, age) => `connected to ${server} for ${age}`,
    closed: (server) => `no session; trying ${server}`,
    opening: (server) => `opening a session with ${server}`,
  },
  firstServer: 'the server of the enrolment',
  bySource: (source) => `leaving by ${source}`,
  egress: (address) => `the server sees this site at ${address}`,
  confirmed: (age) => `last answer ${age} ago`,
  receipt: (age) => `last receipt ${age} ago`,
  proxy: (address) => `through the proxy ${address}`,
  clockUnknown: 'not measured (no session since this machine started)',
  clockGood: (off) => `right, ${off} against the server`,
  ahead: (duration) => `${duration} ahead`,
  behind: (duration) => `${duration} behind`,
  exact: 'less than 1 s apart',
  spool: (changes, rollups, megabytes) =>
    `${plural(changes, 'change', 'changes')} and ${plural(rollups, 'rollup', 'rollups')} to deliver, ${megabytes} MB on disk`,
  spoolRefused: (times) => `the disk refused ${plural(times, 'write', 'writes')} since the start`,
  spoolState: {
    refused: 'the disk takes no writes: what is new is in memory only',
    removed: 'the spool file was removed and cannot be made anew: what is new is in memory only',
    memory: 'the spool could not be opened at the start: everything is in memory only',
  },
  spoolMovedAside: (path) =>
    `the spool was damaged at the start and was put aside as ${path}; a new one began`,
  spoolDropped: (rollups) => plural(rollups, 'old rollup dropped', 'old rollups dropped'),
  method: {
    icmp: 'native ICMP',
    ping: 'the ping program',
    tcp: 'TCP connections',
    dns: 'DNS',
    http: 'HTTP',
    arp: 'ARP',
  },
  because: (reason) => `because ${reason}`,
  duration: { days: 'd', hours: 'h', minutes: 'min', seconds: 's' },
};
