// The class of a lost link by plan and customer: what may be lowered, what never, and that the past keeps the words it had.
import { describe, expect, it } from 'vitest';
import { shippedTickets } from '../../../../../server/core/ticket-settings.ts';
import { slaPoliciesSchema } from '../../../../../shared/sla-policy.ts';
import { at, createRig, type Rig } from '../rig.ts';

function configure(rig: Rig, seconds: number, policies: object): void {
  rig.passTo(seconds);
  const sla = slaPoliciesSchema.parse(policies);
  rig.apply({ kind: 'tickets.configured', at: at(seconds), settings: { ...shippedTickets, sla } });
}

const lowered = { priorities: { linkDownPrimary: 'priority', linkDownBackup: 'standard' } };

function lost(policies: object, link: 'vivo' | 'claro') {
  const rig = createRig();
  configure(rig, -10, policies);
  rig.link(0, 'down', { link });
  rig.passTo(60);
  return { rig, incident: rig.opened()[0] ?? expect.unreachable() };
}

describe('the class of a lost link', () => {
  it('is critical where no contract says otherwise', () => {
    expect(lost({}, 'vivo').incident.priority).toBe('critical');
    expect(lost({}, 'claro').incident.priority).toBe('critical');
    expect(lost({ plans: { PRO: lowered } }, 'claro').incident.priority).toBe('critical');
    expect(lost({ customers: { boreal: lowered } }, 'claro').incident.priority).toBe('critical');
  });

  it('is the plan´s by the role of the link, on the ticket too', () => {
    const { rig, incident } = lost({ plans: { PREMIUM: lowered } }, 'vivo');
    expect(incident).toMatchObject({ priority: 'priority', severity: 'redundancy-lost' });
    expect(rig.opens()[0]?.priority).toBe('priority');
    expect(lost({ plans: { PREMIUM: lowered } }, 'claro').incident.priority).toBe('standard');
  });

  it('is the customer´s where its contract names the role, and the plan´s where not', () => {
    const policies = {
      plans: { PREMIUM: lowered },
      customers: { aurora: { priorities: { linkDownBackup: 'critical' } } },
    };
    expect(lost(policies, 'claro').incident.priority).toBe('critical');
    expect(lost(policies, 'vivo').incident.priority).toBe('priority');
  });

  it('both lost is the whole site: critical, and called for from then on', () => {
    const { rig } = lost({ plans: { PREMIUM: lowered } }, 'claro');
    rig.link(100, 'down');
    rig.passTo(200);
    expect(rig.opened().map(({ kind, priority }) => [kind, priority])).toEqual([
      ['link-down', 'standard'],
      ['site-offline', 'critical'],
    ]);
  });

  it('that grows to the whole site in its first seconds is critical from then on, on the same ticket', () => {
    const rig = createRig();
    configure(rig, -10, { plans: { PREMIUM: lowered } });
    rig.link(0, 'down', { link: 'claro' });
    rig.passTo(13);
    expect(rig.open()[0]).toMatchObject({ kind: 'link-down', priority: 'standard' });
    expect(rig.open()[0]?.raised).toBeUndefined();
    rig.link(14, 'down');
    rig.passTo(60);
    const [grown, ...more] = rig.open();
    expect(more).toEqual([]);
    expect(grown).toMatchObject({ kind: 'site-offline', priority: 'critical' });
    expect(grown?.raised?.at).toBeGreaterThan(at(14));
  });

  it('of a degraded link that dies never falls below what it was', () => {
    const rig = createRig();
    configure(rig, -10, { plans: { PREMIUM: { priorities: { linkDownPrimary: 'standard' } } } });
    rig.link(0, 'degraded');
    rig.passTo(100);
    rig.link(100, 'down');
    rig.passTo(200);
    expect(rig.open()[0]).toMatchObject({ kind: 'link-down', priority: 'priority' });
    expect(rig.open()[0]?.raised).toBeUndefined();
  });

  it('of an incident that is open stays when the configuration changes', () => {
    const { rig } = lost({ plans: { PREMIUM: lowered } }, 'claro');
    configure(rig, 100, {});
    rig.passTo(200);
    expect(rig.open()[0]?.priority).toBe('standard');
  });

  it('is critical by the settings that an older journal holds', () => {
    const { plans, holidays, rota } = slaPoliciesSchema.parse({});
    const settings = JSON.parse(JSON.stringify({ ...shippedTickets, sla: { plans, holidays, rota } }));
    const rig = createRig();
    rig.apply({ kind: 'tickets.configured', at: at(-10), settings });
    rig.link(0, 'down');
    rig.passTo(60);
    expect(rig.opened()[0]?.priority).toBe('critical');
  });
});
