// The agent's examination of itself while it runs: what `vigia-agent doctor` looks at, as far as a running agent can without
// disturbing its own work. No program is started, no ping is sent, and the spool's file is never opened: closing a second
// descriptor of it would give up SQLite's locks (see spool-file.ts), so the spool speaks for itself.
import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '../../../shared/limits.ts';
import { plainLine } from '../../../shared/plain-line.ts';
import type { Found } from '../../../shared/wire/findings.ts';
import type { Examination } from '../../core/input.ts';
import { doctorEn } from '../../core/text/doctor-en.ts';
import { doctorPt, type Said } from '../../core/text/doctor-pt.ts';
import { wordsOf } from '../../core/text/languages.ts';
import type { AgentView } from '../../core/view.ts';
import { within } from '../../probes/deadline.ts';
import type { PingMethods } from '../../probes/ping-method.ts';
import { messageOf } from '../errors.ts';
import type { Identity } from '../identity.ts';
import type { SystemLookup } from '../resolve.ts';
import type { Spool } from '../spool.ts';
import { type CheckName, type Finding, found, type Place, type Speech, type Tools } from './finding.ts';
import { checkDirectory, checkService, checkSpace } from './local.ts';
import { OwnLinks, ownPingFinding } from './own-links.ts';
import { clockFinding, tryServers } from './server.ts';

export interface ResidentParts {
  readonly stateDirectory: string;
  readonly identity: Identity;
  readonly tools: Tools;
  readonly pings: Pick<PingMethods, 'method' | 'reason'>;
  readonly spool: Pick<Spool, 'health'>;
  /** As the core sees things now. */
  readonly view: () => AgentView | undefined;
}

interface Times {
  /** For all checks together, but the looks at the links. */
  readonly withinMs: number;
  readonly looks: number;
  readonly lookEveryMs: number;
}

const usualTimes: Times = {
  withinMs: limits.doctorMs,
  looks: limits.selfExamLooksMax,
  lookEveryMs: limits.selfExamLookEveryMs,
};

/** Never rejects; takes `withinMs` and the time of the looks at most. */
export async function examineSelf(parts: ResidentParts, times: Times = usualTimes): Promise<Examination> {
  const { withinMs, looks, lookEveryMs } = times;
  const { stateDirectory, identity, tools } = parts;
  const pt: Speech = { words: wordsOf('pt'), doctor: doctorPt };
  const en: Speech = { words: wordsOf('en'), doctor: doctorEn };
  const place: Place = { stateDirectory, identity, tools, ...pt, second: en };
  const checks: readonly (readonly [CheckName, Promise<readonly Finding[]>])[] = [
    ['state-directory', checkDirectory(place)],
    ['free-space', checkSpace(place)],
    ['service', checkService(place)],
    ['server-way', serverFindings(place, parts)],
    ['gateway', linkFindings(place, parts, times)],
  ];
  const all = await Promise.all(
    checks.map(([check, work]) => {
      const ms = check === 'gateway' ? withinMs + looks * lookEveryMs : withinMs;
      return bounded(place, { check, work, ms });
    }),
  );
  return examinationOf([
    ...spoolFindings(place, parts.spool),
    ownPingFinding(place, parts.pings),
    ...all.flat(),
  ]);
}

interface Work {
  readonly check: CheckName;
  readonly work: Promise<readonly Finding[]>;
  readonly ms: number;
}

async function bounded(place: Place, { check, work, ms }: Work): Promise<readonly Finding[]> {
  const late = found(place, { check, level: 'warning' }, ({ doctor }) => ({
    text: doctor.late(Math.round(ms / 1_000)).text,
  }));
  try {
    return await within(ms, work, [late]);
  } catch (error) {
    // A check that breaks must not end the agent: here it only examines itself.
    return [{ ...late, detail: messageOf(error) }];
  }
}

/** Without a session that the server is not reached is no finding but the news of the hour, and nobody could be told. */
async function serverFindings(place: Place, { identity, view }: ResidentParts): Promise<readonly Finding[]> {
  const now = view();
  if (now?.session.state !== 'open') return [];
  const { tools } = place;
  const lookup = oneByOne(tools.lookup);
  const quiet: Tools = { ...tools, lookup, reach: (access) => tools.reach(access, lookup) };
  const { findings, offsetMs } = await tryServers({ ...place, tools: quiet }, identity);
  // A session's measurement is finer than a date's second.
  return [...findings, clockFinding(place, now.clockOffsetMs ?? offsetMs)];
}

/**
 * Each name once, one after the other: a dead resolver holds each question for long in one of the four threads that the
 * agent's own files need too.
 */
function oneByOne(lookup: SystemLookup): SystemLookup {
  const asked = new Map<string, ReturnType<SystemLookup>>();
  let last: Promise<unknown> = Promise.resolve();
  return (name) => {
    const before = asked.get(name);
    if (before !== undefined) return before;
    const answer = last.then(() => lookup(name));
    last = answer.catch(() => undefined);
    asked.set(name, answer);
    return answer;
  };
}

async function linkFindings(
  place: Place,
  { view }: ResidentParts,
  { looks, lookEveryMs }: Pick<Times, 'looks' | 'lookEveryMs'>,
): Promise<readonly Finding[]> {
  const links = new OwnLinks();
  for (let look = 1; look <= looks; look += 1) {
    const seen = view();
    if (seen !== undefined) links.look(seen);
    if (look < looks) await pause(lookEveryMs, undefined, { ref: false });
  }
  return links.findings(place);
}

function spoolFindings(place: Place, spool: Pick<Spool, 'health'>): readonly Finding[] {
  const { state, inMemory, changes, rollups, droppedChanges, movedAside, reason } = spool.health();
  const check: CheckName = 'spool';
  const told = (level: Finding['level'], say: (words: Speech['doctor']['spool']) => Said): Finding =>
    found(place, { check, level, detail: level === 'ok' ? undefined : reason }, ({ doctor }) =>
      say(doctor.spool),
    );
  const findings = [
    ...(state === 'sound' ? [] : [told('error', (say) => say.refusing(inMemory))]),
    ...(droppedChanges === 0 ? [] : [told('error', (say) => say.lost(droppedChanges))]),
    ...(movedAside === undefined ? [] : [told('warning', (say) => say.movedAside)]),
  ];
  return findings.length > 0 ? findings : [told('ok', (say) => say.inUse(changes, rollups))];
}

/** Errors first; within the wire's limits. */
export function examinationOf(findings: readonly Finding[]): Examination {
  const wrong = [
    ...findings.filter(({ level }) => level === 'error'),
    ...findings.filter(({ level }) => level === 'warning'),
  ];
  const items = wrong.slice(0, limits.findingsMax).map(foundOf);
  const most = limits.findingChecksMax;
  return {
    good: Math.min(most, findings.length - wrong.length),
    more: Math.min(most, wrong.length - items.length),
    items,
  };
}

function foundOf({ check, level, of, detail, text, advice, second }: Finding): Found {
  const told = (name: string, said: Said): Found['pt'] => ({
    name: plainLine(name, limits.findingNameCharsMax),
    text: plainLine(said.text, limits.findingTextCharsMax),
    advice: said.advice && plainLine(said.advice, limits.findingTextCharsMax),
  });
  const here = { text, advice };
  return {
    check,
    level: level === 'error' ? 'error' : 'warning',
    of: of && plainLine(of, limits.findingOfCharsMax),
    detail: detail && plainLine(detail, limits.findingTextCharsMax),
    pt: told(doctorPt.checks[check], here),
    en: told(doctorEn.checks[check], second ?? here),
  };
}
