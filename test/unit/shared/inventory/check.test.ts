// Dependencies in the inventory: circles are refused and named whole, each once; chains of any length are fine.
import { describe, expect, it } from 'vitest';
import { checkInventory } from '../../../../shared/inventory/check.ts';

/** Hosts as `key` or `key<parent`. */
function inventory(...hosts: readonly string[]): unknown {
  return {
    version: 1,
    customers: [
      {
        key: 'aurora',
        name: 'Padaria Aurora',
        cnpj: '11.222.333/0001-81',
        plan: 'PRO',
        sites: [
          {
            key: 'matriz',
            name: 'Matriz',
            city: 'São Paulo',
            state: 'SP',
            hosts: hosts.map((text) => {
              const [key, parent] = text.split('<');
              return { key, name: key, ...(parent === undefined ? {} : { parent }) };
            }),
          },
        ],
      },
    ],
  };
}

function issuesOf(...hosts: readonly string[]): readonly (readonly [string, string])[] {
  const checked = checkInventory(inventory(...hosts));
  if (checked.ok) return [];
  return (checked.failure.issues ?? []).map(({ path, message }) => [
    path.replace('customers[0].sites[0].', ''),
    message,
  ]);
}

describe('inventory: parents', () => {
  it('a chain of switch, hypervisor and guests is taken', () => {
    expect(issuesOf('sw', 'hiper<sw', 'vm-1<hiper', 'vm-2<hiper', 'vm-3<vm-2')).toEqual([]);
  });

  it('a circle is refused once, at its first host, with every host on it', () => {
    expect(issuesOf('a<c', 'b<a', 'c<b')).toEqual([
      ['hosts[0].parent', 'the parents form a circle: a -> c -> b -> a'],
    ]);
  });

  it('a host behind itself is a circle', () => {
    expect(issuesOf('a<a')).toEqual([['hosts[0].parent', 'the parents form a circle: a -> a']]);
  });

  it('what hangs on a circle is not blamed for it, and two circles are two mistakes', () => {
    expect(issuesOf('x<a', 'a<b', 'b<a', 'c<d', 'd<c').map(([path]) => path)).toEqual([
      'hosts[1].parent',
      'hosts[3].parent',
    ]);
  });

  it('a parent that does not exist is named', () => {
    expect(issuesOf('a<nobody')).toEqual([['hosts[0].parent', '"nobody" is no host of this site']]);
  });
});
