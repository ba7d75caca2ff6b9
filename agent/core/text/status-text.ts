// A status as lines for a person: the verdict first, then links, hosts, server, clock, spool. Pure; the words come from
// the catalogue. It must never show more than the status holds, and never hide that it is old.
import { assertNever } from '../../../shared/assert.ts';
import { minute } from '../../../shared/time.ts';
import type { Clock } from '../input.ts';
import { elapsedMs, type Problem, type Status, type StatusJudgement } from '../status.ts';
import type { HostView, LinkView } from '../view.ts';
import { durationText } from './languages.ts';
import type { Words } from './pt.ts';

/** The first line, and one for each further problem. */
export function verdictLines(judgement: StatusJudgement, status: Status | undefined, words: Words): string[] {
  const { problems } = judgement;
  if (problems.length === 0) {
    const { links = [], hosts = [] } = status?.view ?? {};
    return [`${words.fine}: ${words.wellNow(links.length, hosts.length)}`];
  }
  return problems.map((problem) => `${words.attention}: ${problemText(problem, words)}`);
}

export function problemText(problem: Problem, words: Words): string {
  const say = words.problem;
  const age = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : durationText(ms, words);
  switch (problem.kind) {
    case 'not-enrolled':
    case 'none':
    case 'forbidden':
    case 'damaged':
    case 'cloned':
    case 'revoked':
    case 'nothing-to-watch':
      return say[problem.kind];
    case 'stopped':
    case 'gone':
    case 'hangs':
      return say[problem.kind](durationText(problem.ageMs, words));
    case 'no-session':
      return say.noSession(age(problem.forMs));
    case 'link-down':
      return say.linkDown(problem.link, problem.layer, age(problem.forMs));
    case 'link-degraded':
      return say.linkDegraded(problem.link, problem.layer, problem.by);
    case 'link-unjudged':
      return say.linkUnjudged(problem.link);
    case 'link-unmeasured':
      return say.linkUnmeasured(problem.link);
    case 'host-down':
      return say.hostDown(problem.host, age(problem.forMs));
    case 'clock-off':
      return say.clockOff(offText(problem.offsetMs, words));
    case 'disk-refuses':
      return say.diskRefuses(problem.records);
    case 'changes-lost':
      return say.changesLost(problem.records);
    default:
      return assertNever(problem);
  }
}

/** Everything below the verdict. `now` dates the ages. */
export function statusLines(
  status: Status,
  more: { readonly now: Clock; readonly words: Words; readonly old: boolean },
): string[] {
  const { now, words, old } = more;
  const ageMs = elapsedMs(status.written, now);
  // Ages within the status count from its own instant: in an old one they are those of then.
  const shown: Shown = { status, words, extraMs: old ? 0 : ageMs };
  const { headings } = words;
  return [
    ...(old ? [words.history(durationText(ageMs, words)), ''] : []),
    ...section(headings.agent, agentLines(shown, ageMs)),
    ...section(headings.links, linkLines(shown)),
    ...section(headings.hosts, hostLines(shown)),
    ...section(headings.server, serverLines(shown)),
    ...section(headings.clock, [clockLine(shown)]),
    ...section(headings.spool, spoolLines(shown)),
    ...section(headings.ping, [pingLine(shown)]),
  ];
}

interface Shown {
  readonly status: Status;
  readonly words: Words;
  readonly extraMs: number;
}

function section(heading: string, lines: readonly string[]): string[] {
  return [heading, ...lines.map((line) => `  ${line}`), ''];
}

function ageSince({ status, words, extraMs }: Shown, at: number): string {
  return durationText(status.view.at - at + extraMs, words);
}

function agentLines({ status, words }: Shown, ageMs: number): string[] {
  const running = durationText(elapsedMs(status.started, status.written), words);
  const memory = words.memory(words.decimal(status.residentBytes / 2 ** 20, 0));
  return [
    words.agentIs(status.customer, status.site, status.host),
    `${words.program(status.version, status.pid, running)}, ${memory}, ${words.written(durationText(ageMs, words))}`,
  ];
}

function linkLines(shown: Shown): string[] {
  const { links } = shown.status.view;
  if (links.length === 0) return [shown.words.noLinks];
  return links.flatMap((link) => [
    linkLine(shown, link),
    ...roundLines(shown, link).map((line) => `  ${line}`),
  ]);
}

function linkLine(shown: Shown, link: LinkView): string {
  const { words } = shown;
  const { layer, since, quality } = link;
  const parts = [
    `${link.key} (${words.linkRole[link.role]}): ${words.linkStatus[link.status]}`,
    since !== undefined && link.status !== 'unknown' && words.since(ageSince(shown, since)),
    layer !== undefined && words.layer[layer],
    quality?.by.map((each) => words.degradation[each]).join(', '),
    link.recovering && words.recovering,
    link.inDoubt && words.inDoubt,
  ];
  return parts.filter(Boolean).join(', ');
}

function roundLines(shown: Shown, link: LinkView): string[] {
  const { words } = shown;
  const { round, quality } = link;
  const lines = [modeText(link, words)];
  if (link.status === 'unknown' && link.mode !== 'never') {
    lines.push(words.notSeen[link.mode === 'free' ? 'other' : link.mode]);
  }
  if (round?.local !== undefined) lines.push(words.local[round.local]);
  const answers = answersText(link, words);
  if (answers !== '') lines.push(answers);
  const hops = link.hops.flatMap(({ ttl, address }) => (address === undefined ? [] : `${ttl} ${address}`));
  if (hops.length > 0) lines.push(words.hops(hops.join(' · ')));
  if (round?.counted === false && round.local === undefined) lines.push(words.uncounted);
  if (quality !== undefined) {
    const whole = (value: number | undefined): string | undefined =>
      value === undefined ? undefined : words.decimal(value, 0);
    const loss = words.decimal(quality.lossRatio * 100, 1);
    lines.push(words.quality(loss, whole(quality.rttMs), whole(quality.jitterMs)));
  }
  return lines;
}

function modeText({ mode, source, interface: device, publicAddress }: LinkView, words: Words): string {
  switch (mode) {
    case 'free':
    case 'never':
      return words.mode[mode];
    case 'bound':
      return words.mode.bound([source, device].filter(Boolean).join(' '));
    case 'egress':
      return words.mode.egress(publicAddress ?? '?');
    default:
      return assertNever(mode);
  }
}

const shownRoles = ['gateway', 'hop', 'anchor', 'dns'] as const;

function answersText({ round }: LinkView, words: Words): string {
  const parts = shownRoles.flatMap((role) => {
    const answers = round?.answers[role];
    return answers === undefined ? [] : [`${words.target[role]} ${words.answers(answers)}`];
  });
  if (round?.page !== undefined) parts.push(`${words.target.http} ${words.page[round.page]}`);
  return parts.join(' · ');
}

function hostLines(shown: Shown): string[] {
  const { hosts } = shown.status.view;
  return hosts.length === 0 ? [shown.words.noHosts] : hosts.map((host) => hostLine(shown, host));
}

function hostLine(shown: Shown, host: HostView): string {
  const { words } = shown;
  const where = host.address === undefined ? host.key : `${host.key} (${host.address})`;
  const parts = [
    `${where}: ${words.hostStatus[host.status]}`,
    host.since !== undefined && host.status !== 'unknown' && words.since(ageSince(shown, host.since)),
    host.recovering && words.recovering,
  ];
  return parts.filter(Boolean).join(', ');
}

function serverLines(shown: Shown): string[] {
  const { status, words } = shown;
  const { session } = status.view;
  const server = session.server ?? status.servers[0] ?? words.firstServer;
  const say = words.session;
  const opening = session.state === 'opening' || session.state === 'greeting';
  const first =
    session.state === 'open'
      ? say.open(server, ageSince(shown, session.since))
      : say[opening ? 'opening' : 'closed'](server);
  const details = [
    session.source !== undefined && words.bySource(session.source),
    status.proxy !== undefined && words.proxy(status.proxy),
    session.egress !== undefined && words.egress(session.egress),
    session.confirmedAt !== undefined && words.confirmed(ageSince(shown, session.confirmedAt)),
    session.receiptAt !== undefined && words.receipt(ageSince(shown, session.receiptAt)),
  ].filter((each) => each !== false);
  return [first, ...details];
}

function clockLine({ status, words }: Shown): string {
  const offsetMs = status.view.clockOffsetMs;
  if (offsetMs === undefined) return words.clockUnknown;
  const off = offText(offsetMs, words);
  return Math.abs(offsetMs) < minute ? words.clockGood(off) : off;
}

/** `offsetMs` is server minus machine: above 0 the machine is behind. */
function offText(offsetMs: number, words: Words): string {
  const size = Math.abs(offsetMs);
  if (size < 1_000) return words.exact;
  return offsetMs > 0 ? words.behind(durationText(size, words)) : words.ahead(durationText(size, words));
}

function spoolLines({ status, words }: Shown): string[] {
  const { spool, view } = status;
  const megabytes = words.decimal(spool.bytes / 2 ** 20, 1);
  return [
    words.spool(view.waiting.changes, view.waiting.rollups, megabytes),
    ...(spool.refused > 0 ? [words.spoolRefused(spool.refused)] : []),
    ...(spool.droppedRollups > 0 ? [words.spoolDropped(spool.droppedRollups)] : []),
    ...(spool.state === undefined || spool.state === 'sound' ? [] : [words.spoolState[spool.state]]),
    ...(spool.movedAside === undefined ? [] : [words.spoolMovedAside(spool.movedAside)]),
  ];
}

function pingLine({ status, words }: Shown): string {
  const { method, reason } = status.ping;
  const name = words.method[method];
  return reason === undefined ? name : `${name}, ${words.because(reason)}`;
}
