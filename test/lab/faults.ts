// The faults of the lab. Each is applied at an instant that it gives back and healed by the function it gives back;
// `healAll` undoes whatever is still applied, in reverse order. Nothing here knows of agents or the server.
import type { LabProcess } from './namespaces.ts';
import { type HostName, hypervisor, type Network, type Uplink, uplinks } from './network.ts';

export interface Fault {
  /** When it took hold; `Date.now` of this machine, which is the server's too. */
  readonly at: number;
  heal(): Promise<void>;
}

const delayDevice = 'delay0';

export class Faults {
  readonly #network: Network;
  /** Rules of each space's fault chain, by name of the fault. */
  readonly #rules = new Map<string, Map<string, readonly string[]>>();
  readonly #applied = new Set<Fault>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** The provider's end of the cable loses its light. */
  carrierDown(key: Uplink): Fault {
    const { provider, providerDevice } = uplinks[key];
    this.#network.spaces.ip(provider, [`link set ${providerDevice} down`]);
    return this.#fault(async () => this.#network.spaces.ip(provider, [`link set ${providerDevice} up`]));
  }

  /** The provider still answers, nothing behind it does; both directions, without a word. */
  blackHole(key: Uplink): Fault {
    const { providerDevice } = uplinks[key];
    return this.#rule(uplinks[key].provider, `black-hole-${key}`, [
      `iifname "${providerDevice}" drop`,
      `oifname "${providerDevice}" drop`,
    ]);
  }

  /** Loses `percent` of what comes down to the customer, so that a round trip loses the same share. */
  loss(key: Uplink, percent: number): Fault {
    const { provider, providerDevice } = uplinks[key];
    return this.#rule(provider, `loss-${key}`, [
      `oifname "${providerDevice}" numgen random mod 100 < ${percent} drop`,
    ]);
  }

  /** `addedMs` more on the round trip of site 1's link B: half on each way. */
  async latencyOnB(addedMs: number): Promise<Fault> {
    const { spaces } = this.#network;
    const { providerDevice } = uplinks.b;
    spaces.ip('pb', [`tuntap add dev ${delayDevice} mode tun`, `link set ${delayDevice} up`]);
    const line = await this.#network.startHelper({
      space: 'pb',
      program: 'delay-line',
      args: [delayDevice, String(addedMs / 2)],
    });
    spaces.ip('pb', [
      `route add default dev ${delayDevice} table 200`,
      `rule add iif ${providerDevice} table 200`,
      `rule add iif wan table 200`,
    ]);
    return this.#fault(async () => {
      spaces.ip('pb', [`rule del iif ${providerDevice} table 200`, 'rule del iif wan table 200']);
      await line.end('SIGKILL');
      spaces.ip('pb', [`tuntap del dev ${delayDevice} mode tun`]);
    });
  }

  /** The NOC's own uplink goes dark in both directions. */
  nocCut(): Fault {
    return this.#rule('noc', 'cut', ['iifname "wan" drop', 'oifname "wan" drop']);
  }

  /**
   * A machine without power: its cable dies first, so that no FIN gets out, then its programs. The heal gives it
   * its cable back; who boots the programs again is the caller's matter.
   */
  async hostGone(host: HostName, programs: readonly LabProcess[]): Promise<Fault> {
    this.#network.spaces.ip(host, ['link set eth0 down']);
    const fault = this.#fault(async () => this.#network.raiseHost(host));
    await Promise.all(programs.map((program) => program.end('SIGKILL')));
    return fault;
  }

  /** The machine that carries three guests loses its power. */
  hypervisorGone(): Fault {
    const { spaces } = this.#network;
    spaces.ip(hypervisor.space, ['link set eth0 down']);
    return this.#fault(async () => spaces.ip(hypervisor.space, ['link set eth0 up']));
  }

  /** A site without power: routers' cables and hosts' cables first, then the programs. */
  async siteGone(
    keys: readonly Uplink[],
    machines: readonly { readonly host: HostName; readonly programs: readonly LabProcess[] }[],
  ): Promise<Fault> {
    const down = keys.map((key) => this.carrierDown(key));
    const gone = await Promise.all(machines.map(({ host, programs }) => this.hostGone(host, programs)));
    const at = Math.min(...down.map((fault) => fault.at));
    return {
      at,
      heal: async () => {
        for (const fault of [...down, ...gone]) await fault.heal();
      },
    };
  }

  /** Undoes everything that still holds. */
  async healAll(): Promise<void> {
    for (const fault of [...this.#applied].reverse()) await fault.heal();
  }

  #rule(space: string, name: string, rules: readonly string[]): Fault {
    const ofSpace = this.#rules.get(space) ?? new Map<string, readonly string[]>();
    this.#rules.set(space, ofSpace);
    ofSpace.set(name, rules);
    this.#writeRules(space, ofSpace);
    return this.#fault(async () => {
      ofSpace.delete(name);
      this.#writeRules(space, ofSpace);
    });
  }

  #writeRules(space: string, ofSpace: ReadonlyMap<string, readonly string[]>): void {
    const rules = [...ofSpace.values()].flat().map((rule) => `add rule inet lab faults ${rule}`);
    this.#network.spaces.nft(space, ['flush chain inet lab faults', ...rules].join('\n'));
  }

  #fault(undo: () => Promise<void>): Fault {
    const fault: Fault = {
      at: Date.now(),
      heal: async () => {
        if (!this.#applied.delete(fault)) return;
        await undo();
      },
    };
    this.#applied.add(fault);
    return fault;
  }
}
