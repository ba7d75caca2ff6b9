// Which values each operation of a profile has: the words that may stand between braces. One table, read by the check at
// the start, by the renderer and by the manual's page.
import type { OperationName } from './profile-schema.ts';

/** Of every operation. `now`: seconds since 1970 at the moment of sending, for signatures. */
export const everywhere = ['now'] as const;

export const namesOf = {
  probe: [],
  create: [
    'incident',
    'marker',
    'key',
    'title',
    'body',
    'priority',
    'queue',
    'customer',
    'site',
    'detectedAt',
    'incidentUrl',
  ],
  find: ['incident', 'marker'],
  read: ['protocol'],
  note: ['protocol', 'key', 'text'],
  close: ['protocol', 'key', 'text'],
  reopen: ['protocol', 'key', 'text'],
  raise: ['protocol', 'priority', 'title'],
} as const satisfies Record<OperationName, readonly string[]>;
