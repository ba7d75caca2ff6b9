// How soon fifty outages of one moment have their protocols, at a real Request Tracker and a real Redmine from Debian's
// packages on this machine: from the incident's confirmation to its registration, through correlator, outbox and delivery.
import { until } from '../lab/until.ts';
import { startLiveRig } from '../real-desks/live-rig.ts';
import { absence, type RealDesk } from '../real-desks/real-desk.ts';
import { redmineFiles, redminePackages, startRealRedmine } from '../real-desks/redmine-server.ts';
import { rtFiles, rtPackages, startRealRequestTracker } from '../real-desks/request-tracker-server.ts';
import type { Figure } from './figure.ts';
import { percentile } from './statistics.ts';

const incidents = 50;
const waitMs = 120_000;

const desks = [
  {
    name: 'Request Tracker',
    obstacle: () => absence('Request Tracker', rtFiles, rtPackages),
    start: () => startRealRequestTracker({ unique: true }),
  },
  {
    name: 'Redmine',
    obstacle: () => absence('Redmine', redmineFiles, redminePackages),
    start: startRealRedmine,
  },
] as const;

/** What is not installed is said and left out. */
export async function benchDesks(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { name, obstacle, start } of desks) {
    const reason = obstacle();
    if (reason === undefined) figures.push(...(await measured(name, await start())));
    else console.log(`desks: ${name} not measured: ${reason}`);
  }
  return figures;
}

async function measured(name: string, desk: RealDesk): Promise<readonly Figure[]> {
  try {
    // One more that fell before: sockets, caches and the desk's workers are warm, as on any day.
    const live = await startLiveRig(desk, { shops: incidents + 1, polls: false, idsBeyond: 0 });
    const registered = (): number =>
      live.incidents().filter(({ ticket }) => ticket?.protocol !== undefined).length;
    await live.fall([incidents]);
    await until(`${name} registers one ticket`, waitMs, () => registered() === 1);
    await live.fall(Array.from({ length: incidents }, (_, shop) => shop));
    await until(`${name} registers ${incidents} tickets`, waitMs, () => registered() === incidents + 1);
    const delays = live
      .incidents()
      .slice(1)
      .flatMap(({ openedAt, ticket }) =>
        ticket?.registeredAt === undefined ? [] : [ticket.registeredAt - openedAt],
      );
    await live.stop();
    const protocols = new Set(live.incidents().map(({ ticket }) => ticket?.protocol));
    if (protocols.size !== incidents + 1) throw new Error(`${name}: ${protocols.size} protocols`);
    const figure = (share: number, more: Partial<Figure>): Figure => ({
      ...{ bench: 'desks', name: `${name}: ${incidents} at once, confirmed to registered, p${share}` },
      ...{ value: percentile(delays, share / 100) / 1_000, unit: 's', ...more },
    });
    return [figure(50, {}), figure(95, { goal: 'at most 2' })];
  } finally {
    await desk.stop();
  }
}
