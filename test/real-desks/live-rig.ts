// A real desk under the real correlator, outbox, delivery and way back, with everything of ours in memory: what a person
// does at the desk is heard by the incident, and how soon a confirmed outage has its protocol can be measured.
import { createMemoryDeskAttempts } from '../../server/adapters/memory/desk-attempts.ts';
import { createMemoryDeskEvents } from '../../server/adapters/memory/desk-events.ts';
import { createMemoryJournal } from '../../server/adapters/memory/journal.ts';
import { createMemoryOutbox } from '../../server/adapters/memory/outbox.ts';
import { initialState } from '../../server/core/evolve.ts';
import type { Incident } from '../../server/core/incident.ts';
import type { Input } from '../../server/core/input.ts';
import { defaultPolicy } from '../../server/core/policy.ts';
import type { Topology } from '../../server/core/topology.ts';
import type { Clock } from '../../server/ports/clock.ts';
import { startDeskBack } from '../../server/shell/desk/back.ts';
import { createDeskDelivery } from '../../server/shell/desk/delivery.ts';
import { createDeskGate } from '../../server/shell/desk/gate.ts';
import { createSystemClock } from '../../server/shell/runtime/clock.ts';
import { createRuntime } from '../../server/shell/runtime/runtime.ts';
import { agentId, customerKey, sessionId, siteId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { seededRandom } from '../../shared/random.ts';
import { type Instant, minute, plus, second } from '../../shared/time.ts';
import type { RealDesk } from './real-desk.ts';

/** No wait that is there for real outages: the agent's word is enough. */
const policy = {
  ...defaultPolicy,
  ...{ blipMs: 0, reporterCheckMs: 0, startGraceMs: 0, failoverHoldMs: 0, parentHoldMs: 0, replayHoldMs: 0 },
};
/** What polls once a minute polls this often. */
const quickMs = 500;
const callMs = 20 * second;

export interface LiveOptions {
  /** Shops with one link each, each of its own provider. */
  readonly shops: number;
  /** False: only the desk's own events are heard. */
  readonly polls: boolean;
  /** The ids of incidents begin beyond this number, where a desk has seen others. */
  readonly idsBeyond: number;
}

export type LiveRig = Awaited<ReturnType<typeof startLiveRig>>;

export async function startLiveRig(desk: RealDesk, { shops, polls, idsBeyond }: LiveOptions) {
  const system = createSystemClock();
  const clock: Clock = {
    now: system.now,
    after: (ms, run) => {
      const isPoll = ms >= limits.deskPollMs - limits.deskPollJitterMs && polls;
      return system.after(isPoll ? quickMs : ms, run);
    },
  };
  const outbox = createMemoryOutbox();
  const journal = createMemoryJournal({ outbox });
  const attempts = createMemoryDeskAttempts();
  const events = createMemoryDeskEvents();
  const random = seededRandom(7);
  const fatal: unknown[] = [];
  const onFatal = (error: unknown) => fatal.push(error);
  const client = desk.client({ url: desk.url, clock, timeoutMs: callMs });
  const gate = createDeskGate({ client, clock, probeFreshMs: limits.deskProbeFreshMs });
  const delivery = createDeskDelivery({ client, attempts, clock, gate, onUncertain: 'hold', owner: 'live' });
  const runtime = createRuntime({
    ...{ journal, outbox, desk: delivery, clock, random, policy, onFatal },
    state: initialState(),
    release: 'test',
    anchorsGoodAt: () => clock.now(),
  });
  await runtime.start();
  const { correlator } = runtime;
  // An incident's id is the number of the input that opened it.
  const at = clock.now();
  const measured = { kind: 'anchors.measured', at, reachable: true, since: at } as const;
  await Promise.all(Array.from({ length: idsBeyond }, () => correlator.submit(measured)));
  for (const input of wellFleet(shops, plus(clock.now(), -10 * minute))) await correlator.submit(input);
  const back = startDeskBack(
    { client, gate, attempts, events, delivery },
    { correlator, journal, outbox, clock, random, onFatal },
  );
  return {
    clock,
    back,
    fatal,
    incidents: (): readonly Incident[] => [...correlator.state().incidents.values()],
    /** These shops lose their link in one moment. */
    fall: async (fallen: readonly number[]) => {
      const now = clock.now();
      await Promise.all(fallen.map((shop) => correlator.submit(linkInput(shop, 2, now))));
    },
    stop: async () => {
      back.stop();
      await runtime.stop();
      await delivery.close();
    },
  };
}

function wellFleet(shops: number, at: Instant): readonly Input[] {
  const numbers = Array.from({ length: shops }, (_, shop) => shop);
  const topology: Topology = {
    revision: 1,
    providers: new Map(),
    sites: new Map(
      numbers.map((shop) => [
        siteOf(shop),
        {
          id: siteOf(shop),
          key: 'loja',
          name: 'Loja - 3º andar',
          customer: customerKey(`c${shop}`),
          customerName: `Calçados São João ${shop}`,
          plan: 'PREMIUM',
          city: 'São Paulo',
          state: 'SP',
          timeZone: 'America/Sao_Paulo',
          origin: 'document',
          links: [{ key: 'vivo', name: 'Vivo', provider: `p${shop}`, role: 'primary' }],
          hosts: [{ key: 'srv', name: 'SRV', role: 'server' }],
        },
      ]),
    ),
  };
  return [
    { kind: 'inventory.imported', at, topology, by: 'ana' },
    ...numbers.flatMap((shop): readonly Input[] => [
      { kind: 'agent.enrolled', at, agent: agentOf(shop), site: siteOf(shop), host: 'srv' },
      {
        ...{ kind: 'session.opened', at, agent: agentOf(shop), session: sessionId(`${shop}@1`) },
        ...{ egress: `198.51.100.${shop % 250}`, bootId: 'boot', version: '0', spoolDepth: 0 },
      },
      linkInput(shop, 1, at),
    ]),
  ];
}

const siteOf = (shop: number) => siteId(`c${shop}`, 'loja');
const agentOf = (shop: number) => agentId(`srv-${shop}`);

/** The first thing an agent tells is that its link is up, the second that it is down. */
function linkInput(shop: number, seq: 1 | 2, at: Instant): Input {
  const down = seq === 2;
  const item = {
    ...{
      kind: 'link.changed' as const,
      seq,
      at,
      atErrorMs: 5,
      link: 'vivo',
      recovering: false,
      evidence: [],
    },
    ...(down
      ? { status: 'down' as const, layer: 'provider' as const, since: plus(at, -4 * second) }
      : { status: 'up' as const, since: at }),
  };
  return { kind: 'changes.received', at, agent: agentOf(shop), epoch: 1, remaining: 0, items: [item] };
}
