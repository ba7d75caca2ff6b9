// Is there a process of this number? A number may have gone to another program since, so it is a hint beside the age of
// what the process wrote, never a proof.
import { errorCodeOf } from './errors.ts';

export function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process lives too; it only may not be signalled.
    return errorCodeOf(error) === 'EPERM';
  }
}
