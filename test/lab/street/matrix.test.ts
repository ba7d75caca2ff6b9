// Every kind of fault at once, one house each: does the agent name the right link and layer, and how soon? Prints the
// confusion table. A verdict may also be `unknown`; a wrong one fails. Real processes, default settings.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Api, openApi } from '../api.ts';
import { requireLab } from '../lab-allowed.ts';
import { fullName, type LabProcess, newBoot } from '../namespaces.ts';
import { until } from '../until.ts';
import { type Case, cases } from './cases.ts';
import { streetInventory } from './inventory.ts';
import { placesOf, Street, serverAddress, sidesOf } from './street.ts';
import { standingAt, type Verdict, verdictsOf } from './verdicts.ts';

const serverPort = 7700;
const serverMain = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));
const agentMain = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url));
/** The quality window is 120 s and must be seen whole; the rest is for the busiest of two cores. */
const watchMsMax = 165_000;
/** When every word that must come has come, so long for one that must not. */
const quietMs = 20_000;

const statusSchema = z.object({
  view: z.object({ links: z.array(z.object({ key: z.string(), hops: z.array(z.unknown()) })) }),
});

describe.skipIf(!requireLab())('lab: each fault by its name', () => {
  let street: Street;
  let api: Api;
  let failed = false;
  const agents = new Map<string, LabProcess>();
  const broken = new Map<string, number>();
  const healed = new Map<string, number>();

  const folderOf = (name: string): string => join(street.folder, `${name}-data`);
  const said = ({ house }: Case): readonly Verdict[] => verdictsOf(agents.get(house.name)?.output() ?? '');

  beforeAll(async () => {
    street = await Street.open(cases.map(({ house }) => house));
    await street.helper({
      space: 'noc',
      program: 'relay',
      args: [join(street.folder, 'api.socket'), serverAddress, String(serverPort)],
    });
    mkdirSync(folderOf('server'), { mode: 0o700 });
    const config = `listen: ${serverAddress}:${serverPort}\nallowInsecureListen: true\ndata: ${folderOf('server')}\n`;
    writeFileSync(join(folderOf('server'), 'vigia.yaml'), config);
    const tokenFile = join(folderOf('server'), 'admin-token');
    api = openApi(join(street.folder, 'api.socket'), () =>
      existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').trim() : '',
    );
    const argv = [process.execPath, serverMain, '--config', join(folderOf('server'), 'vigia.yaml')];
    const server = street.spaces.start({ space: 'noc', name: 'server', argv });
    await until(
      'the server is ready',
      60_000,
      () => api.ready(),
      () => server.output(),
    );
    await api.putInventory(streetInventory(cases.map(({ house }) => house)));
    for (const { house } of cases) await enrol(house);
    for (const { house } of cases) {
      const run = [process.execPath, agentMain, 'run', '--state', folderOf(house.name)];
      const { machine } = placesOf(house);
      const agent = street.spaces.start({ space: machine, name: house.name, argv: run, boot: newBoot() });
      agents.set(house.name, agent);
    }
    await until('every agent has settled', 120_000, () => cases.every(isSettled), unsettled);
    for (const each of cases) {
      broken.set(each.house.name, Date.now());
      await each.happens({
        street,
        house: each.house,
        healed: () => healed.set(each.house.name, Date.now()),
      });
    }
    await watched();
  });

  afterAll(() => {
    if (street === undefined) return;
    console.log(`\n${table()}\n`);
    if (failed) console.log(`what the programs printed is kept in ${street.folder}`);
    street.close({ keep: failed });
  });

  async function enrol(house: Case['house']): Promise<void> {
    const token = await api.enrolmentToken({ customer: 'rua', site: house.name, host: 'srv' });
    mkdirSync(folderOf(house.name), { mode: 0o700 });
    const url = `http://${serverAddress}:${serverPort}`;
    const argv = ['enrol', '--server', url, '--token', token, '--state', folderOf(house.name)];
    const inside = ['netns', 'exec', fullName(placesOf(house).machine), process.execPath, agentMain, ...argv];
    await new Promise<void>((resolve, reject) => {
      execFile('ip', [...inside, '--allow-insecure-http'], (error, _stdout, stderr) =>
        error === null ? resolve() : reject(new Error(`${house.name}: ${error.message}\n${stderr}`)),
      );
    });
  }

  /** Every link that can be judged is up, and the way it leaves by is known. */
  function isSettled(each: Case): boolean {
    const now = Date.now();
    return each.settled.every((link) => standingAt(said(each), link, now) === 'up') && knowsWays(each);
  }

  /**
   * The agent has learned the routers on the way of each link, as its own status says. Where the router chooses, no path
   * proves by which link it left, until the router was seen to move.
   */
  function knowsWays({ house, settled }: Case): boolean {
    if (house.kind === 'failover' || house.kind === 'balanced') return true;
    const file = join(folderOf(house.name), 'status.json');
    if (!existsSync(file)) return false;
    const { view } = statusSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return settled.every((key) => view.links.some((link) => link.key === key && link.hops.length > 0));
  }

  /** Until every word that must be said was said, and a while longer; what is missing then is told by its test. */
  async function watched(): Promise<void> {
    const last = Date.now() + watchMsMax;
    let completeAt: number | undefined;
    await until('all has been watched', watchMsMax + 5_000, () => {
      const complete = cases.every((each) => {
        const words = said(each).map(({ link, said: word }) => `${link} ${word}`);
        return each.wanted.every((wanted) => words.includes(wanted));
      });
      completeAt = complete ? (completeAt ?? Date.now()) : undefined;
      return Date.now() >= Math.min(last, (completeAt ?? last) + quietMs);
    });
  }

  function unsettled(): string {
    const open = cases.filter((each) => !isSettled(each));
    return open
      .map(({ house }) => `${house.name}: ${agents.get(house.name)?.output().slice(-1_500)}`)
      .join('\n');
  }

  test.each(cases.map((each) => [each.title, each] as const))('%s', async (_title, each) => {
    const from = broken.get(each.house.name) ?? 0;
    const verdicts = said(each).filter((verdict) => verdict.at >= from);
    try {
      for (const side of sidesOf(each.house)) {
        const link = side === 'p' ? 'um' : 'dois';
        const allowed = each.allowed[link] ?? ['up', 'unknown'];
        const wrong = verdicts.filter((one) => one.link === link && !allowed.includes(one.said));
        expect(wrong, `words about ${link} that nobody should have said`).toEqual([]);
      }
      for (const wanted of each.wanted) {
        expect(
          verdicts.map((one) => `${one.link} ${one.said}`),
          `expected sooner or later: ${wanted}`,
        ).toContain(wanted);
      }
      if (each.incident !== undefined) {
        const opened = (await api.incidents()).filter(({ site }) => site === each.house.name);
        expect(opened.map(({ kind, link }) => `${kind} ${link}`)).toEqual([`link-down ${each.incident}`]);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  });

  function table(): string {
    const rows = cases.map((each) => {
      const from = broken.get(each.house.name) ?? 0;
      const heard = said(each)
        .filter((verdict) => verdict.at >= from)
        .map((one) => `${one.link} ${one.said} ${((one.at - from) / 1_000).toFixed(1)} s`);
      const words = heard.length === 0 ? 'nothing said' : heard.slice(0, 6).join(', ');
      return `${each.title.padEnd(46)} ${words}${heard.length > 6 ? `, ... (${heard.length})` : ''}`;
    });
    return [`${'fault'.padEnd(46)} what the agent said, seconds after the fault`, ...rows].join('\n');
  }
});
