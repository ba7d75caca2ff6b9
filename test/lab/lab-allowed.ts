// Whether the lab may run on this machine. With CI=true it must: then a missing tool is a failure, never a skip.
import { missingForLab } from './namespaces.ts';

/** True when the lab can run. False prints why it is skipped. Throws instead when CI=true. */
export function requireLab(): boolean {
  const missing = missingForLab();
  if (missing === undefined) return true;
  if (process.env.CI === 'true') throw new Error(`with CI=true nothing is skipped: ${missing}`);
  console.error(`lab skipped: ${missing}`);
  return false;
}
