// The time that machines and links get to start once their site, or the machine that carries them, has returned: whom it
// is for, and whom not. Who has been seen up since then has started, and what befalls it later is an outage of its own.
// Part of `suppress` (what may open) and of `late` (what becomes history). Opens nothing, writes nothing.
import { type Instant, later, minute, plus } from '../../../shared/time.ts';
import type { AgentState, HostReport, LinkReport } from '../state.ts';
import { descendantsOf } from './dependencies.ts';
import type { Finding } from './finding.ts';
import type { SiteView } from './witness.ts';

/**
 * What a living agent saw fail only this long after the return was no longer starting, whether it was ever seen up or not:
 * a router or a modem is up or silent by then, and its beginning would have been seen.
 */
export const startAllowanceMs = 2 * minute;

type Report = LinkReport | HostReport;

/** Until when the reporter saw it up, as of its word `after`. What its earlier run saw says nothing of this one. */
export function upUntil(
  before: Report | undefined,
  after: Pick<Report, 'status' | 'since'>,
  { runStartedAt }: Pick<AgentState, 'runStartedAt'>,
): Instant | undefined {
  if (before === undefined || after.status === 'up') return undefined;
  const wasUp = before.status === 'up' || (before.status === 'degraded' && after.status !== 'degraded');
  if (!wasUp) return before.upUntil;
  const inThisRun = runStartedAt === undefined || before.confirmedAt >= runStartedAt;
  return inThisRun ? after.since : undefined;
}

/** `returned`: when the site, or the machine that carries this one, was heard again. True: this began after it had started. */
export function beganAfterReturn(view: SiteView, finding: Finding, returned: Instant): boolean {
  // An episode that began before is judged as one: a single stretch of it proves nothing new.
  if (finding.flap !== undefined) return finding.flap.since > returned;
  if (finding.link !== undefined) return linkBegan(view, { ...finding, link: finding.link }, returned);
  return finding.host !== undefined && hostBegan(view, { ...finding, host: finding.host }, returned);
}

function linkBegan(view: SiteView, finding: Finding & { readonly link: string }, returned: Instant): boolean {
  if (finding.rests === 'direct') return reportsBegan(view, view.record.links, finding, returned);
  // Only its address speaks for it: an address that fell silent since then had answered since then.
  return view.addresses.some((each) => each.link === finding.link && !each.answers && each.since > returned);
}

/** Its own agent was heard, or a neighbour reached it; of a device that nobody can ask, anything behind it. */
function hostBegan(view: SiteView, finding: Finding & { readonly host: string }, returned: Instant): boolean {
  const agentOf = (host: string): AgentState | undefined =>
    view.hosts.find((each) => each.host.key === host)?.agent;
  const wasHeard = (host: string): boolean => (agentOf(host)?.lastHeardAt ?? 0) >= returned;
  if (wasHeard(finding.host)) return true;
  // Of a program that is lost on a living machine the neighbours know nothing.
  if (finding.kind === 'agent-lost') return false;
  if (reportsBegan(view, view.record.hosts, finding, returned)) return true;
  const asked = agentOf(finding.host) !== undefined || hasReport(view, finding.host);
  const behind = asked ? [] : descendantsOf(view, finding.host).map(({ host }) => host.key);
  return behind.some(
    (host) => wasHeard(host) || seenUp(reportsOn(view, view.record.hosts, { host }), returned),
  );
}

function hasReport(view: SiteView, host: string): boolean {
  return view.record.hosts.some((report) => report.host === host);
}

function reportsBegan(
  view: SiteView,
  all: readonly Report[],
  finding: Pick<Finding, 'link' | 'host' | 'rests'>,
  returned: Instant,
): boolean {
  const reports = reportsOn(view, all, finding);
  if (seenUp(reports, returned)) return true;
  if (finding.rests !== 'direct') return false;
  return reports.some((report) => {
    const reporter = view.speakers.find((agent) => agent.id === report.agent);
    const watchedFrom = later(returned, reporter?.presenceSince ?? returned);
    return isBad(report) && report.since > plus(watchedFrom, startAllowanceMs);
  });
}

function isBad({ status }: Report): boolean {
  return status === 'down' || status === 'degraded';
}

function seenUp(reports: readonly Report[], returned: Instant): boolean {
  return reports.some((report) => report.upUntil !== undefined && report.upUntil > returned);
}

function reportsOn(
  view: SiteView,
  all: readonly Report[],
  { link, host }: { readonly link?: string; readonly host?: string },
): readonly Report[] {
  return all.filter(
    (report) =>
      ('link' in report ? report.link === link : report.host === host) &&
      view.speakers.some((agent) => agent.id === report.agent),
  );
}
