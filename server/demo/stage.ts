// The stage of the demonstration: every site with its agents, and the verbs of the story ("this link falls", "that machine
// dies"). Turns them into what a real agent would tell, and when: three bad rounds before down, eight good ones before up.
// Knows no timetable.
import { assertNever, present } from '../../shared/assert.ts';
import { type Instant, minute, second } from '../../shared/time.ts';
import type { TargetEvidence } from '../../shared/wire/evidence.ts';
import type { Layer } from '../../shared/words.ts';
import type { Clock } from '../ports/clock.ts';
import type { DemoAgent } from './agent.ts';
import type { DemoLink, DemoSite } from './fleet.ts';
import { calmMinute, type Past } from './past.ts';

export interface Stage {
  readonly clock: Clock;
  /** A duration of the story in real milliseconds. */
  real(storyMs: number): number;
  /** Calls once after so many seconds of the story; not after `stop`. */
  after(storySeconds: number, run: () => void): void;
  /** The site of this customer. */
  site(customer: string): SitePlayer;
  sites(): readonly SitePlayer[];
  stop(): void;
}

/** From the first bad round to the verdict, and from the first good one: bursts of a second, down 3, up 8. */
const confirmSeconds = { down: 3.5, up: 8 } as const;
/** A router notices a dead link, its agents dial anew by the other one. */
const failoverSeconds = 2;

export function createStage(options: {
  readonly clock: Clock;
  readonly speed: number;
  readonly casts: readonly { readonly site: DemoSite; readonly agents: ReadonlyMap<string, DemoAgent> }[];
}): Stage {
  const { clock, speed } = options;
  const cancels = new Set<() => void>();
  const after = (storySeconds: number, run: () => void): void => {
    const cancel = clock.after((storySeconds * second) / speed, () => {
      cancels.delete(cancel);
      run();
    });
    cancels.add(cancel);
  };
  const sites = new Map(
    options.casts.map(({ site, agents }) => [site.customer, new SitePlayer({ site, agents, clock, after })]),
  );
  const everyMinute = (): void => {
    const cancel = clock.after(minute, () => {
      cancels.delete(cancel);
      for (const each of sites.values()) each.measureMinute();
      everyMinute();
    });
    cancels.add(cancel);
  };
  everyMinute();
  return {
    clock,
    real: (storyMs) => storyMs / speed,
    after,
    site: (customer) => present(sites.get(customer), `"${customer}" plays in the story`),
    sites: () => [...sites.values()],
    stop: () => {
      for (const cancel of cancels) cancel();
      cancels.clear();
      for (const each of sites.values()) each.stop();
    },
  };
}

type LinkTrouble = 'up' | 'down' | 'degraded';

interface SitePlayerOptions {
  readonly site: DemoSite;
  readonly agents: ReadonlyMap<string, DemoAgent>;
  readonly clock: Clock;
  readonly after: Stage['after'];
}

export class SitePlayer {
  readonly site: DemoSite;
  readonly #agents: ReadonlyMap<string, DemoAgent>;
  readonly #clock: Clock;
  readonly #after: Stage['after'];
  readonly #links = new Map<string, { trouble: LinkTrouble; since: Instant; turn: number }>();

  constructor({ site, agents, clock, after }: SitePlayerOptions) {
    this.site = site;
    this.#agents = agents;
    this.#clock = clock;
    this.#after = after;
  }

  agent(host: string): DemoAgent {
    return present(this.#agents.get(host), `an agent runs on ${this.site.customer}/${host}`);
  }

  agents(): readonly DemoAgent[] {
    return [...this.#agents.values()];
  }

  /** The first of the site: it watches links and neighbours. */
  watcher(): DemoAgent {
    return this.agent(this.site.agents[0] ?? '');
  }

  /** On the wire, everything well; what the agents remember of the past comes first. */
  begin({ outages }: Past): void {
    const since = this.#clock.now();
    for (const { customer, link: index, from, to } of outages) {
      const link = this.site.links[index];
      if (customer !== this.site.customer || link === undefined) continue;
      this.#tellLink(link, { trouble: 'down', since: from, at: from });
      this.#tellLink(link, { trouble: 'up', since: to, at: to });
    }
    for (const link of this.site.links) this.#tellLink(link, { trouble: 'up', since });
    for (const host of this.site.hosts) this.#tellHost(host.key, 'up', since);
    for (const agent of this.agents()) agent.turnOn();
  }

  /** The link falls now; the agent says so when it is sure, by the other link when this was the main one. */
  linkFalls(key: string, layer: Layer = 'provider'): void {
    const link = this.#link(key);
    const since = this.#clock.now();
    const turn = this.#turn(key, 'down', since);
    if (link.role === 'primary') {
      const other = this.site.links.find((each) => each.key !== key);
      this.#after(failoverSeconds, () => {
        if (other !== undefined && this.#isTurn(key, turn)) this.#moveTo(other);
      });
    }
    this.#after(confirmSeconds.down, () => {
      if (this.#isTurn(key, turn)) this.#tellLink(link, { trouble: 'down', since, layer });
    });
  }

  linkReturns(key: string): void {
    const link = this.#link(key);
    const before = this.#links.get(key);
    const since = this.#clock.now();
    const turn = this.#turn(key, 'up', since);
    if (before?.trouble === 'down')
      this.#tellLink(link, { trouble: 'down', since: before.since, recovering: true });
    this.#after(confirmSeconds.up, () => {
      if (!this.#isTurn(key, turn)) return;
      this.#tellLink(link, { trouble: 'up', since });
      if (link.role === 'primary') this.#moveTo(link);
    });
  }

  /** Falls for a moment: confirmed, and back at once. */
  linkBlinks(key: string): void {
    this.linkFalls(key);
    this.#after(confirmSeconds.down + 1, () => this.linkReturns(key));
  }

  /** Every fifth packet is lost for so long already that it is a verdict. */
  linkWorsens(key: string): void {
    const since = this.#clock.now();
    this.#turn(key, 'degraded', since);
    this.#tellLink(this.#link(key), { trouble: 'degraded', since });
  }

  linkRecovers(key: string): void {
    const since = this.#clock.now();
    this.#turn(key, 'up', since);
    this.#tellLink(this.#link(key), { trouble: 'up', since });
  }

  /** What the watcher only tells when it is heard again: its own rounds failed on all links meanwhile. */
  tellLinksWereDead(since: Instant): void {
    for (const link of this.site.links) this.#tellLink(link, { trouble: 'down', since, at: since });
    const now = this.#clock.now();
    for (const link of this.site.links) this.#tellLink(link, { trouble: 'up', since: now });
  }

  /** The watcher's word on a neighbour, once it is sure. */
  neighbour(host: string, status: 'up' | 'down'): void {
    const since = this.#clock.now();
    this.#after(confirmSeconds[status], () => this.#tellHost(host, status, since));
  }

  /** One minute of measurements of every link, as long as somebody is there to measure. */
  measureMinute(): void {
    const watcher = this.watcher();
    if (!watcher.isOn()) return;
    const at = this.#clock.now();
    watcher.tellRollups(
      this.site.links.map((link, index) => {
        const trouble = this.#links.get(link.key)?.trouble ?? 'up';
        return calmMinute({ site: this.site, link: index, startOf: at, trouble });
      }),
    );
  }

  stop(): void {
    for (const agent of this.agents()) agent.stop();
  }

  #link(key: string): DemoLink {
    return present(
      this.site.links.find((link) => link.key === key),
      `${this.site.customer} has the link ${key}`,
    );
  }

  /** What comes later about this link is void when something else has happened to it meanwhile. */
  #turn(key: string, trouble: LinkTrouble, since: Instant): number {
    const turn = (this.#links.get(key)?.turn ?? 0) + 1;
    this.#links.set(key, { trouble, since, turn });
    return turn;
  }

  #isTurn(key: string, turn: number): boolean {
    return this.#links.get(key)?.turn === turn;
  }

  #moveTo(link: DemoLink): void {
    for (const agent of this.agents()) agent.moveTo(link.publicAddress);
  }

  #tellHost(host: string, status: 'up' | 'down', since: Instant): void {
    const own = this.site.agents[0];
    const address = this.site.hosts.find((each) => each.key === host)?.address;
    if (host === own || address === undefined) return;
    const lost = status === 'down' ? 3 : 0;
    this.watcher().tell({
      kind: 'host.changed',
      host,
      status,
      since,
      recovering: false,
      evidence: [{ target: address, role: 'host', method: 'arp', sent: 3, lost }],
    });
  }

  #tellLink(link: DemoLink, told: Told): void {
    const { trouble, since, recovering = false, layer, at } = told;
    this.watcher().tell({
      kind: 'link.changed',
      link: link.key,
      status: trouble,
      since,
      recovering,
      evidence: evidenceOf(link, trouble),
      ...(at === undefined ? {} : { at }),
      ...(trouble === 'down' ? { layer: layer ?? 'provider', path: pathOf(link) } : {}),
      ...(trouble === 'degraded' ? { quality: { by: ['loss'], ...badQuality } } : {}),
    });
  }
}

interface Told {
  readonly trouble: LinkTrouble;
  readonly since: Instant;
  readonly recovering?: boolean;
  readonly layer?: Layer;
  readonly at?: Instant;
}

const badQuality = { windowMs: 2 * minute, lossRatio: 0.21, rttMs: 164, jitterMs: 38 } as const;

function evidenceOf(link: DemoLink, trouble: LinkTrouble): TargetEvidence[] {
  const gateway: TargetEvidence = {
    target: link.gateway,
    role: 'gateway',
    method: 'icmp',
    sent: 3,
    lost: 0,
    rttMs: 0.6,
  };
  const anchors = ['1.1.1.1', '8.8.8.8', '9.9.9.9'].map((target): TargetEvidence => {
    const base = { target, role: 'anchor', method: 'icmp', sent: 3 } as const;
    switch (trouble) {
      case 'up':
        return { ...base, lost: 0, rttMs: 14 };
      case 'degraded':
        return { ...base, sent: 15, lost: 3, rttMs: 164 };
      case 'down':
        return { ...base, lost: 3 };
      default:
        return assertNever(trouble);
    }
  });
  return [gateway, ...anchors];
}

/** Probes come as far as the customer's router; the provider's first one is silent. */
function pathOf(link: DemoLink) {
  const gateway = { ttl: 1, address: link.gateway, rttMs: 0.6 };
  const dead = { ttl: 2, address: link.firstHop };
  return { target: '1.1.1.1', reached: false, hops: [gateway, { ttl: 2 }, { ttl: 3 }], firstDead: dead };
}
