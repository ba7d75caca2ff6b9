// What every store of planned work promises. Each adapter runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Silence } from '../../server/core/planned.ts';
import type { PlannedStore, WindowDefinition } from '../../server/ports/planned.ts';
import { customerKey } from '../../shared/ids.ts';
import { at } from './samples.ts';
import type { Kept } from './stores.ts';

export function plannedContract(name: string, make: () => Kept<PlannedStore>): void {
  describe(`planned work on ${name}`, () => {
    let kept: Kept<PlannedStore>;
    let store: PlannedStore;

    beforeEach(() => {
      kept = make();
      store = kept.open();
    });
    afterEach(() => kept.remove());

    it('starts empty', () => {
      expect(store.windows()).toEqual([]);
      expect(store.silences()).toEqual([]);
    });

    it('refuses an id that is taken and keeps what stood there', () => {
      expect(store.addWindow(window('w1'))).toBe(true);
      expect(store.addWindow({ ...window('w1'), reason: 'another' })).toBe(false);
      expect(store.addSilence(silence('s1'))).toBe(true);
      expect(store.addSilence({ ...silence('s1'), reason: 'another' })).toBe(false);
      expect(store.windows()).toEqual([window('w1')]);
      expect(store.silences()).toEqual([silence('s1')]);
    });

    it('gives back every field after a restart, by id', () => {
      const full: WindowDefinition = {
        ...window('w1'),
        scope: { customer: customerKey('aurora'), site: 'matriz', host: 'srv-ad' },
        recurrence: 'FREQ=WEEKLY;BYDAY=TU',
        returnBy: at(500),
      };
      store.addWindow(window('w2'));
      store.addWindow(full);
      store.addSilence(silence('s2'));
      store.addSilence(silence('s1'));
      store = kept.reopen();
      expect(store.windows()).toEqual([full, window('w2')]);
      expect(store.silences()).toEqual([silence('s1'), silence('s2')]);
    });

    it('keeps what a plan has hidden, each cause once, until the plan goes', () => {
      store.addWindow(window('w1'));
      store.addSilence(silence('s1'));
      const first = { plan: 'w1', cause: 'aurora/matriz link:vivo 5' };
      const second = { plan: 's1', cause: 'aurora/matriz link:vivo 5' };
      store.noteHidden([first, second, { plan: 'gone', cause: 'x' }]);
      store.noteHidden([first]);
      store = kept.reopen();
      expect(store.hidden()).toEqual([second, first]);
      store.removeWindow('w1');
      store = kept.reopen();
      expect(store.hidden()).toEqual([second]);
      store.removeSilence('s1');
      expect(store.hidden()).toEqual([]);
      store.addWindow(window('w1'));
      expect(store.hidden()).toEqual([]);
    });

    it('removes once, and an id may be used again', () => {
      store.addWindow(window('w1'));
      store.addSilence(silence('s1'));
      expect(store.removeWindow('w1')).toBe(true);
      expect(store.removeWindow('w1')).toBe(false);
      expect(store.removeSilence('s1')).toBe(true);
      expect(store.removeSilence('s1')).toBe(false);
      store = kept.reopen();
      expect(store.windows()).toEqual([]);
      expect(store.silences()).toEqual([]);
      expect(store.addWindow(window('w1'))).toBe(true);
    });
  });
}

function window(id: string): WindowDefinition {
  return {
    id,
    scope: { customer: customerKey('aurora') },
    startsAt: at(0),
    endsAt: at(1_000),
    reason: 'troca do roteador',
    by: 'ana',
    createdAt: at(0),
  };
}

function silence(id: string): Silence {
  return {
    id,
    scope: { customer: customerKey('aurora'), site: 'matriz', link: 'vivo' },
    startsAt: at(0),
    until: at(1_000),
    by: 'ana',
    reason: 'operadora no poste',
  };
}
