// The `enrol` command: one attempt, one clear line, one exit code. Stands between main.ts and shell/enrol.ts.
import type { Command } from './config.ts';
import { enrol } from './shell/enrol.ts';
import { agentVersion } from './version.ts';

/** Gives the exit code: 0 enrolled, 1 failed, 2 the address or the directory's content is wrong. */
export async function enrolHere(command: Extract<Command, { readonly kind: 'enrol' }>): Promise<number> {
  const done = await enrol({ ...command, agentVersion });
  if (done.ok) {
    const { agent, customer, site, host } = done.value;
    process.stdout.write(`enrolled as agent ${agent} on ${customer}/${site}, host ${host}\n`);
    return 0;
  }
  console.error(`not enrolled: ${done.failure.message}`);
  for (const issue of done.failure.issues ?? []) console.error(`  ${issue.path}: ${issue.message}`);
  return done.failure.code === 'config.invalid' ? 2 : 1;
}
