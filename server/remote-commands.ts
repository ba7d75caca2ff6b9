// Commands that speak to the running server on this machine: through its own API, with the administrator's token from
// its data directory. They change nothing by themselves, so that every rule of the API holds for them too.
import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { z } from 'zod';
import { failure, type Issue } from '../shared/failure.ts';
import { fail, ok, type Result } from '../shared/result.ts';
import { second } from '../shared/time.ts';
import type { CommandLine } from './command-line.ts';
import { type Config, loadConfig, localUrl, processEnvironment } from './config.ts';
import { refused } from './refused.ts';
import { readAdminToken } from './shell/http/access/admin-token.ts';

type Command<K extends CommandLine['kind']> = Extract<CommandLine, { readonly kind: K }>;

const countsSchema = z.object({
  created: z.number(),
  updated: z.number(),
  retired: z.number(),
  unchanged: z.number(),
});
const importSchema = countsSchema.extend({
  kinds: z.record(z.string(), countsSchema),
  items: z.array(z.object({ kind: z.string(), id: z.string(), change: z.string() })),
});

/** Gives the exit code: 0 imported (or would be), 1 no server or refused, 2 the file has mistakes, all listed. */
export async function importInventory(command: Command<'inventory-import'>): Promise<number> {
  let body: string;
  try {
    body = readFileSync(command.file, 'utf8');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return refused(failure('inventory.invalid', `${command.file} cannot be read: ${message}`));
  }
  const answer = await ask(command.config, {
    method: 'PUT',
    path: `/api/v1/inventory?dryRun=${command.dryRun}`,
    type: command.file.endsWith('.json') ? 'application/json' : 'application/yaml',
    body,
  });
  if (!answer.ok) return refused(answer.failure);
  const done = importSchema.parse(answer.value);
  for (const { change, kind, id } of done.items) process.stdout.write(`${change.padEnd(8)} ${kind} ${id}\n`);
  const { created, updated, retired, unchanged } = done;
  const what = command.dryRun ? 'would be' : 'are';
  process.stdout.write(
    `${what}: ${created} created, ${updated} updated, ${retired} retired, ${unchanged} unchanged\n`,
  );
  return 0;
}

/** Prints the link alone on one line, so that scripts can read it. */
export async function printSignInLink(command: Command<'sign-in-link'>): Promise<number> {
  const answer = await ask(command.config, {
    method: 'POST',
    path: '/api/v1/sign-in-links',
    type: 'application/json',
    body: JSON.stringify(command.name === undefined ? {} : { name: command.name }),
  });
  if (!answer.ok) return refused(answer.failure);
  process.stdout.write(`${z.object({ url: z.string() }).parse(answer.value).url}\n`);
  return 0;
}

interface Question {
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

async function ask(configFile: string | undefined, question: Question): Promise<Result<unknown>> {
  const config = loadConfig({
    file: configFile,
    environment: processEnvironment(),
    workingDirectory: process.cwd(),
  });
  if (!config.ok) return config;
  const token = readAdminToken(config.value.data);
  if (!token.ok) {
    if (token.failure.code !== 'not-found') return token;
    const message = `${token.failure.message}: no server has run with this data directory; start it first, or name its configuration with --config`;
    return fail(failure('unavailable', message));
  }
  const answer = await send(config.value, token.value, question);
  return answer.ok ? readAnswer(answer.value) : answer;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const answerMs = 120 * second;

function send(
  config: Config,
  token: string,
  { method, path, type, body }: Question,
): Promise<Result<Answer>> {
  const base = localUrl(config.listen, config.tls !== undefined);
  const { promise, resolve } = Promise.withResolvers<Result<Answer>>();
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
  };
  // The certificate names the public host, not this machine's loopback: it is trusted as the very one in the file.
  const pinned = { ca: config.tls?.certificate, checkServerIdentity: () => undefined };
  const options = { method, headers, timeout: answerMs };
  const url = `${base}${path}`;
  const request =
    config.tls === undefined ? plainRequest(url, options) : tlsRequest(url, { ...options, ...pinned });
  request.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      resolve(ok({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
    });
    response.on('error', (error) => resolve(fail(noServer(base, error))));
  });
  request.on('timeout', () => request.destroy(new Error(`no answer within ${answerMs / second} s`)));
  request.on('error', (error) => resolve(fail(noServer(base, error))));
  request.end(body);
  return promise;
}

function noServer(base: string, error: Error) {
  const reason = error.message === '' && 'code' in error ? String(error.code) : error.message;
  return failure('unavailable', `no Vigia server answers at ${base} (${reason}); start it first`, {
    retryable: true,
  });
}

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })),
  }),
});

function readAnswer({ status, text }: Answer): Result<unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return fail(failure('unavailable', `something else than a Vigia server answered (status ${status})`));
  }
  if (status < 300) return ok(parsed);
  const told = errorSchema.safeParse(parsed);
  if (!told.success) return fail(failure('unavailable', `the server answered with status ${status}`));
  const { code, message, issues } = told.data.error;
  const known: readonly Issue[] = issues;
  const ours = code === 'inventory.invalid' ? 'inventory.invalid' : 'unavailable';
  return fail(failure(ours, message, { issues: known }));
}
