// The `status` command: reads what the running agent left, says first what is wrong, then what it sees. Stands between
// main.ts and core/status.ts. It only reads, asks nothing over the network, and works while the agent hangs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './config.ts';
import { judgeStatus, type Problem, type StatusFound } from './core/status.ts';
import { wordsOf } from './core/text/languages.ts';
import { problemText, statusLines, verdictLines } from './core/text/status-text.ts';
import { readBootId, systemClock } from './shell/boot-id.ts';
import { enrolmentFile } from './shell/identity.ts';
import { processLives } from './shell/process-lives.ts';
import { readStatus } from './shell/status-schema.ts';

type StatusCommand = Extract<Command, { readonly kind: 'status' }>;

/** Gives the exit code: 0 all is well, 1 something is wrong. */
export function tellStatus(command: StatusCommand): number {
  const found = findStatus(command.stateDirectory);
  const status = found.kind === 'found' ? found.status : undefined;
  const now = systemClock(readBootId(status?.written))();
  const judgement = judgeStatus(found, now);
  const words = wordsOf(command.language);
  const { problems, ageMs, old } = judgement;
  const code = problems.length === 0 ? 0 : 1;
  if (command.json) {
    const told = problems.map((problem: Problem) => ({ ...problem, text: problemText(problem, words) }));
    const verdict = code === 0 ? 'fine' : 'attention';
    process.stdout.write(`${JSON.stringify({ verdict, problems: told, ageMs, old, status }, null, 2)}\n`);
    return code;
  }
  const lines = verdictLines(judgement, status, words);
  if (status !== undefined) lines.push('', ...statusLines(status, { now, words, old }));
  process.stdout.write(`${lines.join('\n').trimEnd()}\n`);
  return code;
}

function findStatus(stateDirectory: string): StatusFound {
  const read = readStatus(stateDirectory);
  if (read.ok) {
    return { kind: 'found', status: read.value, processLives: processLives(read.value.pid) };
  }
  const isEnrolled = existsSync(join(stateDirectory, enrolmentFile));
  return { kind: read.failure === 'none' && !isEnrolled ? 'not-enrolled' : read.failure };
}
