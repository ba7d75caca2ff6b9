// The lab: a real server and real agents as processes of their own on the lab's network, at default settings. Boots,
// enrols, waits until the API says that all is up, and holds what was printed for the reader of a failure.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WallSnapshot } from '../../shared/api/wall.ts';
import { type Api, openApi } from './api.ts';
import { Faults } from './faults.ts';
import { labInventory, placeOf } from './inventory.ts';
import { type Boot, fullName, type LabProcess, newBoot } from './namespaces.ts';
import { type HostName, hosts, type Network, openNetwork, serverAddress } from './network.ts';
import { until } from './until.ts';

const serverPort = 7700;
const serverMain = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const agentMain = fileURLToPath(new URL('../../agent/main.ts', import.meta.url));
const hostNames = Object.keys(hosts) as HostName[];

export class Lab {
  readonly network: Network;
  readonly faults: Faults;
  readonly api: Api;
  #generation = 0;
  #server: LabProcess | undefined;
  readonly #agents = new Map<HostName, { program: LabProcess; boot: Boot }>();

  private constructor(network: Network) {
    this.network = network;
    this.faults = new Faults(network);
    this.api = openApi(join(network.folder, 'api.socket'), () => this.#token());
  }

  /** The network alone; `renew` brings server and agents. */
  static async open(): Promise<Lab> {
    const network = await openNetwork();
    try {
      await network.startHelper({
        space: 'noc',
        program: 'relay',
        args: [join(network.folder, 'api.socket'), serverAddress, String(serverPort)],
      });
      return new Lab(network);
    } catch (error) {
      network.close();
      throw error;
    }
  }

  /** Heals everything, forgets server and agents, starts new ones on empty folders, waits until all is up. */
  async renew(policies: Readonly<Record<string, number>> = {}): Promise<void> {
    await this.faults.healAll();
    await Promise.all([...this.#agents.values()].map(({ program }) => program.end('SIGKILL')));
    await this.#server?.end('SIGKILL');
    this.#agents.clear();
    this.#generation += 1;
    for (const folder of [this.#folder('server'), ...hostNames.map((host) => this.#folder(host))]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    const config = `listen: ${serverAddress}:${serverPort}\nallowInsecureListen: true\ndata: ${this.#folder('server')}\npolicies: ${JSON.stringify(policies)}\n`;
    writeFileSync(join(this.#folder('server'), 'vigia.yaml'), config);
    await this.startServer();
    await this.api.putInventory(labInventory);
    await Promise.all(hostNames.map((host) => this.#enrol(host)));
    for (const host of hostNames) this.bootHost(host);
    await this.settled(60_000);
  }

  async startServer(): Promise<void> {
    const config = join(this.#folder('server'), 'vigia.yaml');
    const argv = [process.execPath, serverMain, '--config', config];
    const server = this.network.spaces.start({ space: 'noc', name: `server-${this.#generation}`, argv });
    this.#server = server;
    await until(
      'the server is ready',
      30_000,
      () => {
        if (!server.running()) throw new Error(`the server ended:\n${tail(server.output())}`);
        return this.api.ready();
      },
      () => tail(server.output()),
    );
  }

  /** `kill -9`, and the process is gone when this resolves. */
  async killServer(): Promise<void> {
    await this.#server?.end('SIGKILL');
  }

  /** The machine boots: a new boot id and an uptime near zero, and its agent starts. */
  bootHost(host: HostName): void {
    this.#startAgent(host, newBoot());
  }

  /** The agent's program starts again on a machine that ran on. */
  restartAgent(host: HostName): void {
    this.#startAgent(host, this.#agents.get(host)?.boot ?? newBoot());
  }

  agent(host: HostName): LabProcess {
    const running = this.#agents.get(host);
    if (running === undefined) throw new Error(`no agent was started on ${host}`);
    return running.program;
  }

  /** Waits until every link is up and answers from outside, every host is up and every agent is live. */
  async settled(deadlineMs: number): Promise<void> {
    let wall: WallSnapshot | undefined;
    await until(
      'all links, hosts and agents are up again',
      deadlineMs,
      async () => {
        try {
          wall = await this.api.wall();
        } catch (error) {
          // A server that is just starting; a schema mistake shows at the deadline.
          wall = undefined;
          this.#lastProblem = String(error);
        }
        return wall !== undefined && unsettled(wall).length === 0;
      },
      () => `${wall === undefined ? this.#lastProblem : unsettled(wall).join('; ')}\n${this.printed()}`,
    );
  }
  #lastProblem = '';

  /** The last words of every program. */
  printed(): string {
    const programs = [this.#server, ...[...this.#agents.values()].map(({ program }) => program)];
    return programs
      .map((program) => (program ? `--- ${program.name}\n${tail(program.output())}` : ''))
      .join('\n');
  }

  close(options?: { readonly keep: boolean }): void {
    this.network.close(options);
  }

  async #enrol(host: HostName): Promise<void> {
    const token = await this.api.enrolmentToken(placeOf(host));
    const url = `http://${serverAddress}:${serverPort}`;
    const argv = ['enrol', '--server', url, '--token', token, '--state', this.#folder(host)];
    await runInside(host, [process.execPath, agentMain, ...argv, '--allow-insecure-http']);
  }

  #startAgent(host: HostName, boot: Boot): void {
    const argv = [process.execPath, agentMain, 'run', '--state', this.#folder(host)];
    const name = `agent-${host}-${this.#generation}`;
    this.#agents.set(host, { program: this.network.spaces.start({ space: host, name, argv, boot }), boot });
  }

  #folder(name: string): string {
    return join(this.network.folder, `${name}-data`);
  }

  #token(): string {
    const file = join(this.#folder('server'), 'admin-token');
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  }
}

/** What is not up yet, in words. */
function unsettled(wall: WallSnapshot): readonly string[] {
  const sites = wall.sites.filter((site) => site.customer === 'aurora' || site.customer === 'boreal');
  if (sites.length < 2) return [`only ${sites.length} of 2 sites on the wall`];
  const open: string[] = wall.server.blindSince === null ? [] : ['the server is blind'];
  for (const site of sites) {
    for (const link of site.links) {
      // The wall shows a link down until its incident is resolved, two minutes after it came back.
      const back = wall.incidents.some((row) => row.link === link.key && row.recoveredAt !== null);
      const up = back || link.status === 'up';
      if (!up || link.recovering) open.push(`${site.id} link ${link.key} is ${link.status}`);
      if (link.answersFromOutside !== true)
        open.push(`${site.id} link ${link.key} does not answer from outside`);
    }
    for (const host of site.hosts) {
      if (host.agent !== undefined && host.agent !== null && host.agent.presence !== 'live')
        open.push(`${site.id} agent ${host.key} is ${host.agent?.presence}`);
      if (host.status !== 'up') open.push(`${site.id} host ${host.key} is ${host.status}`);
    }
  }
  return open;
}

function runInside(host: HostName, argv: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('ip', ['netns', 'exec', fullName(host), ...argv], (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${host}: ${error.message}\n${stdout}\n${stderr}`));
    });
  });
}

function tail(text: string): string {
  return text.split('\n').slice(-15).join('\n');
}
