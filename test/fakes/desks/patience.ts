// How long the desk clients of the contract suite wait for an answer: long, so that a slow machine fails nothing; short only
// while a hanging desk is tried. Read by each suite when it makes its client.
import { second } from '../../../shared/time.ts';

export const patience = { callMs: 20 * second };

/** Makes what waits only a little, e.g. for a desk that hangs on purpose. */
export async function impatient<T>(make: () => Promise<T>): Promise<T> {
  const usual = patience.callMs;
  patience.callMs = 300;
  try {
    return await make();
  } finally {
    patience.callMs = usual;
  }
}
