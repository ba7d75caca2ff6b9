// The way to the server, step by step as the agent goes it: name, connection (and proxy), TLS, the server's own answer;
// and from that answer the clock. The first step that fails is told with its reason. No session is opened and nothing
// is sent but the question for a nonce.
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import { second } from '../../../shared/time.ts';
import { agentPaths, nonceAnswerSchema } from '../../../shared/wire/door.ts';
import { isThisMachine } from '../../core/session/server-address.ts';
import type { Said } from '../../core/text/doctor-pt.ts';
import { durationText } from '../../core/text/languages.ts';
import { askDoor, type DoorAnswer } from '../door-request.ts';
import type { Identity } from '../identity.ts';
import { bare, proxyFor } from '../proxy-settings.ts';
import type { Reach, Reached } from '../reach.ts';
import type { Trouble, TroubleReason } from '../reach-trouble.ts';
import { createResolver } from '../resolve.ts';
import { type Check, type CheckName, type Finding, finding, type Patient } from './finding.ts';

const stepMs = 4_000;
const certificateEndsDays = 14;
/** Date headers tell whole seconds. */
const clockGoodMs = 2 * second;
const clockOffMs = 60 * second;

interface Went {
  readonly findings: readonly Finding[];
  readonly good: boolean;
  /** Server minus this machine's clock, as the answer's date tells it. */
  readonly offsetMs?: number;
}

export const checkServer: Check = async (patient) => {
  const { identity } = patient;
  if (identity === undefined) return [];
  const reach = patient.tools.reach(identity.access);
  const { servers } = identity.enrolment;
  const went = await Promise.all(servers.map((server) => goTo({ patient, identity, reach, server })));
  const anyGood = went.some(({ good }) => good);
  const findings = went.flatMap(({ findings: found, good }) =>
    good || !anyGood ? found : found.map((each) => softened(each, patient)),
  );
  return [...findings, clockFinding(patient, went.find(({ offsetMs }) => offsetMs !== undefined)?.offsetMs)];
};

/** With one good address the agent is connected: another dead one is worth a look, no more. */
function softened(each: Finding, { doctor }: Patient): Finding {
  if (each.level !== 'error') return each;
  const { text, advice } = doctor.server.unused({ text: each.text, advice: each.advice });
  return { ...each, level: 'warning', text, advice };
}

interface Going {
  readonly patient: Patient;
  readonly identity: Identity;
  readonly reach: Reach;
  readonly server: string;
}

async function goTo(going: Going): Promise<Went> {
  const { patient, server, reach } = going;
  const findings: Finding[] = [];
  const of = server;
  const url = URL.parse(server);
  const proxy = url === null ? undefined : proxyOf(going, url);
  // With a proxy the name is the proxy's to resolve; that this machine cannot is no trouble.
  if (url !== null && proxy === undefined) {
    const name = await nameFinding(patient, bare(url.hostname), of);
    findings.push(name);
    if (name.level === 'error') return { findings, good: false };
  }
  const startMs = performance.now();
  const reached = await reach.open({ server, timeoutMs: stepMs });
  if (!reached.ok)
    return { findings: [...findings, troubleFinding(patient, reached.failure, of)], good: false };
  const tookMs = patient.words.decimal(performance.now() - startMs, 0);
  const { address } = reached.value;
  findings.push(finding('server-way', 'ok', patient.doctor.server.wayGood(address, proxy, tookMs), { of }));
  findings.push(tlsFinding(patient, reached.value, of));
  reached.value.socket.destroy();
  const answered = await askNonce(going, startMs);
  return { ...answered, findings: [...findings, ...answered.findings] };
}

function proxyOf({ identity }: Going, url: URL): string | undefined {
  const { access } = identity;
  const proxy = proxyFor(url, { settings: access.proxy, allowInsecureHttp: access.allowInsecureHttp });
  return proxy === undefined ? undefined : `${proxy.host}:${proxy.port}`;
}

async function nameFinding(patient: Patient, host: string, of: string): Promise<Finding> {
  const { server: say } = patient.doctor;
  if (isIP(host) !== 0) return finding('server-name', 'ok', say.nameLiteral(host), { of });
  const resolver = createResolver(patient.tools.lookup);
  const found = await resolver.addresses({ host, family: undefined, remembered: [] });
  if (!found.ok) return troubleFinding(patient, found.failure, of);
  return finding('server-name', 'ok', say.nameGood(host, found.value.join(', ')), { of });
}

function tlsFinding({ doctor }: Patient, { socket }: Reached, of: string): Finding {
  const { server: say } = doctor;
  if (!(socket instanceof TLSSocket)) {
    const near = isThisMachine(URL.parse(of)?.hostname ?? '');
    return near
      ? finding('server-tls', 'ok', say.tlsNotNeeded, { of })
      : finding('server-tls', 'warning', say.tlsNone, { of });
  }
  const certificate = socket.getPeerCertificate();
  const { O: organisation, CN: name } = certificate.issuer ?? {};
  // A stranger's words on a technician's screen: printable, short.
  const issuer = [organisation, name]
    .flat()
    .filter((word) => word !== undefined)
    .join(', ')
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ')
    .slice(0, 120);
  const leftMs = Date.parse(certificate.valid_to) - Date.now();
  const days = Math.max(0, Math.floor(leftMs / 86_400_000));
  return days < certificateEndsDays
    ? finding('server-tls', 'warning', say.tlsEnding(issuer, days), { of })
    : finding('server-tls', 'ok', say.tlsGood(issuer, days), { of });
}

async function askNonce({ patient, reach, server }: Going, startMs: number): Promise<Went> {
  const { server: say } = patient.doctor;
  const of = server;
  const sentAtMs = patient.tools.clock().wallMs;
  const answer = await askDoor(reach, { server, path: agentPaths.nonce, method: 'GET', timeoutMs: stepMs });
  if (!answer.ok) return { findings: [troubleFinding(patient, answer.failure, of)], good: false };
  const { status, json } = answer.value;
  if (status !== 200 || !nonceAnswerSchema.safeParse(json).success) {
    return { findings: [finding('server-answer', 'error', say.answerOther(status), { of })], good: false };
  }
  const took = patient.words.decimal(performance.now() - startMs, 0);
  const found = finding('server-answer', 'ok', say.answerGood(took), { of });
  return { findings: [found], good: true, offsetMs: offsetOf(answer.value, sentAtMs, patient) };
}

function offsetOf({ dateMs }: DoorAnswer, sentAtMs: number, { tools }: Patient): number | undefined {
  if (dateMs === undefined) return undefined;
  // The header's second began up to one second before the answer.
  return dateMs + second / 2 - (sentAtMs + tools.clock().wallMs) / 2;
}

const stepOf: Readonly<Record<TroubleReason, CheckName>> = {
  'address-refused': 'server-name',
  'name-unknown': 'server-name',
  'family-missing': 'server-name',
  unreachable: 'server-way',
  'too-slow': 'server-way',
  'proxy-unreachable': 'server-way',
  'proxy-garbage': 'server-way',
  'proxy-credentials': 'server-way',
  'proxy-scheme': 'server-way',
  'proxy-forbids': 'server-way',
  'proxy-failed': 'server-way',
  'tls-failed': 'server-tls',
  'tls-untrusted': 'server-tls',
  'tls-wrong-name': 'server-tls',
  'tls-time': 'server-tls',
  'door-failed': 'server-answer',
};

function troubleFinding({ doctor }: Patient, why: Trouble, of: string): Finding {
  const said: Said = doctor.trouble[why.reason];
  return finding(stepOf[why.reason], 'error', said, { of, detail: why.message });
}

/** A session's measurement is finer than a header's second; where the agent has one it counts. */
function clockFinding(patient: Patient, byDateMs: number | undefined): Finding {
  const { doctor, words, status } = patient;
  const { clock: say } = doctor;
  const measuredMs = status.ok ? status.value.view.clockOffsetMs : undefined;
  const offsetMs = byDateMs ?? measuredMs;
  if (offsetMs === undefined) return finding('clock', 'warning', say.unknown);
  const sizeMs = Math.abs(offsetMs);
  if (sizeMs < clockGoodMs) return finding('clock', 'ok', say.good(say.exact));
  const size = durationText(sizeMs, words);
  const off = offsetMs > 0 ? say.behind(size) : say.ahead(size);
  return sizeMs < clockOffMs
    ? finding('clock', 'ok', say.good(off))
    : finding('clock', 'warning', say.off(off));
}
