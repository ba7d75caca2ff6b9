// One world of the delivery campaign: a desk that fails in every way, a Vigia that is killed between any two steps, and
// afterwards a judge who looks only at the desk's records. Everything on virtual time and from one seed.
// Must never ask the delivery what it thinks it did.
import { createMemoryOutbox, type MemoryOutbox } from '../../../../../server/adapters/memory/outbox.ts';
import type { TicketEffect } from '../../../../../server/core/effect.ts';
import type { Input } from '../../../../../server/core/input.ts';
import type { Clock } from '../../../../../server/ports/clock.ts';
import type { DeskAttempts } from '../../../../../server/ports/desk-attempts.ts';
import type { DeskCapabilities, DeskClient } from '../../../../../server/ports/desk-client.ts';
import { createDeskDelivery, type DeskDelivery } from '../../../../../server/shell/desk/delivery.ts';
import type { OnUncertain } from '../../../../../server/shell/desk/turn.ts';
import { OutboxWorker } from '../../../../../server/shell/runtime/outbox-worker.ts';
import { effectKey, type IncidentId, incidentIdFrom } from '../../../../../shared/ids.ts';
import { type Random, seededRandom } from '../../../../../shared/random.ts';
import { minute, second } from '../../../../../shared/time.ts';
import { priorities } from '../../../../../shared/words.ts';
import { at } from '../../../../contract/samples.ts';
import {
  createGenericDesk,
  fullCapabilities,
  type GenericBackup,
  type GenericCall,
  type GenericDesk,
  type GenericFault,
} from '../../../../fakes/desks/generic.ts';
import { createManualClock, type ManualClock } from '../../../../fakes/manual-clock.ts';

export interface Shape {
  readonly name: string;
  readonly capabilities: Partial<DeskCapabilities>;
  readonly strangersSeeNothing?: boolean;
  /** What is asked of every world of this shape, beside the faults of single calls. */
  readonly kills?: boolean;
  readonly twoWorkers?: boolean;
  readonly restores?: boolean;
  readonly removes?: boolean;
  readonly wrongCredential?: boolean;
  readonly incidents?: number;
  /** Absent: `hold`. */
  readonly onUncertain?: OnUncertain;
}

export interface World {
  readonly seed: number;
  readonly shape: Shape;
  readonly desk: GenericDesk;
  readonly effects: readonly TicketEffect[];
  /** How often each trouble was done to it. */
  readonly troubles: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
  /** Rows that were neither delivered nor refused at the end. */
  readonly left: readonly string[];
  readonly refused: readonly string[];
}

const troubleMs = 12 * minute;

export async function runWorld(shape: Shape, seed: number, makeAttempts: () => DeskAttempts): Promise<World> {
  const rig = createRig(shape, seed, makeAttempts());
  while (rig.clock.now() < at(troubleMs)) {
    await rig.clock.advanceAsync(5 * second);
    rig.disturb();
  }
  rig.heal();
  for (let round = 0; round < 60 && rig.left().length > 0; round += 1) {
    await rig.clock.advanceAsync(2 * minute);
    rig.personActs();
  }
  await rig.audit();
  return {
    seed,
    shape,
    desk: rig.desk,
    effects: rig.effects,
    troubles: rig.troubles,
    counts: rig.counts(),
    left: rig.left(),
    refused: rig.refused(),
  };
}

function createRig(shape: Shape, seed: number, attempts: DeskAttempts) {
  const random = seededRandom(seed);
  const clock = createManualClock(at(0));
  const troubles: Record<string, number> = {};
  const did = (what: string): void => {
    troubles[what] = (troubles[what] ?? 0) + 1;
  };
  let healthy = false;
  const capabilities = { ...fullCapabilities, ...shape.capabilities };
  const desk = createGenericDesk({
    clock,
    capabilities,
    strangersSeeNothing: shape.strangersSeeNothing,
    latencyMs: () => 10 + random.below(300),
    draw: (call) => {
      const fault = healthy ? undefined : drawFault(random, call, capabilities.readsNotes);
      if (fault !== undefined) did(fault.kind);
      return fault;
    },
  });
  const effects = drawEffects(random, shape);
  const names = shape.twoWorkers === true ? ['a', 'b'] : ['a'];
  const outboxes = names.map(() => createMemoryOutbox());
  for (const outbox of outboxes) outbox.add(effects);
  const totals: Record<string, number> = {};
  const start = (index: number, run: number): Life => {
    const outbox = outboxes[index];
    if (outbox === undefined) throw new Error('no such worker');
    if (names.length === 1) attempts.endAllLeases();
    outbox.releaseClaims();
    return createLife({
      shape,
      owner: `${names[index]}-${run}`,
      outbox,
      attempts,
      desk,
      clock,
      random,
      totals,
    });
  };
  let runs = 0;
  let lives = names.map((_, index) => start(index, 0));
  const kill = (index: number): void => {
    const life = lives[index];
    if (life === undefined || life.mortality.dead) return;
    life.mortality.dead = true;
    Object.assign(totals, sumOf([life], totals));
    did('kill -9');
    clock.after(200 + random.below(4_000), () => {
      runs += 1;
      lives = lives.map((old, each) => (each === index ? start(index, runs) : old));
      wire();
    });
  };
  const wire = (): void => {
    lives.forEach((life, index) => {
      life.mortality.onStep = () => {
        if (!healthy && shape.kills !== false && random.chance(0.004)) kill(index);
      };
    });
  };
  wire();
  let backup: GenericBackup | undefined;
  /** Nobody restores a desk that is answering: it is taken down, and back some time later. */
  const restoreLater = (kept: GenericBackup): void => {
    did('restored from backup');
    desk.setDown(true);
    clock.after(20 * second, () => {
      desk.restore(kept);
      desk.setDown(false);
    });
  };
  const people = disturber({ shape, random, desk, did });
  return {
    clock,
    desk,
    effects,
    troubles,
    counts: () =>
      sumOf(
        lives.filter((life) => !life.mortality.dead),
        totals,
      ),
    disturb: () => {
      people.credential();
      if (shape.removes === true && random.chance(0.02)) people.remove();
      if (shape.restores !== true) return;
      if (backup === undefined && random.chance(0.05)) backup = desk.backup();
      else if (backup !== undefined && random.chance(0.02)) {
        restoreLater(backup);
        backup = undefined;
      }
    },
    heal: () => {
      healthy = true;
      desk.control.takeCredential(true);
    },
    left: () => [
      ...new Set(outboxes.flatMap((outbox) => outbox.waiting(1_000).map(({ effect }) => effect.key))),
    ],
    refused: () =>
      outboxes.flatMap((outbox) =>
        effects.flatMap(({ key }) => {
          const row = outbox.row(key);
          return row?.state === 'refused' ? [`${key}: ${row.lastError}`] : [];
        }),
      ),
    personActs: () => {
      for (const life of lives) life.settleHeld(desk);
    },
    audit: async () => {
      // Whoever was killed last is back by then.
      await clock.advanceAsync(10 * second);
      const [life] = lives;
      for (const incident of new Set(effects.map((each) => each.incident))) {
        for (let round = 0; round < 8; round += 1) {
          const done = life?.delivery.audit(incident);
          await clock.advanceAsync(40 * second);
          const answer = await done;
          if (answer?.ok === true) break;
        }
      }
    },
  };
}

interface Disturbing {
  readonly shape: Shape;
  readonly random: Random;
  readonly desk: GenericDesk;
  readonly did: (what: string) => void;
}

function disturber({ shape, random, desk, did }: Disturbing) {
  let taken = true;
  return {
    credential: () => {
      if (shape.wrongCredential !== true || !random.chance(taken ? 0.02 : 0.15)) return;
      taken = !taken;
      desk.control.takeCredential(taken);
      if (!taken) did('wrong credential');
    },
    remove: () => {
      const open = desk.control.records();
      const victim = open[random.below(Math.max(1, open.length))];
      if (victim === undefined) return;
      desk.control.removeByHand(victim.protocol);
      did('record removed');
    },
  };
}

/** A desk that shows nothing may lie unseen: `lies` only where it can be caught. */
function drawFault(random: Random, call: GenericCall, lies: boolean): GenericFault | undefined {
  if (!random.chance(0.28)) return undefined;
  const writes = !['probe', 'find', 'read'].includes(call);
  const kinds: readonly GenericFault[] = [
    { kind: 'lose-answer' },
    { kind: 'lose-answer' },
    { kind: 'error-before' },
    { kind: 'error-after' },
    { kind: 'reset' },
    { kind: 'hang' },
    { kind: 'hang-after' },
    { kind: 'garbage' },
    { kind: 'refuse', status: 409 },
    { kind: 'limit', retryAfterS: 1 + random.below(10) },
    ...(writes ? ([{ kind: 'late', ms: random.below(9_000) }] as const) : []),
  ];
  if (writes && lies && random.chance(0.05)) return { kind: 'lie' };
  return kinds[random.below(kinds.length)];
}

/** As the core would plan it: open, notes (some raise), and mostly a close at the end. */
function drawEffects(random: Random, { incidents = 6 }: Shape): readonly TicketEffect[] {
  return Array.from({ length: incidents }, (_, number) => {
    const incident = incidentIdFrom(`inc-${number + 1}-0`);
    const priority = priorities[random.below(priorities.length)] ?? 'critical';
    let notBefore = at(random.below(3 * minute));
    const next = () => {
      notBefore = at(notBefore - at(0) + random.below(90 * second));
      return { incident, notBefore };
    };
    const effects: TicketEffect[] = [
      {
        kind: 'ticket.open',
        key: effectKey(`${incident}:open`),
        incident,
        notBefore,
        text: { title: `São Paulo: link fora (${incident})`, body: `Incidente Vigia: ${incident}` },
        priority,
        customer: 'aurora',
        site: 'matriz',
        detectedAt: notBefore,
      },
    ];
    const notes = random.below(5);
    for (let note = 1; note <= notes; note += 1) {
      const raise = random.chance(0.2)
        ? ({ priority: 'critical', title: `AGRAVADO ${note}: (${incident})` } as const)
        : undefined;
      const key = effectKey(`${incident}:note:${note}`);
      effects.push({ kind: 'ticket.note', key, ...next(), text: `Nota ${note} de ${incident}.`, raise });
    }
    if (random.chance(0.6)) {
      effects.push({
        kind: 'ticket.close',
        key: effectKey(`${incident}:close:1`),
        ...next(),
        text: 'Voltou.',
      });
      if (random.chance(0.3)) {
        effects.push({
          kind: 'ticket.reopen',
          key: effectKey(`${incident}:reopen:2`),
          ...next(),
          text: 'De novo.',
        });
      }
    }
    return effects;
  }).flat();
}

interface Mortality {
  dead: boolean;
  onStep: () => void;
}

interface Life {
  readonly mortality: Mortality;
  readonly delivery: DeskDelivery;
  settleHeld(desk: GenericDesk): void;
}

interface LifeParts {
  readonly shape: Shape;
  readonly owner: string;
  readonly outbox: MemoryOutbox;
  readonly attempts: DeskAttempts;
  readonly desk: GenericDesk;
  readonly clock: ManualClock;
  readonly random: Random;
  readonly totals: Record<string, number>;
}

class Killed extends Error {}

/** One run of the process. When it is dead, its timers do not fire, its writes do not land, its answers never come. */
function createLife({ shape, owner, outbox, attempts, desk, clock, random, totals }: LifeParts): Life {
  const mortality: Mortality = { dead: false, onStep: () => {} };
  const step = (): void => {
    if (mortality.dead) throw new Killed('dead');
    mortality.onStep();
    if (mortality.dead) throw new Killed('dead');
  };
  const mortalClock: Clock = {
    now: () => clock.now(),
    after: (ms, run) => clock.after(ms, () => (mortality.dead ? undefined : survive(run))),
  };
  const delivery = createDeskDelivery({
    client: mortalClient(desk.client, mortality, step),
    attempts: mortalStore(attempts, step),
    clock: mortalClock,
    onUncertain: shape.onUncertain ?? 'hold',
    owner,
  });
  const worker = new OutboxWorker({
    outbox: mortalStore(outbox, step),
    desk: delivery,
    clock: mortalClock,
    random,
    submit: async (_: Input) => {},
    onFatal: (error) => {
      if (!(error instanceof Killed)) throw error;
    },
    onDesk: (news) => {
      totals[news.kind] = (totals[news.kind] ?? 0) + 1;
    },
  });
  clock.after(1, () => {
    if (!mortality.dead) survive(() => worker.wake());
  });
  return {
    mortality,
    delivery,
    settleHeld: ({ control }) => {
      for (const { key, incident } of worker.held()) {
        const found = control.records().find(({ body }) => body.includes(`Vigia: ${incident}`));
        const verdict =
          found === undefined
            ? ({ kind: 'absent' } as const)
            : ({ kind: 'exists', protocol: found.protocol } as const);
        if (delivery.settleHeld({ key, incident }, verdict).ok) worker.nudge(key);
      }
    },
  };
}

function survive(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

/** Each method of a store is two steps: the process may die before it, or right after it. */
function mortalStore<T extends object>(store: T, step: () => void): T {
  return new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...given: readonly unknown[]): unknown => {
        step();
        const result: unknown = Reflect.apply(method, target, given);
        step();
        return result;
      };
    },
  });
}

function mortalClient(client: DeskClient, mortality: Mortality, step: () => void): DeskClient {
  return new Proxy(client, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        step();
        const answer: unknown = await Reflect.apply(method, target, given);
        if (mortality.dead) return new Promise(() => {});
        step();
        return answer;
      };
    },
  });
}

function sumOf(lives: readonly Life[], before: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...before };
  for (const { delivery } of lives) {
    for (const [name, value] of Object.entries(delivery.counters())) sum[name] = (sum[name] ?? 0) + value;
  }
  return sum;
}

/** What the desk's own people would complain about, by its records alone. */
export function complaintsOf({ desk, effects, shape, left, refused }: World): readonly string[] {
  const capabilities = { ...fullCapabilities, ...shape.capabilities };
  const complaints: string[] = [
    ...left.map((key) => `${key} is still waiting`),
    ...refused.map((what) => `refused ${what}`),
  ];
  const records = desk.control.records();
  for (const incident of new Set(effects.map((each) => each.incident))) {
    complaints.push(...complaintsOfIncident(incident, { records, effects, capabilities }));
  }
  return complaints;
}

interface Judging {
  readonly records: ReturnType<GenericDesk['control']['records']>;
  readonly effects: readonly TicketEffect[];
  readonly capabilities: DeskCapabilities;
}

function complaintsOfIncident(incident: IncidentId, { records, effects, capabilities }: Judging): string[] {
  const own = records.filter(({ body }) => body.includes(`Vigia: ${incident}`));
  const wanted = effects.filter((each) => each.incident === incident);
  const last = wanted.findLast(({ kind }) => kind !== 'ticket.note');
  const closed = last?.kind === 'ticket.close' && capabilities.close;
  const open = own.filter(({ state }) => state === 'open');
  const [ticket] = closed ? own : open;
  if (ticket === undefined) return [`${incident}: lost (${own.length} records)`];
  const complaints: string[] = [];
  if (open.length !== (closed ? 0 : 1)) complaints.push(`${incident}: ${open.length} open records`);
  if (!capabilities.notes) return complaints;
  const best = own.toSorted((a, b) => b.marks.length - a.marks.length)[0] ?? ticket;
  const text = [best.body, ...best.notes].join('\n');
  let from = 0;
  for (const effect of wanted) {
    if (effect.kind === 'ticket.open') continue;
    const index = text.indexOf(effect.text, from);
    if (index < 0) complaints.push(`${effect.key}: missing or out of order in ${best.protocol}`);
    else from = index;
    const times = best.marks.filter((mark) => mark === effect.key).length;
    if (capabilities.readsNotes && times !== 1) complaints.push(`${effect.key}: ${times} times`);
  }
  const raised = wanted.findLast((each) => each.kind === 'ticket.note' && each.raise !== undefined);
  if (raised?.kind === 'ticket.note' && raised.raise !== undefined && capabilities.raise) {
    if (!best.title.startsWith(raised.raise.title)) complaints.push(`${incident}: title ${best.title}`);
    if (best.priority !== raised.raise.priority) complaints.push(`${incident}: priority ${best.priority}`);
  }
  return complaints;
}
