// What every journal promises. Each adapter runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evolve, initialState } from '../../server/core/evolve.ts';
import type { Incident, IncidentTicket } from '../../server/core/incident.ts';
import { stateToData } from '../../server/core/snapshot.ts';
import type { State } from '../../server/core/state.ts';
import { agentId, incidentIdFrom, siteId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { at, entry, incident, matriz, openEffect, timeAdvanced, topology } from './samples.ts';
import type { JournalStore, Kept } from './stores.ts';

export function journalContract(name: string, make: () => Kept<JournalStore>): void {
  describe(`journal on ${name}`, () => {
    let kept: Kept<JournalStore>;
    let store: JournalStore;

    beforeEach(() => {
      kept = make();
      store = kept.open();
    });
    afterEach(() => kept.remove());

    const reopen = (): JournalStore => {
      store = kept.reopen();
      return store;
    };

    it('gives back what was committed, in order, after a restart', () => {
      const entries = [
        entry(1, { input: { kind: 'agent.heard', at: at(1), agent: agentId('a1') } }),
        entry(2, {
          changes: [{ kind: 'incident.opened', incident: incident('inc-2-0') }],
          effects: [openEffect('inc-2-0'), openEffect('inc-2-0', { key: 'inc-2-0:open:again' })],
        }),
        entry(3),
      ];
      store.journal.commit(entries.slice(0, 2));
      store.journal.commit(entries.slice(2));
      expect([...reopen().journal.read(0)]).toEqual(entries);
      expect([...store.journal.read(2)]).toEqual(entries.slice(2));
      expect([...store.journal.read(3)]).toEqual([]);
    });

    it('has all of it as evidence while nothing was removed by its age', () => {
      const changes = [{ kind: 'incident.opened' as const, incident: incident('inc-1-0') }];
      store.journal.commit([entry(1, { changes, effects: [openEffect('inc-1-0')] }), entry(2), entry(3)]);
      for (const afterSeq of [0, 1, 3]) {
        expect([...reopen().journal.evidence(afterSeq)]).toEqual([...store.journal.read(afterSeq)]);
      }
      expect([...store.journal.evidence(0)]).toHaveLength(3);
    });

    it('keeps a topology whole, in an input as in a change', () => {
      const imported = entry(1, {
        input: { kind: 'inventory.imported', at: at(1), by: 'ana', topology },
        changes: [{ kind: 'topology.adopted', topology }],
      });
      store.journal.commit([imported]);
      const [read] = reopen().journal.read(0);
      expect(read).toEqual(imported);
      const change = read?.changes[0];
      expect(change?.kind === 'topology.adopted' && change.topology.sites.get(matriz)?.city).toBe(
        'São Paulo',
      );
    });

    it('refuses a gap and a repetition, and keeps nothing of the refused batch', () => {
      store.journal.commit([entry(1)]);
      expect(() => store.journal.commit([entry(3)])).toThrow();
      expect(() => store.journal.commit([entry(1)])).toThrow();
      expect(() => store.journal.commit([entry(2), entry(4)])).toThrow();
      expect([...reopen().journal.read(0)]).toEqual([entry(1)]);
      store.journal.commit([entry(2)]);
      expect([...store.journal.read(1)]).toEqual([entry(2)]);
    });

    it('refuses a second open incident of one cause, with everything else in that batch', () => {
      const open = (id: string) => ({
        kind: 'incident.opened' as const,
        incident: incident(id, { causeKey: 'site' }),
      });
      store.journal.commit([entry(1, { changes: [open('inc-1-0')] })]);
      expect(() =>
        store.journal.commit([
          entry(2, {
            changes: [{ kind: 'incident.opened', incident: incident('inc-2-0') }],
            effects: [openEffect('inc-2-0')],
          }),
          entry(3, { changes: [open('inc-3-0')] }),
        ]),
      ).toThrow();
      expect([...reopen().journal.read(1)]).toEqual([]);
      expect(store.journal.incident(incidentIdFrom('inc-2-0'))).toBeUndefined();
      expect(store.outbox.waiting(10)).toEqual([]);
    });

    it('refuses a second open incident of one cause inside one batch', () => {
      const open = (id: string) => ({
        kind: 'incident.opened' as const,
        incident: incident(id, { causeKey: 'own' }),
      });
      expect(() =>
        store.journal.commit([entry(1, { changes: [open('inc-1-0'), open('inc-1-1')] })]),
      ).toThrow();
      expect([...store.journal.read(0)]).toEqual([]);
    });

    it('lets two sites have the same kind of cause open at once', () => {
      const one = incident('inc-1-0', { causeKey: 'site', site: siteId('aurora', 'matriz') });
      const other = incident('inc-1-1', { causeKey: 'site', site: siteId('boreal', 'loja') });
      store.journal.commit([
        entry(1, {
          changes: [
            { kind: 'incident.opened', incident: one },
            { kind: 'incident.opened', incident: other },
          ],
        }),
      ]);
      expect(reopen().journal.incidents({ limit: 10 })).toHaveLength(2);
    });

    it('lets a cause open again once its incident is closed, also within one batch, and beside history', () => {
      const causeKey = 'site';
      const first = incident('inc-1-0', { causeKey });
      const retro = incident('inc-2-1', { causeKey, retro: true, state: 'closed' });
      const second = incident('inc-3-0', { causeKey });
      store.journal.commit([
        entry(1, { changes: [{ kind: 'incident.opened', incident: first }] }),
        entry(2, {
          changes: [
            { kind: 'incident.closed', incident: { ...first, state: 'closed' } },
            { kind: 'incident.recorded', incident: retro },
          ],
        }),
        entry(3, { changes: [{ kind: 'incident.opened', incident: second }] }),
      ]);
      expect(reopen().journal.incidents({ limit: 10 })).toHaveLength(3);
      expect(store.journal.incident(second.id)?.state).toBe('open');
      expect(() =>
        store.journal.commit([entry(4, { changes: [{ kind: 'incident.changed', incident: first }] })]),
      ).toThrow();
    });

    it('keeps a cause taken while its incident is acknowledged or resolved', () => {
      const causeKey = 'site';
      store.journal.commit([
        entry(1, { changes: [{ kind: 'incident.opened', incident: incident('a', { causeKey }) }] }),
        entry(2, {
          changes: [{ kind: 'incident.changed', incident: incident('a', { causeKey, state: 'resolved' }) }],
        }),
      ]);
      expect(() =>
        store.journal.commit([
          entry(3, { changes: [{ kind: 'incident.opened', incident: incident('b', { causeKey }) }] }),
        ]),
      ).toThrow();
    });

    it('refuses an effect key that was used before, for ever', () => {
      store.journal.commit([entry(1, { effects: [openEffect('a')] })]);
      store.outbox.done(openEffect('a').key, at(1), 'P-1');
      expect(() => store.journal.commit([entry(2, { effects: [openEffect('a')] })])).toThrow();
      expect(() =>
        store.journal.commit([
          entry(2, { effects: [openEffect('b')] }),
          entry(3, { effects: [openEffect('b')] }),
        ]),
      ).toThrow();
      expect([...reopen().journal.read(1)]).toEqual([]);
    });

    it('finds incidents by state, customer, kind and time, the newest first', () => {
      const other = siteId('borba', 'loja');
      const incidents = [
        incident('a', { detectedAt: at(1_000) }),
        incident('b', { detectedAt: at(3_000), kind: 'site-offline', state: 'resolved' }),
        incident('c', { detectedAt: at(2_000), site: other, kind: 'site-offline' }),
        incident('d', { detectedAt: at(4_000), site: undefined, kind: 'own-outage', state: 'closed' }),
        incident('e', { detectedAt: at(1_000), site: siteId('aurora-filial', 'x') }),
      ];
      store.journal.commit(
        incidents.map((one, index) =>
          entry(index + 1, { changes: [{ kind: 'incident.opened', incident: one }] }),
        ),
      );
      reopen();
      const ids = (query: Parameters<JournalStore['journal']['incidents']>[0]) =>
        store.journal.incidents(query).map(({ id }) => id);
      expect(ids({ limit: 10 })).toEqual(['d', 'b', 'c', 'e', 'a']);
      expect(ids({ limit: 2 })).toEqual(['d', 'b']);
      expect(ids({ limit: 10, state: 'open' })).toEqual(['c', 'e', 'a']);
      expect(ids({ limit: 10, customer: 'aurora' })).toEqual(['b', 'a']);
      expect(ids({ limit: 10, kind: 'site-offline', customer: 'borba' })).toEqual(['c']);
      expect(ids({ limit: 10, since: at(2_000) })).toEqual(['d', 'b', 'c']);
      expect(ids({ limit: 10, customer: 'nobody' })).toEqual([]);
      expect(store.journal.incidents({ limit: 1, customer: 'aurora' })).toEqual([incidents[1]]);
    });

    it('finds the history of one site, one link or one host, and not that of a namesake elsewhere', () => {
      const [matriz, filial] = [siteId('aurora', 'matriz'), siteId('aurora', 'filial')];
      const incidents = [
        incident('a', { detectedAt: at(1_000), site: matriz, link: 'vivo' }),
        incident('b', { detectedAt: at(2_000), site: matriz, link: 'claro' }),
        incident('c', { detectedAt: at(3_000), site: filial, link: 'vivo' }),
        incident('d', { detectedAt: at(4_000), site: matriz, link: undefined, host: 'vivo' }),
        incident('e', { detectedAt: at(5_000), site: undefined, link: undefined, kind: 'own-outage' }),
      ];
      store.journal.commit(
        incidents.map((one, index) =>
          entry(index + 1, { changes: [{ kind: 'incident.opened', incident: one }] }),
        ),
      );
      reopen();
      const ids = (query: Partial<Parameters<JournalStore['journal']['incidents']>[0]>) =>
        store.journal.incidents({ limit: 10, customer: 'aurora', ...query }).map(({ id }) => id);
      expect(ids({ site: matriz })).toEqual(['d', 'b', 'a']);
      expect(ids({ site: matriz, link: 'vivo' })).toEqual(['a']);
      expect(ids({ site: matriz, host: 'vivo' })).toEqual(['d']);
      expect(ids({ site: matriz, link: 'vivo', since: at(1_001) })).toEqual([]);
      expect(ids({ site: filial })).toEqual(['c']);
      expect(ids({ site: siteId('aurora', 'nenhuma') })).toEqual([]);
    });

    it('pages through incidents with tickets, also where instants are the same, and leaves none out', () => {
      const incidents = Array.from({ length: 9 }, (_, n) =>
        incident(`inc-${n}-0`, {
          detectedAt: at(Math.floor(n / 3) * 1_000),
          ticket: n % 3 === 1 ? undefined : ticket(`inc-${n}-0`, `P-${n}`),
        }),
      );
      store.journal.commit(
        incidents.map((one, index) =>
          entry(index + 1, { changes: [{ kind: 'incident.opened', incident: one }] }),
        ),
      );
      reopen();
      const pages: string[][] = [];
      let before: Incident | undefined;
      do {
        const page = store.journal.incidents({ limit: 2, withTicket: true, before });
        pages.push(page.map(({ id }) => id));
        before = page.at(-1);
      } while (before !== undefined);
      expect(pages).toEqual([['inc-8-0', 'inc-6-0'], ['inc-5-0', 'inc-3-0'], ['inc-2-0', 'inc-0-0'], []]);
      const [, , second] = store.journal.incidents({ limit: 3 });
      const rest = store.journal.incidents({ limit: 2, before: second, customer: 'aurora' });
      expect(rest.map(({ id }) => id)).toEqual(['inc-5-0', 'inc-4-0']);
    });

    it('finds an incident by the protocol of its ticket, whatever its age, and the newest of two', () => {
      const asked = incident('a', { ticket: { state: 'pending', effect: openEffect('a').key } });
      const registered = { ...asked, ticket: ticket('a', 'P-1') };
      const others = [2_000, 3_000, 1_000].map((ms) =>
        incident(`twin-${ms}`, { detectedAt: at(ms), ticket: ticket(`twin-${ms}`, 'P-2') }),
      );
      store.journal.commit([entry(1, { changes: [{ kind: 'incident.opened', incident: asked }] })]);
      expect(store.journal.incidentByProtocol('P-1')).toBeUndefined();
      store.journal.commit([
        entry(2, {
          changes: [
            { kind: 'incident.changed', incident: registered },
            ...others.map((one) => ({ kind: 'incident.opened' as const, incident: one })),
          ],
        }),
      ]);
      reopen();
      expect(store.journal.incidentByProtocol('P-1')).toEqual(registered);
      expect(store.journal.incidentByProtocol('P-2')?.id).toBe('twin-3000');
      expect(store.journal.incidentByProtocol('P')).toBeUndefined();
      expect(store.journal.incidentByProtocol('p-1')).toBeUndefined();
    });

    it('keeps the newest record of an incident', () => {
      const opened = incident('a');
      const closed = incident('a', { state: 'closed', closedAt: at(9_000), downtimeMs: 4_000 });
      store.journal.commit([entry(1, { changes: [{ kind: 'incident.opened', incident: opened }] })]);
      store.journal.commit([entry(2, { changes: [{ kind: 'incident.closed', incident: closed }] })]);
      expect(reopen().journal.incident(opened.id)).toEqual(closed);
      expect(store.journal.incident(incidentIdFrom('nobody'))).toBeUndefined();
    });

    it('has no snapshot at first, then gives the newest, as it was when it was saved', () => {
      expect(store.journal.latestSnapshot()).toBeUndefined();
      let state = initialState();
      for (let seq = 1; seq <= limits.snapshotsKept + 2; seq += 1) {
        state = step(state, seq);
        store.journal.commit([entry(seq)]);
        store.journal.saveSnapshot({ seq, state });
      }
      const saved = stateToData(state);
      step(state, 99);
      const latest = reopen().journal.latestSnapshot();
      expect(latest?.seq).toBe(limits.snapshotsKept + 2);
      expect(latest && stateToData(latest.state)).toEqual(saved);
    });
  });
}

function ticket(id: string, protocol: string): IncidentTicket {
  return {
    state: 'registered',
    effect: openEffect(id).key,
    desk: 'local',
    protocol,
    registeredAt: at(6_000),
  };
}

/** A state that differs at each seq; `evolve` writes into the maps of the state before. */
function step(state: State, seq: number): State {
  const changes = [
    { kind: 'topology.adopted' as const, topology },
    { kind: 'incident.opened' as const, incident: incident(`inc-${seq}-0`) },
  ];
  return evolve(state, { seq, input: timeAdvanced(seq) }, changes);
}
