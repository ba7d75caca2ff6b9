// People, API tokens and the audit log in memory, for tests. Must behave as the sqlite store does; the contract holds
// them equal.
import type { ApiToken, NumberedDeed, PeopleStore, Person } from '../../ports/people.ts';

export function createMemoryPeopleStore(): PeopleStore {
  const people = new Map<string, Person>();
  const tokens = new Map<string, ApiToken>();
  let deeds: readonly NumberedDeed[] = [];
  let lastDeed = 0;
  let had = false;
  return {
    people: () => [...people.values()].sort((a, b) => (a.login < b.login ? -1 : 1)),
    addPerson: (person) => {
      if (people.has(person.login)) return false;
      people.set(person.login, person);
      had = true;
      return true;
    },
    replacePerson: (person) => {
      if (!people.has(person.login)) return false;
      people.set(person.login, person);
      return true;
    },
    removePerson: (login) => people.delete(login),
    hadPeople: () => had,
    tokens: () => [...tokens.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    addToken: (token) => {
      if ([...tokens.values()].some(({ id, digest }) => id === token.id || digest === token.digest))
        return false;
      tokens.set(token.id, token);
      return true;
    },
    touchToken: (id, lastUsedAt) => {
      const token = tokens.get(id);
      if (token !== undefined) tokens.set(id, { ...token, lastUsedAt });
      return token !== undefined;
    },
    removeToken: (id) => tokens.delete(id),
    record: (deed) => {
      lastDeed += 1;
      const numbered = { ...deed, id: lastDeed };
      deeds = [...deeds, numbered];
      return numbered;
    },
    deeds: ({ limit, before = Number.POSITIVE_INFINITY }) =>
      deeds
        .filter(({ id }) => id < before)
        .reverse()
        .slice(0, limit),
    pruneDeeds: ({ before, rowsMax }) => {
      const young = deeds.filter(({ at }) => at >= before);
      const kept = young.slice(-rowsMax);
      const pruned = { old: deeds.length - young.length, overflow: young.length - kept.length };
      deeds = kept;
      return pruned;
    },
    close: () => {},
  };
}
