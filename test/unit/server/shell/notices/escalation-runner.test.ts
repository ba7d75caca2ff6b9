// Escalation on the real core and a manual clock: each step at its instant, once, to the person on call; stopped by an
// acknowledgement or the end; over a restart; with a full inbox.
import { describe, expect, it } from 'vitest';
import { createMemoryNoticeStore } from '../../../../../server/adapters/memory/notices.ts';
import { createCalendars } from '../../../../../server/core/sla/calendars.ts';
import { Dispatcher } from '../../../../../server/shell/notices/dispatcher.ts';
import { EscalationRunner } from '../../../../../server/shell/notices/escalation-runner.ts';
import { noticesSchema } from '../../../../../server/shell/notices/settings.ts';
import { agentId, type IncidentId } from '../../../../../shared/ids.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { type SlaPolicies, slaPoliciesSchema } from '../../../../../shared/sla-policy.ts';
import { hour, instant, minute, second } from '../../../../../shared/time.ts';
import type { StateChange } from '../../../../../shared/wire/messages.ts';
import { createRecordedChannel } from '../../../../fakes/channels/recorder.ts';
import { createLiveCore } from '../../../../fakes/live-core.ts';
import { createManualClock } from '../../../../fakes/manual-clock.ts';

/** Monday 23 November 2026, 10:00 in São Paulo. */
const monday = instant(Date.parse('2026-11-23T13:00:00Z'));
const everyDay = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const rota = {
  weekly: [
    { role: 'noc', days: [...everyDay], from: '00:00', until: '24:00', people: ['Plantão'] },
    { role: 'level2-lead', days: [...everyDay], from: '00:00', until: '24:00', people: ['Ana'] },
    { role: 'level2', days: [...everyDay], from: '00:00', until: '24:00', people: ['Beto', 'Caio'] },
  ],
} as const;

function createBench(policies: SlaPolicies = slaPoliciesSchema.parse({ rota }), start = monday) {
  const clock = createManualClock(start);
  const core = createLiveCore(clock);
  const onFatal = (error: unknown): never => {
    throw error;
  };
  const calendars = createCalendars(policies);
  const { correlator, submit } = core;
  const run = () => new EscalationRunner({ correlator, submit, calendars, clock, onFatal });
  const escalation = () => core.standing()[0]?.escalation;
  const outage = async (): Promise<IncidentId> => {
    await core.pass(minute);
    core.link('down');
    await core.pass(30 * second);
    return core.standing()[0]?.id ?? expect.unreachable();
  };
  /** After the two changes with which the core begins. */
  let seq = 2;
  const tell = (item: (seq: number) => StateChange): void => {
    seq += 1;
    const items = [item(seq)];
    const at = clock.now();
    core.apply({ kind: 'changes.received', at, agent: agentId('srv-ad'), epoch: 1, remaining: 0, items });
  };
  const word = () => ({ at: clock.now(), atErrorMs: 1, since: clock.now(), evidence: [], recovering: false });
  /** The printer has answered, and then it does so no more. */
  const printerLost = async (): Promise<void> => {
    tell((number) => ({ kind: 'host.changed', seq: number, host: 'impressora', status: 'up', ...word() }));
    await core.pass(minute);
    tell((number) => ({ kind: 'host.changed', seq: number, host: 'impressora', status: 'down', ...word() }));
    await core.pass(minute);
  };
  const linkSays = (status: 'degraded' | 'down'): void =>
    tell((number) => ({ kind: 'link.changed', seq: number, link: 'vivo', status, ...word() }));
  return { clock, core, calendars, run, escalation, outage, printerLost, linkSays, onFatal };
}

describe('escalation', () => {
  it('takes each step once at its instant, to whom the rota names', async () => {
    const { core, run, escalation, outage } = createBench();
    run();
    const id = await outage();
    const openedAt = core.standing()[0]?.openedAt ?? 0;
    await core.pass(4 * hour);
    const taken = core.correlator
      .state()
      .incidents.get(id)
      ?.timeline.filter(({ kind }) => kind === 'escalated');
    expect(taken?.map(({ at, text }) => [(at - openedAt) / minute, text])).toEqual([
      [5, 'Plantão'],
      [15, 'Ana'],
      [30, 'Beto, Caio'],
      [90, 'ninguém na escala'],
    ]);
    expect(escalation()).toMatchObject({
      level: 3,
      steps: ['call.noc-again', 'call.level2-lead', 'move.level2', 'move.level3'],
    });
  });

  it('an acknowledgement stops the calls, not the levels’ time', async () => {
    const { core, clock, run, escalation, outage } = createBench();
    run();
    const incident = await outage();
    await core.pass(6 * minute);
    core.apply({ kind: 'incident.acknowledged', at: clock.now(), incident, by: 'Ana' });
    await core.pass(2 * hour);
    expect(escalation()?.steps).toEqual(['call.noc-again', 'move.level2', 'move.level3']);
  });

  it('the end of the outage ends it', async () => {
    const { core, run, escalation, outage } = createBench();
    run();
    await outage();
    await core.pass(6 * minute);
    core.link('up');
    await core.pass(2 * minute);
    await core.pass(2 * hour);
    expect(escalation()?.steps ?? ['call.noc-again']).toEqual(['call.noc-again']);
  });

  it('a printer has hours: nobody is called, and it moves when its target is over', async () => {
    const { core, run, escalation, printerLost } = createBench();
    run();
    await printerLost();
    expect(core.standing()[0]).toMatchObject({ kind: 'host-down', priority: 'standard' });
    await core.pass(3 * hour + 50 * minute);
    expect(escalation()).toBeUndefined();
    await core.pass(20 * minute);
    expect(escalation()).toMatchObject({ level: 2, steps: ['move.level2'] });
    await core.pass(hour);
    expect(escalation()).toMatchObject({ level: 3, steps: ['move.level2', 'move.level3'] });
  });

  it('who attends to it in time keeps it at level 1', async () => {
    const { core, clock, run, escalation, printerLost } = createBench();
    run();
    await printerLost();
    const incident = core.standing()[0]?.id ?? expect.unreachable();
    core.apply({ kind: 'incident.acknowledged', at: clock.now(), incident, by: 'Ana' });
    await core.pass(9 * hour);
    expect(escalation()).toBeUndefined();
  });

  it('what becomes critical is called for from then on, not at once through all levels', async () => {
    const { core, run, escalation, linkSays } = createBench();
    run();
    await core.pass(minute);
    linkSays('degraded');
    await core.pass(hour);
    expect(core.standing()[0]).toMatchObject({ kind: 'link-degraded', priority: 'priority' });
    linkSays('down');
    await core.pass(4 * minute);
    expect(core.standing()[0]).toMatchObject({ kind: 'link-down', priority: 'critical' });
    expect(escalation()).toBeUndefined();
    await core.pass(2 * minute);
    expect(escalation()).toMatchObject({ level: 1, steps: ['call.noc-again'] });
  });

  it('a restart repeats no step and takes at once what became due meanwhile', async () => {
    const { core, run, escalation, outage } = createBench();
    const first = run();
    await outage();
    await core.pass(6 * minute);
    first.stop();
    await core.pass(10 * minute);
    expect(escalation()?.steps).toEqual(['call.noc-again']);
    const second = run();
    await core.pass(1);
    expect(escalation()?.steps).toEqual(['call.noc-again', 'call.level2-lead']);
    expect(second.counters()).toEqual({ taken: 1, refused: 0 });
  });

  it('an outage that comes back calls everybody again as at first', async () => {
    const { core, run, escalation, outage } = createBench();
    run();
    await outage();
    await core.pass(16 * minute);
    core.link('up');
    await core.pass(8 * minute);
    core.link('down');
    await core.pass(30 * second);
    expect(core.standing()[0]?.reopenedCount).toBe(1);
    await core.pass(16 * minute);
    const twice = ['call.noc-again', 'call.level2-lead'];
    expect(escalation()?.steps).toEqual([...twice, ...twice]);
  });

  it('whoever is named for it has it, and a level reached by hand needs no step', async () => {
    const { core, clock, run, escalation, outage } = createBench();
    run();
    const incident = await outage();
    await core.pass(2 * minute);
    core.apply({ kind: 'incident.assigned', at: clock.now(), incident, by: 'Ana', to: 'Beto', level: 2 });
    await core.pass(50 * minute);
    expect(escalation()).toMatchObject({ level: 2, steps: [], to: 'Beto' });
    await core.pass(15 * minute);
    expect(escalation()).toMatchObject({ level: 3, steps: ['move.level3'] });
  });

  it('a full inbox delays a step and loses none', async () => {
    const { core, run, escalation, outage } = createBench();
    const runner = run();
    await outage();
    core.refuse(true);
    await core.pass(6 * minute);
    expect(escalation()).toBeUndefined();
    core.refuse(false);
    await core.pass(10 * second);
    expect(escalation()?.steps).toEqual(['call.noc-again']);
    expect(runner.counters().refused).toBeGreaterThan(0);
  });

  it('steps that the plan switches off are not taken', async () => {
    const inside = { callAgainMs: null, callLeadMs: null, toLevel3Ms: null };
    const plans = { PREMIUM: { escalation: { inside, outside: inside } } };
    const { core, run, escalation, outage } = createBench(slaPoliciesSchema.parse({ rota, plans }));
    run();
    await outage();
    await core.pass(5 * hour);
    expect(escalation()?.steps).toEqual(['move.level2']);
  });

  it('each step becomes a notice to the person on call, and to everybody where the channel knows none', async () => {
    const { core, clock, calendars, run, outage, onFatal } = createBench();
    const channel = createRecordedChannel('plantao', { Ana: 'ana@x', Beto: 'beto@x', Caio: 'caio@x' });
    new Dispatcher({
      store: createMemoryNoticeStore(),
      channels: [channel],
      calendars,
      settings: noticesSchema.parse({}),
      correlator: core.correlator,
      clock,
      agedAt: () => clock.now(),
      random: seededRandom(7),
      onFatal,
    });
    run();
    await outage();
    await core.pass(40 * minute);
    expect(channel.told.map(({ recipient, notice }) => [recipient, notice.title.split(':')[0]])).toEqual([
      ['noc', 'CRÍTICO'],
      ['noc', 'NINGUÉM ASSUMIU'],
      ['ana@x', 'NINGUÉM ASSUMIU, LÍDER DO NÍVEL 2'],
      ['beto@x', 'PASSA AO NÍVEL 2'],
      ['caio@x', 'PASSA AO NÍVEL 2'],
    ]);
    expect(channel.told[2]?.notice.text).toContain('Na escala: Ana.');
  });
});
