// Runs the suite of desk clients on the fake that belongs to no maker, in the shapes that real desks have: so that suite
// and fake are held against each other before an adapter leans on either.
import type { DeskCapabilities } from '../../server/ports/desk-client.ts';
import { second } from '../../shared/time.ts';
import { createGenericDesk, fullCapabilities } from '../fakes/desks/generic.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { deskClientContract } from './desk-client.contract.ts';
import { at } from './samples.ts';

const shapes: readonly [string, Partial<DeskCapabilities>][] = [
  ['generic, everything', {}],
  ['generic, marker that lags', { externalId: 'marker', search: { kind: 'lagging', lagMs: 30 * second } }],
  ['generic, knows its keys again', { idempotent: true }],
  [
    'generic, little more than a letter box',
    {
      externalId: 'none',
      search: { kind: 'none' },
      read: false,
      readsNotes: false,
      notes: false,
      close: false,
      reopen: false,
      raise: false,
    },
  ],
];

for (const [name, more] of shapes) {
  const capabilities = { ...fullCapabilities, ...more };
  deskClientContract(name, capabilities, async () => {
    const desk = createGenericDesk({ clock: createManualClock(at(0)), capabilities });
    return { client: desk.client, server: desk.control, stop: async () => {} };
  });
}
