// A site with two links behind a router that decides, as a small model: which link is alive, by which link each flow
// really leaves, what the routers on the way say. The agent's core never sees any of it; tests compare its words with it.
import type { RoundTarget } from '../../../../agent/core/output.ts';
import { present } from '../../../../shared/assert.ts';
import type { AssignedLink } from '../../../../shared/wire/assignment.ts';
import { type Answer, assignmentOf, Rig } from './rig.ts';

export type RouterKind =
  /** Everything by one link; moves to the other some seconds after it died, and back when the first returns. */
  | 'failover'
  /** The same, but connections that exist stay on their link while it lives. */
  | 'sticky-failover'
  /** Each destination by a link of its own choice; it never notices a dead one. */
  | 'balancing'
  /** As `balancing`, and it leaves out what it found dead. */
  | 'noticing-balancing'
  /** Source addresses are honoured. */
  | 'host-bound'
  /** Source addresses are given, and the router ignores them: failover. */
  | 'ignores-sources';

export interface WorldSetup {
  readonly router: RouterKind;
  /** What the inventory knows of the first hops. */
  readonly named: boolean;
  /** What the links' routers say: `distinct`, `shared` (both links the same), `mute`. */
  readonly hops: 'distinct' | 'shared' | 'mute';
  /** A dead link's first router still speaks: it is dead behind it. */
  readonly deadBehindHop: boolean;
  /** Mixes which destination goes where. */
  readonly salt: number;
  readonly moveMs: number;
  readonly heartbeatMs?: number;
}

const keys = ['vivo', 'claro'] as const;
const addresses = ['198.51.100.10', '203.0.113.10'];
const sources = ['192.168.10.20', '192.168.10.21'];
const firstHops = ['100.64.1.1', '100.65.1.1'];

interface Spell {
  readonly fromMs: number;
  readonly alive: boolean;
}

export class RouterWorld {
  readonly rig: Rig;
  readonly #setup: WorldSetup;
  readonly #history: Spell[][];
  #default = 0;
  /** What the router believes; follows the truth after `moveMs`. */
  readonly #believed = [true, true];
  #sessionLink = 0;
  #socket = 0;
  #turn = 0;
  readonly #moves: number[] = [];

  constructor(setup: WorldSetup) {
    this.#setup = setup;
    this.rig = new Rig({ assignment: assignmentOf({ links: this.#links(), hosts: [] }) });
    this.#history = [0, 1].map(() => [{ fromMs: 0, alive: true }]);
    this.rig.server.heartbeatMs = setup.heartbeatMs ?? 10_000;
    this.rig.world = (link, target) => this.#answer(link, target);
    this.rig.ways = (link, target) => this.#way(link, target);
    this.rig.routeAlive = (source) => this.#dial(source);
  }

  /** A link dies or returns now. */
  set(link: number, alive: boolean): void {
    if (this.#alive(link) === alive) return;
    present(this.#history[link], 'a link').push({ fromMs: this.rig.nowMs, alive });
    this.#turn += 1;
    const turn = this.#turn;
    this.rig.after(this.#setup.moveMs, () => {
      if (turn === this.#turn) this.#notice();
    });
    this.#look();
  }

  /** Was it so at any moment of the stretch? */
  was(link: string, alive: boolean, fromMs: number, toMs: number): boolean {
    const spells = present(this.#history[keys.indexOf(link === 'vivo' ? 'vivo' : 'claro')], 'a link');
    return spells.some((spell, index) => {
      const endMs = spells[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
      return spell.alive === alive && spell.fromMs <= toMs && endMs > fromMs;
    });
  }

  #links(): AssignedLink[] {
    const { router, named } = this.#setup;
    const bound = router === 'host-bound' || router === 'ignores-sources';
    return keys.map((key, index) => ({
      key,
      role: index === 0 ? 'primary' : 'backup',
      gateway: '192.168.10.1',
      publicAddress: addresses[index],
      ...(bound ? { source: sources[index] } : {}),
      ...(named ? { firstHop: firstHops[index] } : {}),
    }));
  }

  #alive(link: number): boolean {
    return present(this.#history[link]?.at(-1), 'a spell').alive;
  }

  /** Did the router change its mind in this stretch? */
  moved(fromMs: number, toMs: number): boolean {
    return this.#moves.some((atMs) => atMs >= fromMs && atMs <= toMs);
  }

  #notice(): void {
    this.#moves.push(this.rig.nowMs);
    for (const link of [0, 1]) this.#believed[link] = this.#alive(link);
    this.#default = this.#believed[0] === true || this.#believed[1] !== true ? 0 : 1;
    this.#look();
  }

  /** By which link a flow leaves now. */
  #leaves(flow: string, source: string | undefined): number {
    const { router } = this.#setup;
    if (router === 'host-bound' && source !== undefined) return sources.indexOf(source);
    if (router !== 'balancing' && router !== 'noticing-balancing') return this.#default;
    let hash = this.#setup.salt;
    for (const char of flow) hash = (hash * 31 + char.charCodeAt(0)) % 1_009;
    const link = hash % 2;
    if (router === 'noticing-balancing' && this.#believed[link] !== true) return 1 - link;
    return link;
  }

  #answer(key: string, target: RoundTarget): Answer | undefined {
    if (target.role === 'gateway') return { rttMs: 1 };
    return this.#alive(this.#of(key, target)) ? { rttMs: 20 } : undefined;
  }

  #way(key: string, target: RoundTarget): string | undefined {
    const link = this.#of(key, target);
    if (!this.#alive(link) && !this.#setup.deadBehindHop) return undefined;
    if (this.#setup.hops === 'mute') return undefined;
    return this.#setup.hops === 'shared' ? '100.64.9.9' : firstHops[link];
  }

  #of(key: string, target: RoundTarget): number {
    const { router } = this.#setup;
    const bound = router === 'host-bound' || router === 'ignores-sources';
    return this.#leaves(
      target.target,
      bound ? sources[keys.indexOf(key === 'vivo' ? 'vivo' : 'claro')] : undefined,
    );
  }

  #dial(source: string | undefined): boolean {
    this.#socket += 1;
    // A new connection is a new flow, by its port.
    const link = this.#leaves(`server:${this.#socket}`, source);
    this.#sessionLink = link;
    this.rig.server.egress = present(addresses[link], 'an address');
    this.rig.hungSocket = undefined;
    return this.#alive(link);
  }

  /** Does the session's own flow still pass? */
  #look(): void {
    const { router } = this.#setup;
    const moves = router === 'failover' || router === 'ignores-sources';
    const moved = moves && this.#default !== this.#sessionLink;
    const passes = this.#alive(this.#sessionLink) && !moved;
    this.rig.hungSocket = passes ? undefined : this.rig.of('socket.open').at(-1)?.output.socket;
  }
}
