// The way to the server, step by step as the agent goes it: name, connection (and proxy), TLS, the server's own answer;
// and from that answer the clock. The first step that fails is told with its reason. No session is opened and nothing
// is sent but the question for a nonce.
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import { second } from '../../../shared/time.ts';
import { agentPaths, nonceAnswerSchema } from '../../../shared/wire/door.ts';
import { isThisMachine } from '../../core/session/server-address.ts';
import type { DoctorWords, Said } from '../../core/text/doctor-pt.ts';
import { durationText } from '../../core/text/languages.ts';
import { askDoor, type DoorAnswer } from '../door-request.ts';
import type { Identity } from '../identity.ts';
import { bare, proxyFor } from '../proxy-settings.ts';
import type { Reach, Reached } from '../reach.ts';
import type { Trouble, TroubleReason } from '../reach-trouble.ts';
import { createResolver } from '../resolve.ts';
import { type Check, type CheckName, type Finding, found, type Place, type Speech } from './finding.ts';

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
  const { identity, status } = patient;
  if (identity === undefined) return [];
  const { findings, offsetMs } = await tryServers(patient, identity);
  const measuredMs = status.ok ? status.value.view.clockOffsetMs : undefined;
  return [...findings, clockFinding(patient, offsetMs ?? measuredMs)];
};

/** Each address of the server, and its clock against this machine's as the answers' dates tell it. Never rejects. */
export async function tryServers(
  patient: Place,
  identity: Identity,
): Promise<{ readonly findings: readonly Finding[]; readonly offsetMs: number | undefined }> {
  const reach = patient.tools.reach(identity.access);
  const { servers } = identity.enrolment;
  const went = await Promise.all(servers.map((server) => goTo({ patient, identity, reach, server })));
  const anyGood = went.some(({ good }) => good);
  const findings = went.flatMap(({ findings: found, good }) =>
    good || !anyGood ? found : found.map((each) => softened(each, patient)),
  );
  return { findings, offsetMs: went.find(({ offsetMs }) => offsetMs !== undefined)?.offsetMs };
}

/** With one good address the agent is connected: another dead one is worth a look, no more. */
function softened(each: Finding, { doctor, second }: Place): Finding {
  if (each.level !== 'error') return each;
  const { text, advice } = doctor.server.unused({ text: each.text, advice: each.advice });
  const softer = { ...each, level: 'warning', text, advice } as const;
  if (second === undefined || each.second === undefined) return softer;
  return { ...softer, second: second.doctor.server.unused(each.second) };
}

interface Going {
  readonly patient: Place;
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
  const tookMs = performance.now() - startMs;
  const { address } = reached.value;
  findings.push(
    found(patient, { check: 'server-way', level: 'ok', of }, ({ doctor, words }) =>
      doctor.server.wayGood(address, proxy, words.decimal(tookMs, 0)),
    ),
  );
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

async function nameFinding(place: Place, host: string, of: string): Promise<Finding> {
  const good = { check: 'server-name', level: 'ok', of } as const;
  if (isIP(host) !== 0) return found(place, good, ({ doctor }) => doctor.server.nameLiteral(host));
  const resolver = createResolver(place.tools.lookup);
  const answer = await resolver.addresses({ host, family: undefined, remembered: [] });
  if (!answer.ok) return troubleFinding(place, answer.failure, of);
  return found(place, good, ({ doctor }) => doctor.server.nameGood(host, answer.value.join(', ')));
}

function tlsFinding(place: Place, { socket }: Reached, of: string): Finding {
  const told = (level: Finding['level'], say: (words: DoctorWords['server']) => Said): Finding =>
    found(place, { check: 'server-tls', level, of }, ({ doctor }) => say(doctor.server));
  if (!(socket instanceof TLSSocket)) {
    const near = isThisMachine(URL.parse(of)?.hostname ?? '');
    return near ? told('ok', (say) => say.tlsNotNeeded) : told('warning', (say) => say.tlsNone);
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
    ? told('warning', (say) => say.tlsEnding(issuer, days))
    : told('ok', (say) => say.tlsGood(issuer, days));
}

async function askNonce({ patient, reach, server }: Going, startMs: number): Promise<Went> {
  const check = 'server-answer';
  const of = server;
  const sentAtMs = patient.tools.clock().wallMs;
  const answer = await askDoor(reach, { server, path: agentPaths.nonce, method: 'GET', timeoutMs: stepMs });
  if (!answer.ok) return { findings: [troubleFinding(patient, answer.failure, of)], good: false };
  const { status, json } = answer.value;
  if (status !== 200 || !nonceAnswerSchema.safeParse(json).success) {
    const other = found(patient, { check, level: 'error', of }, ({ doctor }) =>
      doctor.server.answerOther(status),
    );
    return { findings: [other], good: false };
  }
  const tookMs = performance.now() - startMs;
  const good = found(patient, { check, level: 'ok', of }, ({ doctor, words }) =>
    doctor.server.answerGood(words.decimal(tookMs, 0)),
  );
  return { findings: [good], good: true, offsetMs: offsetOf(answer.value, sentAtMs, patient) };
}

function offsetOf({ dateMs }: DoorAnswer, sentAtMs: number, { tools }: Place): number | undefined {
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

function troubleFinding(place: Place, { reason, message: detail }: Trouble, of: string): Finding {
  const what = { check: stepOf[reason], level: 'error', of, detail } as const;
  return found(place, what, ({ doctor }) => doctor.trouble[reason]);
}

/** `offsetMs`: server minus this machine's clock. */
export function clockFinding(place: Place, offsetMs: number | undefined): Finding {
  const told = (level: Finding['level'], say: (speech: Speech) => Said): Finding =>
    found(place, { check: 'clock', level }, say);
  if (offsetMs === undefined) return told('warning', ({ doctor }) => doctor.clock.unknown);
  const sizeMs = Math.abs(offsetMs);
  if (sizeMs < clockGoodMs) return told('ok', ({ doctor: { clock } }) => clock.good(clock.exact));
  const off = ({ doctor: { clock }, words }: Speech): string => {
    const size = durationText(sizeMs, words);
    return offsetMs > 0 ? clock.behind(size) : clock.ahead(size);
  };
  return sizeMs < clockOffMs
    ? told('ok', (speech) => speech.doctor.clock.good(off(speech)))
    : told('warning', (speech) => speech.doctor.clock.off(off(speech)));
}
