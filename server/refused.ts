// How the server's commands say no on a terminal: one line, then every mistake with its path; and with which exit code.
import type { Failure } from '../shared/failure.ts';

/** 2 = what was given is wrong, 1 = it failed. */
export function refused(failed: Failure): number {
  console.error(`vigia-server: ${failed.message}`);
  for (const issue of failed.issues ?? []) console.error(`  ${issue.path}: ${issue.message}`);
  return failed.code === 'config.invalid' || failed.code === 'inventory.invalid' ? 2 : 1;
}
