// The kinds of desks: the part `desk` of vigia.yaml becomes a plan of how to open one, with its secrets read. A new kind is
// one line in the table here. Used by `config.ts` and the command `desk doctor`; opens nothing and sends nothing itself.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Issue } from '../shared/failure.ts';
import { issuesOf } from '../shared/inventory/check.ts';
import { limits } from '../shared/limits.ts';
import { createDeclarativeClient } from './adapters/desks/declarative/client.ts';
import {
  type DeclarativeSettings,
  declarativeConfigSchema,
  readDeclarative,
} from './adapters/desks/declarative/config.ts';
import { createGlpiClient } from './adapters/desks/glpi/client.ts';
import { glpiConfigSchema } from './adapters/desks/glpi/config.ts';
import { createJiraClient } from './adapters/desks/jira/client.ts';
import { jiraConfigSchema } from './adapters/desks/jira/config.ts';
import { type LocalDeskConfig, localDeskConfigSchema } from './adapters/desks/local/config.ts';
import { type ManualDeskConfig, manualConfigSchema } from './adapters/desks/manual/config.ts';
import { createMovideskClient } from './adapters/desks/movidesk/client.ts';
import { movideskConfigSchema } from './adapters/desks/movidesk/config.ts';
import { createRedmineClient } from './adapters/desks/redmine/client.ts';
import { redmineConfigSchema } from './adapters/desks/redmine/config.ts';
import { createRequestTrackerClient } from './adapters/desks/request-tracker/client.ts';
import { requestTrackerConfigSchema } from './adapters/desks/request-tracker/config.ts';
import { createWebhookClient } from './adapters/desks/webhook/client.ts';
import { webhookDeskConfigSchema } from './adapters/desks/webhook/config.ts';
import { createZammadClient } from './adapters/desks/zammad/client.ts';
import { zammadConfigSchema } from './adapters/desks/zammad/config.ts';
import type { Clock } from './ports/clock.ts';
import type { DeskClient } from './ports/desk-client.ts';
import { type OnUncertain, onUncertainWords } from './shell/desk/turn.ts';

/** How the desk of this configuration comes to be. */
export type DeskPlan =
  | { readonly kind: 'local'; readonly config: LocalDeskConfig }
  | { readonly kind: 'manual'; readonly config: ManualDeskConfig }
  /** Somebody else's program, spoken to by a client under `shell/desk/delivery.ts`. */
  | {
      readonly kind: 'outside';
      /** As the configuration names it: `redmine`. */
      readonly name: string;
      readonly onUncertain: OnUncertain;
      readonly openClient: (given: ClientGiven) => DeskClient;
    };

export interface ClientGiven {
  readonly clock: Clock;
  readonly fetch?: typeof globalThis.fetch;
  /** Characters that the desk's charset lacks were written as others (declarative desks only). */
  readonly onReplaced?: (characters: readonly string[]) => void;
}

type OpenClient = (given: ClientGiven) => DeskClient;
/** The contents of a secret's file; of no file: undefined. */
type ReadSecret = <F extends string | undefined>(file: F, path: string) => F extends string ? string : F;

interface Kind {
  readonly read: (raw: unknown, parts: Reading) => OpenClient | undefined;
}

interface Reading {
  readonly secret: ReadSecret;
  readonly folder: string;
  readonly issues: Issue[];
}

const kinds: Readonly<Record<string, Kind>> = {
  webhook: kind(webhookDeskConfigSchema, (config, { secret }) => {
    const secrets = { secret: secret(config.secretFile, 'secretFile') };
    return (given) => createWebhookClient({ ...given, config, secrets });
  }),
  'request-tracker': kind(requestTrackerConfigSchema, (config, { secret }) => {
    const token = secret(config.tokenFile, 'tokenFile');
    const webhookSecret = secret(config.webhookSecretFile, 'webhookSecretFile');
    return (given) => createRequestTrackerClient({ ...given, config, secrets: { token, webhookSecret } });
  }),
  redmine: kind(redmineConfigSchema, (config, { secret }) => {
    const apiKey = secret(config.apiKeyFile, 'apiKeyFile');
    const webhookSecret = secret(config.webhookSecretFile, 'webhookSecretFile');
    return (given) => createRedmineClient({ ...given, config, secrets: { apiKey, webhookSecret } });
  }),
  glpi: kind(glpiConfigSchema, (config, { secret }) => {
    const userToken = secret(config.userTokenFile, 'userTokenFile');
    const appToken = secret(config.appTokenFile, 'appTokenFile');
    const webhookSecret = secret(config.webhookSecretFile, 'webhookSecretFile');
    return (given) => createGlpiClient({ ...given, config, secrets: { userToken, appToken, webhookSecret } });
  }),
  zammad: kind(zammadConfigSchema, (config, { secret }) => {
    const token = secret(config.tokenFile, 'tokenFile');
    const webhookSecret = secret(config.webhookSecretFile, 'webhookSecretFile');
    return (given) => createZammadClient({ ...given, config, secrets: { token, webhookSecret } });
  }),
  jira: kind(jiraConfigSchema, (config, { secret }) => {
    const token = secret(config.tokenFile, 'tokenFile');
    const webhookSecret = secret(config.webhookSecretFile, 'webhookSecretFile');
    return (given) => createJiraClient({ ...given, config, secrets: { token, webhookSecret } });
  }),
  movidesk: kind(movideskConfigSchema, (config, { secret }) => {
    const token = secret(config.tokenFile, 'tokenFile');
    const webhookToken = secret(config.webhookTokenFile, 'webhookTokenFile');
    return (given) => createMovideskClient({ ...given, config, secrets: { token, webhookToken } });
  }),
  http: kind(declarativeConfigSchema, (settings, { secret, folder, issues }) => {
    const secrets = declarativeSecrets(settings, secret);
    const config = readDeclarative(settings, folder);
    if (config.ok) return (given) => createDeclarativeClient({ ...given, config: config.value, secrets });
    const { message, issues: found = [] } = config.failure;
    issues.push({ path: 'desk.profile', message }, ...found);
    return undefined;
  }),
};

export const deskKinds: readonly string[] = ['local', 'manual', 'mysuite', ...Object.keys(kinds)];

/** `kind: mysuite` is the declarative desk with that profile. */
export function withoutAlias(raw: unknown): unknown {
  const named = z.looseObject({ kind: z.literal('mysuite') }).safeParse(raw);
  return named.success ? { profile: 'mysuite', ...named.data, kind: 'http' } : raw;
}

/**
 * `given` is what stands under `desk`; relative paths start in `folder`. Mistakes are added to `issues`, each with its path;
 * undefined when there were any.
 */
export function readDesk(given: unknown, folder: string, issues: Issue[]): DeskPlan | undefined {
  const raw = withoutAlias(given);
  const named = z.looseObject({ kind: z.string() }).safeParse(raw ?? { kind: 'local' });
  const name = named.success ? named.data.kind : undefined;
  if (name === 'local') return plain(localDeskConfigSchema, raw ?? { kind: 'local' }, issues, 'local');
  if (name === 'manual') return plain(manualConfigSchema, raw, issues, 'manual');
  const known = name !== undefined && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (name === undefined || known === undefined) {
    const message = `wanted: one of ${deskKinds.join(', ')}, given: ${JSON.stringify(name ?? null)}`;
    issues.push({ path: 'desk.kind', message });
    return undefined;
  }
  const before = issues.length;
  const { onUncertain, own } = splitUncertain(raw, issues);
  const openClient = known.read(own, { secret: secretReader(folder, issues), folder, issues });
  return openClient === undefined || issues.length > before
    ? undefined
    : { kind: 'outside', name, onUncertain, openClient };
}

const uncertainSchema = z
  .enum(onUncertainWords, { error: `wanted: one of ${onUncertainWords.join(', ')}` })
  .default('hold');

/**
 * What every desk of somebody else's has, and the kind's own keys. Two tickets for one outage are worse than one that a
 * person has to look for: `hold` unless told otherwise.
 */
export function splitUncertain(
  raw: unknown,
  issues: Issue[],
): { readonly onUncertain: OnUncertain; readonly own: unknown } {
  const named = z.looseObject({ onUncertain: z.unknown() }).safeParse(raw);
  if (!named.success) return { onUncertain: 'hold', own: raw };
  const { onUncertain: given, ...own } = named.data;
  const parsed = uncertainSchema.safeParse(given);
  if (parsed.success) return { onUncertain: parsed.data, own };
  for (const { message } of issuesOf(parsed.error)) issues.push({ path: 'desk.onUncertain', message });
  return { onUncertain: 'hold', own };
}

type PlainPlan<K, C> = { readonly kind: K; readonly config: C };

function plain<K extends 'local' | 'manual', C>(
  schema: z.ZodType<C>,
  raw: unknown,
  issues: Issue[],
  kindName: K,
): PlainPlan<K, C> | undefined {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { kind: kindName, config: parsed.data };
  issues.push(...issuesOf(parsed.error).map(underDesk));
  return undefined;
}

function kind<C>(schema: z.ZodType<C>, read: (config: C, parts: Reading) => OpenClient | undefined): Kind {
  return {
    read: (raw, parts) => {
      const parsed = schema.safeParse(raw);
      if (parsed.success) return read(parsed.data, parts);
      parts.issues.push(...issuesOf(parsed.error).map(underDesk));
      readFiles(raw, parts);
      return undefined;
    },
  };
}

/** For their mistakes alone: whoever mends the keys shall not find wrong files at the next start. */
function readFiles(raw: unknown, { secret }: Reading): void {
  for (const [key, file] of Object.entries(z.looseObject({}).safeParse(raw).data ?? {})) {
    if (key.endsWith('File') && typeof file === 'string' && file !== '') secret(file, key);
  }
}

function underDesk({ path, message }: Issue): Issue {
  return { path: `desk.${path}`, message };
}

function declarativeSecrets({ secretFiles }: DeclarativeSettings, secret: ReadSecret) {
  const entries = Object.entries(secretFiles);
  return Object.fromEntries(entries.map(([name, file]) => [name, secret(file, `secretFiles.${name}`)]));
}

/** Secrets by which anybody on the internet may make the desk's events believed. */
const proving: ReadonlySet<string> = new Set(['secretFile', 'webhookSecretFile', 'webhookTokenFile']);

function secretReader(folder: string, issues: Issue[]): ReadSecret {
  const read = (name: string, key: string): string => {
    const path = `desk.${key}`;
    try {
      const file = resolve(folder, name);
      const facts = statSync(file);
      const { mode } = facts;
      // A device or pipe has no end.
      if (!facts.isFile() || facts.size > limits.smallBodyBytesMax) {
        issues.push({ path, message: `"${name}" is no file of a secret` });
        return '';
      }
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
        issues.push({ path, message: `others can read "${name}"; wanted: mode 0600` });
      }
      const secret = readFileSync(file, 'utf8').trim();
      if (secret === '') issues.push({ path, message: `"${name}" is empty; wanted: the secret` });
      else if (proving.has(key) && secret.length < limits.deskSecretCharsMin) {
        const wanted = `wanted: ${limits.deskSecretCharsMin} characters at least, drawn at random`;
        issues.push({ path, message: `"${name}" can be guessed; ${wanted}` });
      }
      return secret;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      issues.push({ path, message: `wanted: a readable file; ${reason}` });
      return '';
    }
  };
  // The cast is the conditional type's: a file gives its text, no file gives undefined.
  return ((file: string | undefined, key: string) =>
    file === undefined ? undefined : read(file, key)) as ReadSecret;
}
