// The way out, measured now and by itself: per link that can be bound its address, router, anchors, DNS and page; for the
// rest the machine's default route. One question each, no judgement over time: that is the agent's work.
import { isIP } from 'node:net';
import { icmpProbe } from '../../probes/icmp.ts';
import type { Probe, ProbeAnswer } from '../../probes/probe.ts';
import { type Check, type Finding, finding, type Patient } from './finding.ts';

const probeMs = 2_500;
/** Asked where no agent has ever run here; public resolvers that answer pings and names. */
const usualAnchors = ['1.1.1.1', '8.8.8.8', '9.9.9.9'] as const;
const usualPage = 'http://connectivitycheck.gstatic.com/generate_204';

/** A way out as it can be asked by itself. */
interface Way {
  readonly of: string;
  readonly source?: string;
  readonly interface?: string;
  readonly gateway?: string;
}

export const checkLinks: Check = async (patient) => {
  const opened = patient.tools.openIcmp();
  const ping: Probe = opened.ok ? icmpProbe(opened.value) : patient.tools.pingProgram;
  const all = waysOf(patient).map((way) => checkWay(patient, way, ping));
  const findings = await Promise.all(all);
  if (opened.ok) opened.value.close();
  return findings.flat();
};

function waysOf({ status, doctor }: Patient): readonly Way[] {
  const links = status.ok ? status.value.view.links : [];
  const bound = links
    .filter(({ mode }) => mode === 'bound')
    .map(({ key: of, source, interface: device, gateway }) => ({ of, source, interface: device, gateway }));
  // One link alone is asked by the default route, as the agent does; several unbound ones cannot be told apart here.
  const [only] = links;
  if (links.length === 1 && only !== undefined) return [{ of: only.key, gateway: only.gateway }];
  return bound.length === links.length && bound.length > 0
    ? bound
    : [...bound, { of: doctor.link.defaultWay }];
}

async function checkWay(patient: Patient, way: Way, ping: Probe): Promise<readonly Finding[]> {
  const { doctor, tools, status } = patient;
  const { of } = way;
  if (way.source !== undefined && !tools.hasAddress(way.source)) {
    return [finding('source', 'warning', doctor.link.sourceGone(way.source), { of })];
  }
  const source =
    way.source === undefined ? [] : [finding('source', 'ok', doctor.link.sourceGood(way.source), { of })];
  const asked = status.ok ? status.value.view.asked : undefined;
  const anchors = asked !== undefined && asked.anchors.length > 0 ? asked.anchors : usualAnchors;
  const servers = asked !== undefined && asked.dns.length > 0 ? asked.dns : usualAnchors.slice(0, 2);
  const rest = await Promise.all([
    checkGateway(patient, way, ping),
    askAll({ targets: anchors, way, probe: withTcp(ping, tools.tcp) }).then((answers) =>
      severalFinding(patient, { check: 'anchors', of, answers }),
    ),
    askAll({ targets: servers, way, probe: tools.dns }).then((answers) =>
      severalFinding(patient, { check: 'dns', of, answers }),
    ),
    checkPage(patient, way, asked === undefined ? usualPage : asked.page),
  ]);
  return [...source, ...rest.flat()];
}

async function checkGateway(patient: Patient, way: Way, ping: Probe): Promise<readonly Finding[]> {
  const { doctor, words, tools } = patient;
  const { of } = way;
  const address = way.gateway ?? (await tools.gateway(way));
  if (address === undefined) return [finding('gateway', 'warning', doctor.link.gatewayNone, { of })];
  const answer = await ask(ping, address, way);
  if (answer.kind === 'answered') {
    return [finding('gateway', 'ok', doctor.link.gatewayGood(address, msText(answer.rttMs, words)), { of })];
  }
  return [finding('gateway', 'warning', doctor.link.gatewaySilent(address), { of })];
}

async function checkPage(patient: Patient, way: Way, page: string | undefined): Promise<readonly Finding[]> {
  if (page === undefined) return [];
  const { link: say } = patient.doctor;
  const { of } = way;
  const answer = await patient.tools.page({ address: page, ...local(way), timeoutMs: probeMs });
  if (answer.http === 'no-content') return [finding('page', 'ok', say.pageGood, { of })];
  if (answer.http === 'redirected') return [finding('page', 'error', say.pageOther, { of })];
  return [finding('page', 'warning', say.pageSilent, { of })];
}

interface Asked {
  readonly target: string;
  readonly answer: ProbeAnswer;
}

async function askAll(wish: {
  readonly targets: readonly string[];
  readonly way: Way;
  readonly probe: Probe;
}): Promise<readonly Asked[]> {
  return Promise.all(
    wish.targets.map(async (target) => ({ target, answer: await ask(wish.probe, target, wish.way) })),
  );
}

function ask(probe: Probe, address: string, way: Way): Promise<ProbeAnswer> {
  return probe({ address, ...local(way), timeoutMs: probeMs });
}

function local({ source, interface: device }: Way): {
  readonly source?: string;
  readonly interface?: string;
} {
  return { source, interface: device };
}

/** A silent anchor is asked by TCP too: many networks filter ICMP. */
function withTcp(ping: Probe, tcp: Probe): Probe {
  return async (request) => {
    const [answer, second] = await Promise.all([ping(request), tcp(request)]);
    return answer.kind === 'answered' || second.kind !== 'answered' ? answer : second;
  };
}

/** Of n: none is an error, half or less is a warning, because k of n is what a link is judged by. */
function severalFinding(
  { doctor, words }: Patient,
  parts: {
    readonly check: 'anchors' | 'dns';
    readonly of: string;
    readonly answers: readonly Asked[];
  },
): readonly Finding[] {
  const { check, of, answers } = parts;
  const { link: say } = doctor;
  const asked = answers.filter(({ target }) => isIP(target) !== 0);
  if (asked.length === 0) return [];
  const good = asked.flatMap(({ answer }) => (answer.kind === 'answered' ? [answer.rttMs] : []));
  if (good.length === 0) {
    const stuck = asked
      .map(({ answer }) => (answer.kind === 'local' ? answer.local : undefined))
      .find(Boolean);
    if (stuck !== undefined) return [finding(check, 'error', say.unsendable(say.local[stuck]), { of })];
    return [
      finding(check, 'error', check === 'dns' ? say.noDns(asked.length) : say.noAnchors(asked.length), {
        of,
      }),
    ];
  }
  if (2 * good.length <= asked.length) {
    const silent = asked.filter(({ answer }) => answer.kind !== 'answered').map(({ target }) => target);
    return [finding(check, 'warning', say.few(good.length, asked.length, silent.join(', ')), { of })];
  }
  return [
    finding(check, 'ok', say.some(good.length, asked.length, msText(Math.min(...good), words)), { of }),
  ];
}

function msText(rttMs: number, words: Patient['words']): string {
  return words.decimal(rttMs, rttMs < 10 ? 1 : 0);
}
