// The open panel as it stands in the address.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { incidentHash, manualHash, routeOf, ticketHash } from '../../../../server/console/route.ts';

test('a link to an incident or a ticket opens exactly that one, whatever its name', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (name) => {
      expect(routeOf(incidentHash(name))).toEqual({ kind: 'incident', id: name });
      expect(routeOf(ticketHash(name))).toEqual({ kind: 'ticket', protocol: name });
    }),
  );
});

test('anything else is the wall', () => {
  for (const hash of ['', '#', '#problems', '#incident=', '#incident=%E0%A4%A', '#host=1']) {
    expect(routeOf(hash)).toEqual({ kind: 'wall' });
  }
});

test('the manual queue has an address of its own', () => {
  expect(routeOf(manualHash)).toEqual({ kind: 'manual' });
  expect(routeOf(`${manualHash}=1`)).toEqual({ kind: 'wall' });
});
