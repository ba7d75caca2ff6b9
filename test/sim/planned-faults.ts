// Draws one planned work: what people say of it (a maintenance window, once, with or without a promised return; or a
// silence), of which thing, and what is then really done: over in time, or not. Data only; later-faults.ts places it.
import type { Random } from '../../shared/random.ts';
import { minute, second } from '../../shared/time.ts';
import { restoredAt, type SiteFault } from './faults.ts';
import type { Plan, PlanScope, Work } from './later-kinds.ts';
import { between, logUniform, pick } from './seeds.ts';
import type { SiteSpec } from './world.ts';

type Planned = Extract<SiteFault, { readonly kind: 'work.planned' }>;

/** What is over this long before its end has been seen to be over by then. */
export const clearMs = 2 * minute;

/** `at`: when the plan begins. */
export function drawPlanned(random: Random, site: SiteSpec, at: number): Planned {
  const endsAt = at + logUniform(random, 15 * minute, 90 * minute);
  const workAt = at + Math.floor(between(random, 40 * second, Math.min(10 * minute, (endsAt - at) / 3)));
  const outlives = random.chance(0.5);
  const toldBefore = logUniform(random, 2 * minute, 2 * 60 * minute);
  const silenced = random.chance(0.25);
  const draft = drawWork(random, site, workAt);
  const wantsReturn = !silenced && draft.kind !== 'link.cut' && random.chance(0.5);
  const returnBy = wantsReturn
    ? Math.floor(between(random, workAt + 6 * minute, Math.max(endsAt, workAt + 7 * minute)))
    : undefined;
  const dueAt = Math.min(returnBy ?? endsAt, endsAt);
  const work = { ...draft, until: endOf(random, draft, { dueAt, outlives }) };
  const { scope, beside } = drawScope(random, site, work);
  const plan: Plan = silenced
    ? { kind: 'silence', toldAt: at, scope, endsAt }
    : {
        ...{ kind: 'window', toldAt: Math.max(5 * minute, at - toldBefore), scope, startsAt: at, endsAt },
        ...(returnBy === undefined ? {} : { returnBy: dueAt }),
      };
  return { id: 0, at: workAt, until: work.until, site: site.id, kind: 'work.planned', plan, work, beside };
}

function drawWork(random: Random, site: SiteSpec, at: number): Work {
  const base = { id: 0, at, until: at, site: site.id };
  const bootMs = Math.floor(between(random, 20 * second, 110 * second));
  const host = pick(random, site.hosts);
  const agent = pick(
    random,
    site.hosts.filter((one) => one.agent !== undefined),
  );
  const link = pick(random, site.links).key;
  const dice = random.next();
  if (dice < 0.4) {
    const links = random.chance(0.3) ? site.links.map(({ key }) => key) : [link];
    return { ...base, kind: 'link.cut', links, mode: 'carrier', secondAfterMs: 0 };
  }
  if (dice < 0.55) return { ...base, kind: 'host.down', host: host.key, bootMs };
  if (dice < 0.65) return { ...base, kind: 'host.unplugged', host: host.key };
  const carries = site.hosts.some((one) => one.parent === agent.key);
  if (dice < 0.85 && !carries) return { ...base, kind: 'host.away', host: agent.key, bootMs };
  const boots = site.hosts.map((one) => [one.key, Math.floor(between(random, 20 * second, 110 * second))]);
  return { ...base, kind: 'site.power', routerMs: 20 * second, bootMs: Object.fromEntries(boots) };
}

/** When the cause is taken away: what it took away then works before `dueAt`, or well after it. */
function endOf(
  random: Random,
  work: Work,
  { dueAt, outlives }: { readonly dueAt: number; readonly outlives: boolean },
): number {
  const startMs = restoredAt(work) - work.until;
  if (outlives) return dueAt + logUniform(random, 5 * second, 80 * minute);
  const last = Math.max(work.at + minute, dueAt - clearMs - minute - startMs);
  return Math.floor(between(random, work.at + minute, last + 1));
}

/** One in eight plans is about another thing than the work and explains nothing of it. */
function drawScope(
  random: Random,
  site: SiteSpec,
  work: Work,
): { readonly scope: PlanScope; readonly beside: boolean } {
  const besides = random.chance(1 / 8);
  const whole = random.chance(0.4);
  if (work.kind === 'site.power') return { scope: {}, beside: false };
  if (work.kind !== 'link.cut') {
    const link = site.links[0]?.key;
    if (besides && link !== undefined) return { scope: { link }, beside: true };
    return { scope: whole ? {} : { host: work.host }, beside: false };
  }
  const [link] = work.links;
  const other = site.links.find(({ key }) => key !== link)?.key;
  if (work.links.length > 1 || link === undefined) return { scope: {}, beside: false };
  if (besides && other !== undefined) return { scope: { link: other }, beside: true };
  return { scope: whole ? {} : { link }, beside: false };
}
