// What every store of people, API tokens and the audit log promises. Each adapter runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiToken, Deed, PeopleStore, Person } from '../../server/ports/people.ts';
import { at } from './samples.ts';
import type { Kept } from './stores.ts';

export function peopleContract(name: string, make: () => Kept<PeopleStore>): void {
  describe(`people on ${name}`, () => {
    let kept: Kept<PeopleStore>;
    let store: PeopleStore;

    beforeEach(() => {
      kept = make();
      store = kept.open();
    });
    afterEach(() => kept.remove());

    it('starts without anybody', () => {
      expect([store.people(), store.tokens(), store.deeds({ limit: 10 }), store.hadPeople()]).toEqual([
        [],
        [],
        [],
        false,
      ]);
    });

    it('refuses a login that is taken and keeps who stood there', () => {
      expect(store.addPerson(person('ana'))).toBe(true);
      expect(store.addPerson({ ...person('ana'), role: 'administrator' })).toBe(false);
      expect(store.people()).toEqual([person('ana')]);
    });

    it('gives back every field after a restart, by login', () => {
      const full: Person = {
        ...person('bia'),
        customers: ['aurora'],
        totp: { secret: 'JBSWY3DP', lastStep: 7, recovery: ['ab'] },
        identity: { issuer: 'https://login.example', subject: 'a-1' },
        lastSignInAt: at(9),
      };
      const { passwordHash: _none, ...without } = person('ana');
      store.addPerson(full);
      store.addPerson(without);
      store = kept.reopen();
      expect(store.people()).toEqual([without, full]);
    });

    it('replaces only who is there', () => {
      expect(store.replacePerson(person('ana'))).toBe(false);
      store.addPerson(person('ana'));
      expect(store.replacePerson({ ...person('ana'), disabled: true })).toBe(true);
      expect(store.people()).toEqual([{ ...person('ana'), disabled: true }]);
    });

    it('knows for ever that there was somebody', () => {
      store.addPerson(person('ana'));
      expect(store.removePerson('ana')).toBe(true);
      expect(store.removePerson('ana')).toBe(false);
      store = kept.reopen();
      expect([store.people(), store.hadPeople()]).toEqual([[], true]);
    });

    it('keeps tokens with their last use, refuses a digest twice, removes once', () => {
      expect(store.addToken(token('t1'))).toBe(true);
      expect(store.addToken(token('t1'))).toBe(false);
      expect(store.addToken({ ...token('t2'), digest: token('t1').digest })).toBe(false);
      const ending: ApiToken = { ...token('t0'), customers: ['aurora'], expiresAt: at(99) };
      expect(store.addToken(ending)).toBe(true);
      expect([store.touchToken('t1', at(5)), store.touchToken('t9', at(5))]).toEqual([true, false]);
      store = kept.reopen();
      expect(store.tokens()).toEqual([ending, { ...token('t1'), lastUsedAt: at(5) }]);
      expect([store.removeToken('t1'), store.removeToken('t1')]).toEqual([true, false]);
      expect(store.tokens()).toEqual([ending]);
    });

    it('gives the audit log newest first, page by page', () => {
      for (let n = 1; n <= 5; n += 1) store.record(deed(n));
      const [newest, second] = store.deeds({ limit: 2 });
      expect([newest?.detail, second?.detail]).toEqual(['5', '4']);
      const rest = store.deeds({ limit: 10, before: second?.id ?? 0 });
      expect(rest.map(({ detail }) => detail)).toEqual(['3', '2', '1']);
      const { via: _none, ...anonymous } = deed(6);
      store.record(anonymous);
      store = kept.reopen();
      expect(store.deeds({ limit: 1 })).toEqual([{ ...anonymous, id: expect.any(Number) }]);
    });

    it('prunes what is old, then what is too much, and never gives an id twice', () => {
      for (let n = 1; n <= 6; n += 1) store.record(deed(n));
      expect(store.pruneDeeds({ before: at(3), rowsMax: 3 })).toEqual({ old: 2, overflow: 1 });
      expect(store.deeds({ limit: 10 }).map(({ detail }) => detail)).toEqual(['6', '5', '4']);
      const last = store.deeds({ limit: 1 })[0]?.id ?? 0;
      store.pruneDeeds({ before: at(1_000), rowsMax: 3 });
      expect(store.record(deed(7)).id).toBeGreaterThan(last);
    });
  });
}

function person(login: string): Person {
  return {
    login,
    name: `Senhora ${login}`,
    role: 'viewer',
    customers: null,
    passwordHash: 'scrypt$15$8$1$c2FsdA$aGFzaA',
    disabled: false,
    createdAt: at(1),
  };
}

function token(id: string): ApiToken {
  const digest = id.padEnd(64, '0');
  return { id, digest, name: 'Grafana', role: 'viewer', customers: null, createdBy: 'ana', createdAt: at(2) };
}

function deed(n: number): Deed {
  return {
    at: at(n),
    by: 'Ana',
    via: 'password',
    action: 'POST /silences',
    object: '/silences',
    detail: String(n),
    address: '192.0.2.1',
  };
}
