// The words of `vigia-agent doctor` in English, entry by entry those of `doctor-pt.ts`.
import type { DoctorWords, Said } from './doctor-pt.ts';

const said = (text: string, advice?: string): Said => (advice === undefined ? { text } : { text, advice });
const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

export const doctorEn: DoctorWords = {
  levels: { ok: 'ok', warning: 'attention', error: 'ERROR' },
  detail: (text) => `detail: ${text}`,
  todo: (text) => `what to do: ${text}`,
  allWell: 'No problem found.',
  summary: (errors, warnings) =>
    `${plural(errors, 'error', 'errors')}, ${plural(warnings, 'point of attention', 'points of attention')}.`,
  late: (seconds) => said(`this check did not end within ${seconds} s`, 'run again'),

  checks: {
    'state-directory': 'state directory',
    'free-space': 'disk space',
    identity: 'identity',
    service: 'service',
    agent: 'agent',
    spool: 'spool on disk',
    clone: 'cloned disk',
    clock: 'clock',
    'ping-native': 'native ICMP',
    'ping-program': 'ping program',
    'ping-tcp': 'TCP',
    source: "link's address",
    gateway: 'router',
    anchors: 'internet anchors',
    dns: 'DNS',
    page: '204 page',
    'server-name': "server's name",
    'server-way': 'way to the server',
    'server-tls': 'TLS',
    'server-answer': "server's answer",
  },

  directory: {
    good: (path) => said(`${path} is open to the agent only`),
    missing: (path) =>
      said(`${path} does not exist`, 'check --state; if no agent was ever enrolled, use "vigia-agent enrol"'),
    forbidden: (path) => said(`this user may not read ${path}`, 'run as administrator (sudo)'),
    open: (path, mode) =>
      said(
        `${path} can be read by other users (mode ${mode})`,
        'chmod 700 the directory and chmod 600 its files; restart the agent',
      ),
    readOnly: (path) => said(`${path} is on a read-only disk`, 'mount the disk writable'),
    elsewhere: said("on Windows the directory's rights are those that the installer gave"),
  },
  space: {
    good: (megabytes) => said(`${megabytes} MB free`),
    low: (megabytes) => said(`only ${megabytes} MB free; the spool may need more`, 'free some disk space'),
    none: (megabytes) =>
      said(`the disk is full (${megabytes} MB free): the agent cannot keep anything`, 'free disk space now'),
    unknown: said('could not be measured'),
  },
  identity: {
    good: (agent, site) => said(`agent ${agent} of site ${site}, key present`),
    missing: said('no agent is enrolled in this directory', 'enrol with "vigia-agent enrol"'),
    bad: (why) =>
      said(`the files of the enrolment will not do: ${why}`, 'remove the state directory and enrol anew'),
    skipped: said(
      'not read, because the rights of the files are too wide',
      'put the rights right and run again',
    ),
  },
  service: {
    good: (path) => said(`installed (${path})`),
    container: said('in a container: the container restarts the agent'),
    none: said(
      'no service is installed: the agent does not come back by itself when the machine restarts',
      'install with install.sh or install.ps1 of the package',
    ),
  },
  agent: {
    running: (version, pid, age) => said(`running (version ${version}, process ${pid}, status ${age} old)`),
    never: said('never ran in this directory', 'start the service'),
    unreadable: said('the status file cannot be read', 'run as administrator; or restart the agent'),
    stopped: (age) => said(`stopped in order ${age} ago`, 'start the service'),
    gone: (age) => said(`its process is gone; last heard ${age} ago`, 'start the service and read its log'),
    hangs: (age) => said(`its process exists but was last heard ${age} ago`, 'restart the service'),
  },
  spool: {
    inUse: (changes, rollups) =>
      said(
        `in use by the agent: ${plural(changes, 'change', 'changes')} and ${plural(rollups, 'rollup', 'rollups')} to deliver`,
      ),
    refusing: (records) =>
      said(
        `the disk refuses to write: ${plural(records, 'record', 'records')} in memory only`,
        'free disk space and see that it is not read-only',
      ),
    good: (records) => said(`whole, with ${plural(records, 'record', 'records')}`),
    damaged: said(
      'damaged',
      'nothing to do: at its start the agent puts it aside and begins another; tell the support of Vigia',
    ),
    none: said('does not exist yet'),
    unchecked: (why) => said(`not checked: ${why}`),
    movedAside: said(
      'was found damaged at the start: it is kept aside, and what only it held is lost',
      'check the disk; tell the support of Vigia',
    ),
    lost: (records) =>
      said(
        `${plural(records, 'change', 'changes')} lost since the start for lack of room`,
        'free some disk space',
      ),
  },
  clone: {
    good: said('this machine is the one that the server knows'),
    unknown: said(
      'this machine does not tell itself apart (a container?); clones show only when they connect',
    ),
    refused: said(
      'the server refused this machine: another one is this agent already',
      'remove the state directory of THIS machine and enrol it with a new token',
    ),
    moved: said(
      'the state directory was last used on ANOTHER machine: a cloned, restored or moved disk',
      'if the other machine still exists, remove this directory and enrol this machine anew',
    ),
  },
  clock: {
    good: (off) => said(`right (${off})`),
    off: (off) =>
      said(
        `this clock is ${off} against the server`,
        "set the clock (NTP); Vigia's instants do not depend on it, certificates do",
      ),
    unknown: said('could not be compared with the server'),
    exact: 'less than 2 s apart',
    ahead: (duration) => `${duration} ahead`,
    behind: (duration) => `${duration} behind`,
  },
  ping: {
    good: (user) => said(`works for user ${user}`),
    chosen: (method) => `the running agent uses: ${method}`,
    nativeNot: (user, why) =>
      said(
        `does not work for user ${user}: ${why}`,
        'give the service the capability CAP_NET_RAW, or set net.ipv4.ping_group_range; without it the agent uses the ping program',
      ),
    programNot: said('does not work or is not installed', 'needed only where native ICMP does not work'),
    inUse: (method) => said(`the agent uses: ${method}`),
    secondBest: (method, why) =>
      said(
        `the agent uses: ${method}${why === undefined ? '' : `, because native ICMP does not work (${why})`}`,
        'give the service the capability CAP_NET_RAW, or set net.ipv4.ping_group_range',
      ),
    silent: 'no answer on this very machine',
    tcp: said('always possible'),
    none: said(
      'neither native ICMP nor the ping program work; TCP is left, which many routers do not answer',
      'give the service the capability CAP_NET_RAW',
    ),
  },
  link: {
    defaultWay: 'default route',
    sourceGood: (source) => said(`${source} is on this machine`),
    sourceGone: (source) =>
      said(
        `${source} is not on this machine now`,
        'as it should be if another server watches this link; else see to cable, card and network settings',
      ),
    gatewayGood: (address, ms) => said(`${address} answers (${ms} ms)`),
    gatewaySilent: (address) =>
      said(
        `${address} does not answer`,
        'see whether the router is on; some do not answer pings, so compare with the anchors',
      ),
    ownRouter: "the default route's router",
    unjudged: said(
      'nothing tells whether the probes leave by this link',
      'give its source address, interface or public address in the inventory',
    ),
    seenFew: (answered, asked) => said(`only ${answered} of ${asked} answer`),
    gatewayNone: said('no router found for this link', 'give its address in the inventory (gateway)'),
    some: (answered, asked, ms) =>
      said(`${answered} of ${asked} answer${ms === undefined ? '' : ` (${ms} ms)`}`),
    few: (answered, asked, silent) => said(`only ${answered} of ${asked} answer; silent: ${silent}`),
    noAnchors: (asked) =>
      said(`none of ${asked} answers`, 'no way out by here, or a firewall stops ICMP and TCP 443/80/53'),
    noDns: (asked) =>
      said(`none of ${asked} answers`, "see to the firewall (UDP 53) and the site's DNS server"),
    local: {
      'no-address': 'the source address does not exist on this machine',
      'no-route': 'there is no route',
      'interface-down': 'the interface is down',
    },
    unsendable: (why) => said(`could not be sent: ${why}`, "see to this machine's network"),
    pageGood: said('answered 204: internet without a login page in between'),
    pageOther: said(
      'another page answered in its place',
      'a login page (captive portal) or a filter is in between',
    ),
    pageSilent: said('no answer', 'see to DNS and HTTP (port 80) to the outside'),
  },
  server: {
    nameGood: (name, addresses) => said(`${name} → ${addresses}`),
    nameLiteral: (address) => said(`${address} (an address, no DNS)`),
    wayGood: (address, proxy, ms) =>
      said(`connected to ${address}${proxy === undefined ? '' : ` through the proxy ${proxy}`} in ${ms} ms`),
    tlsGood: (issuer, days) =>
      said(`trusted certificate, issued by "${issuer}", valid for ${plural(days, 'more day', 'more days')}`),
    tlsEnding: (issuer, days) =>
      said(
        `the server's certificate ends in ${plural(days, 'day', 'days')} (issued by "${issuer}")`,
        'tell who runs the Vigia server',
      ),
    tlsNone: said('no TLS: plain HTTP was allowed at enrolment'),
    tlsNotNeeded: said('no TLS: the server is on this machine'),
    answerGood: (ms) => said(`the server answered as a Vigia server does in ${ms} ms`),
    answerOther: (status) =>
      said(
        `something answered ${status}, but not as a Vigia server does`,
        "check the server's address; a proxy or another page may be in its place",
      ),
    unused: (why) => said(`${why.text} (another address of the server works)`, why.advice),
  },
  trouble: {
    'address-refused': said("the server's address is not accepted", 'enrol anew with an https:// address'),
    'name-unknown': said("the server's name does not resolve", "see to this machine's DNS"),
    'family-missing': said(
      'the name has no address of the family wanted (IPv4/IPv6)',
      "see to the server's DNS",
    ),
    unreachable: said(
      'nobody listens at this address and port',
      'see to the route and the outgoing firewall; check that the server is up',
    ),
    'too-slow': said(
      'the connection was not complete in time',
      'a firewall may drop in silence; try from another network',
    ),
    'proxy-unreachable': said('the proxy does not answer', "check the proxy's address and that it is up"),
    'proxy-garbage': said(
      "the proxy's address does not answer as an HTTP proxy does",
      'check address and port of the proxy',
    ),
    'proxy-credentials': said(
      'the proxy wants or refuses user and password',
      'enrol anew with --proxy-credentials-file',
    ),
    'proxy-scheme': said(
      'the proxy wants an authentication that is not possible (Basic only)',
      "ask for an exception for the Vigia server's address",
    ),
    'proxy-forbids': said(
      'the proxy forbids the way to the server',
      'have CONNECT to the Vigia server allowed',
    ),
    'proxy-failed': said('the proxy does not reach the server', "read the proxy's log"),
    'tls-failed': said('TLS was not possible', 'something in between cuts it or does not speak TLS 1.2'),
    'tls-untrusted': said(
      'the certificate seen is not trusted: something in between opens the encryption (proxy, antivirus, login page), or the server has a CA of its own',
      'exempt the Vigia server from TLS inspection; or enrol anew with --ca-file if the CA is the server’s',
    ),
    'tls-wrong-name': said(
      'the certificate seen is for another name',
      'a wrong address, or a login page answers in place of the server',
    ),
    'tls-time': said(
      "the certificate is outside its time, or this machine's clock is wrong",
      "set the clock; if it is right, the server's certificate must be renewed",
    ),
    'door-failed': said(
      'the server took the connection but did not answer as it should',
      'try again; see the server',
    ),
  },
};
