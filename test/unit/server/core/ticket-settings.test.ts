// Settings of tickets inside the core: told as an input, kept in the state, and in every text from then on, so that the
// past replays in its own words.
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../server/core/decide.ts';
import { evolve, initialState } from '../../../../server/core/evolve.ts';
import type { Input } from '../../../../server/core/input.ts';
import { stateFromData, stateToData } from '../../../../server/core/snapshot.ts';
import { shippedTickets, type TicketSettings } from '../../../../server/core/ticket-settings.ts';
import { slaPoliciesSchema } from '../../../../shared/sla-policy.ts';
import { at, createRig } from './rig.ts';

const own: TicketSettings = {
  ...shippedTickets,
  templates: { title: '[{{customer}}] {{link}}{{title}}', 'note-recovered': 'Voltou às {{recoveredAt}}' },
  publicUrl: 'https://noc.example',
};
const configured = (seconds: number, settings: TicketSettings): Input => ({
  kind: 'tickets.configured',
  at: at(seconds),
  settings,
});

describe('core: ticket settings', () => {
  it('are in every text from then on; what was asked for before keeps its words', () => {
    const rig = createRig();
    rig.link(0, 'down');
    rig.passTo(60);
    const [before] = rig.opens();
    rig.apply(configured(70, own));
    rig.link(80, 'up');
    rig.passTo(400);
    expect(before?.text.title).toBe('Link Vivo (principal) fora do ar — Padaria Aurora, Matriz');
    expect(before?.text.body).not.toContain('noc.example');
    expect(rig.notes().at(-1)?.text).toMatch(/^Voltou às \d\d\/\d\d\/\d{4}/);
    rig.link(2_000, 'down');
    rig.passTo(2_060);
    const [, after] = rig.opens();
    expect(after?.text.title).toBe(
      '[Padaria Aurora] Link Vivo (principal) fora do ar — Padaria Aurora, Matriz',
    );
    expect(after?.text.body).toContain(`https://noc.example/incidents/${after?.incident}`);
  });

  it('told again change nothing; without any the shipped texts hold', () => {
    const rig = createRig();
    expect(rig.state().tickets).toBeUndefined();
    rig.apply(configured(0, own));
    const { changes } = decide(rig.state(), { seq: rig.state().seq + 1, input: configured(1, own) });
    expect(changes).toEqual([]);
  });

  it('survive a snapshot', () => {
    const input = configured(0, own);
    const state = initialState();
    const { changes } = decide(state, { seq: 1, input });
    const next = evolve(state, { seq: 1, input }, changes);
    const back = stateFromData(JSON.parse(JSON.stringify(stateToData(next))));
    expect(back.tickets).toEqual(JSON.parse(JSON.stringify(own)));
  });

  it('carry the contract: a critical clock in support hours waits for them, a plan may give another target', () => {
    const plans = {
      PREMIUM: { criticalClock: 'support-hours', targets: { critical: 90 * 60_000 } },
    };
    const sla = slaPoliciesSchema.parse({ plans });
    const rig = createRig();
    rig.apply(configured(-1, { ...own, sla }));
    rig.link(0, 'down');
    rig.passTo(60);
    // 15/01/2027, a Friday, 05:00 in São Paulo.
    expect(rig.opens()[0]?.text.body).toContain(
      'Atender até 15/01/2027 09:30 (90 min úteis desde a detecção).',
    );
    expect(rig.opens()[0]?.text.body).toContain('Fora do horário de suporte: abre em 15/01/2027 08:00.');
  });
});
