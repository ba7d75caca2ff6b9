// The figures of many runs as text: fault mix, score, percentiles beside the product's goals, failures with
// the line that reproduces each.
import type { FaultMix, MixName } from './mixes.ts';
import type { SpeedClass } from './oracle-words.ts';
import { clock } from './readable.ts';
import type { RunResult } from './run.ts';
import type { FailureKind } from './score.ts';

export interface Goal {
  readonly name: string;
  readonly speed: SpeedClass | 'desk';
  readonly p50Ms?: number;
  readonly p95Ms: number;
}

/** The product's goals. */
export const goals: readonly Goal[] = [
  { name: 'link lost, agent alive: fault -> confirmed', speed: 'link', p50Ms: 10_000, p95Ms: 15_000 },
  { name: 'site or host silent, a witness: fault -> confirmed', speed: 'witnessed', p95Ms: 15_000 },
  { name: 'site or host silent, nobody to ask: fault -> confirmed', speed: 'alone', p95Ms: 30_000 },
  { name: 'confirmed -> registered at a healthy desk', speed: 'desk', p95Ms: 2_000 },
];

/** Below this many samples a percentile is shown but not judged. */
const samplesMin = 40;
const failuresShown = 100;
/** One round of a link's probes and 2 s. */
const slaErrorMsMax = 7_000;
const slaShareMin = 0.99;

export function mixText(mix: FaultMix): string {
  return [
    'fault mix (mean calm between two of one kind):',
    `  per site ${hours(mix.siteCalmMs)} after 35 min: 50 % link cuts, 12 % power, 12 % host down, 6 % host unplugged,`,
    '           12 % agent killed, 5 % planned restart, 3 % clock step; a quarter of the cuts are blips of 1 to 9 s,',
    '           an eighth last 10 to 60 s, the others 60 s to 4 h (log-uniform)',
    `  a poor link, where the site is calm, every ${hours(mix.poorCalmMs)}: 2 to 40 % lost or 80 to 900 ms more, 60 s to 2 h`,
    `  beside these, where the site is calm, every ${hours(mix.extraCalmMs)}: 30 % a flapping link (5 to 12 downs, seconds or minutes apart),`,
    '           20 % a frozen agent, 20 % or more a hung connection, up to 30 % a machine that said goodbye and stays away;',
    '           a third of all goodbyes are said into a session that hangs;',
    '           at times a full disk under an agent; some machines run on others and fall with them',
    `  a provider everywhere ${hours(mix.providerCalmMs)}, a dead anchor and a slow desk ${hours(mix.noiseCalmMs)} each, 3 % of the desk's answers lost`,
    `  own uplink cut ${hours(mix.nocCalmMs)}, server restart or kill -9 ${hours(mix.serverCalmMs)}, desk down ${hours(mix.deskCalmMs)}`,
    ...laterText(mix),
  ].join('\n');
}

function laterText({ later }: FaultMix): readonly string[] {
  if (later === undefined) return [];
  return [
    `  where the site is calm: planned work every ${hours(later.plannedCalmMs)}, a quarter under a person's silence, the others in a`,
    '           maintenance window (of a link, a machine or the site; 15 to 90 min; half of those of machines with a promised',
    '           return): links cut, machines off, unplugged, away or without power; half outlives its plan, in one of eight',
    '           the plan is about another thing',
    `  where its first lives: a copy of an agent's disk started every ${hours(later.cloneCalmMs)}, beside it or elsewhere, 2 to 30 min`,
    `  a torn write of an agent's spool, site calm, every ${hours(later.tornCalmMs)} (60 % a record, 40 % a removal; half by kill -9, half`,
    `           by loss of power), of the correlator's journal every ${hours(2 * later.tornCalmMs)}`,
  ];
}

function hours(ms: number): string {
  return `${Number((ms / 3_600_000).toFixed(1))} h`;
}

export function percentile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export interface Figures {
  readonly text: string;
  /** Goals missed with enough samples to say so. */
  readonly missedGoals: readonly string[];
}

export function reportText(results: readonly RunResult[]): Figures {
  const lines: string[] = [faultsText(results), '', scoreText(results), ''];
  const missedGoals: string[] = [];
  lines.push(
    'percentiles (ms)                                              n     p50     p95     max   goal',
  );
  for (const goal of goals) {
    const values = results.flatMap(({ score }) =>
      goal.speed === 'desk' ? score.deskMs : score.confirmedMs[goal.speed],
    );
    const [p50, p95] = [percentile(values, 0.5), percentile(values, 0.95)];
    const missed = (p95 ?? 0) > goal.p95Ms || (p50 ?? 0) > (goal.p50Ms ?? Number.POSITIVE_INFINITY);
    if (missed && values.length >= samplesMin) missedGoals.push(goal.name);
    const wanted = `${goal.p50Ms === undefined ? '' : `p50 ${goal.p50Ms} `}p95 ${goal.p95Ms}`;
    lines.push(`${row(goal.name, values)}   ${wanted}${missed ? '  MISSED' : ''}`);
  }
  for (const speed of ['link', 'witnessed', 'alone'] as const) {
    lines.push(
      row(
        `  ${speed}: fault -> registered`,
        results.flatMap(({ score }) => score.registeredMs[speed]),
      ),
    );
    lines.push(
      row(
        `  ${speed}: SLA start, distance from truth`,
        results.flatMap(({ score }) => score.slaErrorMs[speed]),
      ),
    );
  }
  const errors = results.flatMap(({ score }) => Object.values(score.slaErrorMs).flat());
  const within = errors.filter((error) => error <= slaErrorMsMax).length;
  const share = errors.length === 0 ? 1 : within / errors.length;
  lines.push(
    `SLA start at most ${slaErrorMsMax} ms from the truth: ${within} of ${errors.length}, ${(100 * share).toFixed(1)} %   goal ${100 * slaShareMin} %${share < slaShareMin ? '  NOT REACHED' : ''}`,
  );
  if (share < slaShareMin && errors.length >= samplesMin) missedGoals.push('SLA start near the truth');
  return { text: lines.join('\n'), missedGoals };
}

/** One line per failure, with the command that shows it again. */
export function failuresText(
  results: readonly RunResult[],
  { mix, calmHours }: { readonly mix: MixName; readonly calmHours: number },
): string {
  const lines: string[] = [];
  for (const { seed, days, sites, failures } of results) {
    for (const failure of failures) {
      const again = `npm run sim -- --seeds 1 --seed ${seed} --days ${days} --sites ${sites} --mix ${mix} --calm ${calmHours}`;
      lines.push(`FAILED ${failure.kind} at ${clock(failure.at)}: ${failure.what}\n       ${again}`);
    }
  }
  const more = lines.length - failuresShown;
  return [...lines.slice(0, failuresShown), ...(more > 0 ? [`... and ${more} more`] : [])].join('\n');
}

function faultsText(results: readonly RunResult[]): string {
  const counts = new Map<string, number>();
  for (const { faults } of results) {
    for (const [kind, count] of Object.entries(faults)) {
      counts.set(kind, (counts.get(kind) ?? 0) + count);
    }
  }
  const happened = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = happened.map(([kind, count]) => `${kind} ${count}`);
  const days = results.reduce((sum, one) => sum + one.days * one.sites, 0);
  return `faults that happened, ${parts.length} kinds: ${parts.join(', ')}\nsimulated: ${(days / 365).toFixed(1)} site years`;
}

function scoreText(results: readonly RunResult[]): string {
  const sum = (value: (one: RunResult) => number): number =>
    results.reduce((total, one) => total + value(one), 0);
  const failed = new Map<FailureKind, number>();
  for (const { failures } of results) {
    for (const { kind } of failures) failed.set(kind, (failed.get(kind) ?? 0) + 1);
  }
  const kinds: readonly FailureKind[] = [
    'missed',
    'false',
    'duplicate',
    'late',
    'wrong-kind',
    'wrong-priority',
    'wrong-cause',
    'after-the-fact',
    'sla-start',
    'lost-or-doubled',
    'not-healed',
    'books-differ',
    'noisy',
    'assertion',
  ];
  const causes = sum(({ score }) => score.causes.right + score.causes.unknown + score.causes.wrong);
  const right = sum(({ score }) => score.causes.right);
  const untellable = sum(({ score }) => score.causes.untellable);
  const share = (100 * right) / Math.max(1, causes - untellable);
  return [
    `outages that must open: ${sum(({ score }) => score.expected)}, found ${sum(({ score }) => score.found)}; may open: ${sum(({ score }) => score.optional)}, opened ${sum(({ score }) => score.optionalFound)}`,
    `failures: ${kinds.map((kind) => `${kind} ${failed.get(kind) ?? 0}`).join(', ')}`,
    `causes: right ${right}, unknown ${sum(({ score }) => score.causes.unknown)}, wrong ${sum(({ score }) => score.causes.wrong)} of ${causes}; ${untellable} nobody could tell, of the others right ${share.toFixed(1)} %`,
    `incidents ${sum((one) => one.incidents)}, tickets ${sum((one) => one.tickets)}, inputs ${sum((one) => one.inputs)}, changes spooled ${sum((one) => one.changesSpooled)}, events ${sum((one) => one.events)}`,
    `not computed (quiet): ${((100 * sum((one) => one.skippedRatio)) / Math.max(1, results.length)).toFixed(1)} % of the sites' time`,
  ].join('\n');
}

function row(name: string, values: readonly number[]): string {
  const cell = (value: number | undefined): string =>
    (value === undefined ? '-' : value.toFixed(0)).padStart(8);
  return `${name.padEnd(56)}${String(values.length).padStart(7)}${cell(percentile(values, 0.5))}${cell(percentile(values, 0.95))}${cell(percentile(values, 1))}`;
}
