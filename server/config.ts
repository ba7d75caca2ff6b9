// The server's configuration: vigia.yaml, four environment variables, defaults. The only file of the server that reads
// the environment. All mistakes are reported together, each with its path and what is wanted; the result never changes.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type Failure, failure, type Issue } from '../shared/failure.ts';
import { issuesOf } from '../shared/inventory/check.ts';
import { limits } from '../shared/limits.ts';
import { fail, ok, type Result } from '../shared/result.ts';
import type { SlaPolicies } from '../shared/sla-policy.ts';
import { oidcSchema } from './adapters/oidc/settings.ts';
import {
  type AlarmsConfig,
  alarmsSchema,
  type DeadManConfig,
  deadManSchema,
  readAlarms,
} from './alarms-config.ts';
import type { Policy } from './core/policy.ts';
import { type DeskPlan, readDesk } from './desk-kinds.ts';
import { readKnowledge } from './knowledge-files.ts';
import { type ChannelPlan, checkRoutes, readChannels } from './notices-config.ts';
import { type OidcPlan, readOidc } from './oidc.ts';
import { policiesSchema, policyOf } from './policy-config.ts';
import type { KeepDays } from './ports/journal-retention.ts';
import { retentionSchema } from './retention-config.ts';
import { type NoticesSettings, noticesSchema } from './shell/notices/settings.ts';
import { readTemplates } from './ticket-files.ts';

export interface Config {
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls?: { readonly certificate: string; readonly key: string };
  readonly trustedProxy: readonly string[];
  /** Set when plain HTTP is reachable from other machines because the operator said so. */
  readonly insecure: boolean;
  readonly publicUrl?: string;
  /** Absolute. */
  readonly data: string;
  /** Empty: the operator wants no proof of this server's own internet, and the agents judge no link. */
  readonly anchors: readonly string[];
  readonly dns: readonly string[];
  readonly captivePortalUrl: string;
  /** Absolute: where the agents' archives lie. */
  readonly agentPackages: string;
  readonly tellAccounts: boolean;
  /** Under which the agents can reach this server, best first; empty: as they were enrolled. */
  readonly agentAddresses: readonly string[];
  readonly outsideIn: { readonly enabled: boolean };
  readonly desk: DeskPlan;
  readonly alarms: AlarmsConfig;
  readonly deadMan?: DeadManConfig;
  readonly policy: Policy;
  /** Absolute: the operator's own texts of tickets, and his hints for level 1. */
  readonly ticketTemplates?: string;
  readonly knowledge?: string;
  /** Support hours, holidays, targets, escalation, rota. */
  readonly sla: SlaPolicies;
  readonly channels: readonly ChannelPlan[];
  readonly notices: NoticesSettings;
  readonly oidc?: OidcPlan;
  readonly retention: KeepDays;
  readonly logLevel: (typeof logLevels)[number];
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** The part of `process.env` that is read. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigSource {
  /** From `--config`; goes before VIGIA_CONFIG. */
  readonly file?: string;
  readonly environment: Environment;
  /** When neither file nor environment says one; else `info`. */
  readonly logLevel?: Config['logLevel'];
  /** Relative paths of the environment and of a missing file start here. */
  readonly workingDirectory: string;
}

/** The real environment; everything else of the server gets it from here. */
export function processEnvironment(): Environment {
  const { VIGIA_CONFIG, VIGIA_DATA, VIGIA_LISTEN, VIGIA_LOG } = process.env;
  return { VIGIA_CONFIG, VIGIA_DATA, VIGIA_LISTEN, VIGIA_LOG };
}

/** Environment of a child process of this server (the embedded agent): this one's, as it is. */
export function childEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env };
}

/** Fails with `config.invalid` and every mistake. Paths in the file are relative to the file's own folder. */
export function loadConfig(source: ConfigSource): Result<Config> {
  const { environment, workingDirectory } = source;
  const named = source.file ?? nonEmpty(environment.VIGIA_CONFIG);
  const file = named === undefined ? undefined : resolve(workingDirectory, named);
  const raw = file === undefined ? ok({}) : readYaml(file);
  if (!raw.ok) return raw;
  const parsed = configSchema.safeParse(raw.value ?? {});
  const issues: Issue[] = parsed.success ? [] : issuesOf(parsed.error);
  const overrides = readEnvironment(environment, issues);
  const folder = file === undefined ? workingDirectory : dirname(file);
  // Whatever else is wrong: all mistakes are told at once.
  const parts = z
    .looseObject({ desk: z.unknown(), channels: z.unknown() })
    .partial()
    .safeParse(raw.value).data;
  const desk = readDesk(parts?.desk, folder, issues);
  const channels = readChannels(parts?.channels, folder, issues);
  const config =
    parsed.success && desk !== undefined
      ? assemble({
          settings: parsed.data,
          desk,
          channels,
          overrides,
          folder,
          logLevel: source.logLevel,
          issues,
        })
      : undefined;
  if (config === undefined || issues.length > 0) return fail(invalid(issues, file));
  const data = overrides.data === undefined ? config.data : resolve(workingDirectory, overrides.data);
  return ok({ ...config, data });
}

/**
 * Policies alone, for a what-if: what stands under `policies` in a configuration, or a whole configuration of which only
 * that is read. Only the ones named. Fails with `config.invalid` and every mistake.
 */
export function loadPolicies(name: string): Result<Partial<Policy>> {
  const file = resolve(name);
  const raw = readYaml(file);
  if (!raw.ok) return raw;
  const whole = z.looseObject({ policies: z.unknown() }).safeParse(raw.value);
  const parsed = whole.success
    ? configSchema.transform(({ policies }) => policies).safeParse(raw.value)
    : policiesSchema.safeParse(raw.value ?? {});
  if (!parsed.success) return fail(invalid(issuesOf(parsed.error), file));
  const policies = parsed.data.core;
  if (Object.keys(policies).length > 0) return ok(policies);
  const issues = [{ path: 'policies', message: 'names none; wanted: at least one policy to change' }];
  return fail(invalid(issues, file));
}

function invalid(issues: readonly Issue[], file: string | undefined): Failure {
  const where = file === undefined ? 'the environment' : file;
  return failure('config.invalid', `the configuration (${where}) has ${issues.length} mistake(s)`, {
    issues,
  });
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text;
}

/** Fails with `config.invalid`: not readable, not YAML. */
export function readYaml(file: string): Result<unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fail(invalid([{ path: '(file)', message: `cannot be read: ${message}` }], file));
  }
  const document = parseDocument(text, { uniqueKeys: true, version: '1.2' });
  const troubles = [...document.errors, ...document.warnings];
  if (troubles.length > 0) {
    const issues = troubles.map((trouble) => ({
      path: `line ${trouble.linePos?.[0].line ?? '?'}`,
      message: trouble.message.split('\n')[0] ?? trouble.code,
    }));
    return fail(invalid(issues, file));
  }
  try {
    return ok(document.toJS({ maxAliasCount: limits.yamlAliasesMax }));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fail(invalid([{ path: '(file)', message }], file));
  }
}

// ---- the file ----

const addressSchema = z.union([z.ipv4(), z.ipv6()], { error: 'wanted: an IPv4 or IPv6 address' });
const networkSchema = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'wanted: an address or a network such as 10.0.0.0/8',
});
const listenSchema = z.string().transform((text, context) => {
  const listen = parseListen(text);
  if (listen !== undefined) return listen;
  context.addIssue({
    code: 'custom',
    message: `wanted: address:port such as 127.0.0.1:7700 or [::1]:7700, given: "${text}"`,
  });
  return z.NEVER;
});
const webUrl = (wanted: string) =>
  z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), wanted);

/** What an agent takes for an address of its server (`agent/core/server-address.ts`). */
function isAgentAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

const configSchema = z.strictObject({
  listen: listenSchema.default({ host: '127.0.0.1', port: 7700 }),
  tls: z.strictObject({ certFile: z.string().min(1), keyFile: z.string().min(1) }).optional(),
  trustedProxy: z
    .union([networkSchema, z.array(networkSchema).min(1)])
    .transform((given) => (typeof given === 'string' ? [given] : given))
    .optional(),
  allowInsecureListen: z.boolean().default(false),
  publicUrl: webUrl('wanted: a URL such as https://vigia.example.com.br').optional(),
  data: z.string().min(1, 'wanted: a directory').default('./data'),
  anchors: z.array(addressSchema).max(limits.anchorsMax).default(['1.1.1.1', '8.8.8.8', '9.9.9.9']),
  dns: z.array(addressSchema).max(8).default(['1.1.1.1']),
  captivePortalUrl: webUrl('wanted: an http:// address that answers 204').default(
    'http://connectivitycheck.gstatic.com/generate_204',
  ),
  /** LGPD: the account that asked for a planned shutdown is named only if this says so. */
  tellAccounts: z.boolean().default(false),
  agentAddresses: z
    .array(z.string().max(500).refine(isAgentAddress, 'wanted: https://host[:port], without user, ? or #'))
    .max(limits.serverAddressesMax)
    .default([]),
  agentPackages: z.string().min(1, 'wanted: a directory').optional(),
  outsideIn: z.strictObject({ enabled: z.boolean().default(true) }).default({ enabled: true }),
  /** Read by `desk-kinds.ts`: each kind has its own keys and files. */
  desk: z.unknown().optional(),
  alarms: alarmsSchema,
  deadMan: deadManSchema,
  ticketTemplates: z.string().min(1, 'wanted: a directory').optional(),
  knowledge: z.string().min(1, 'wanted: a directory').optional(),
  /** Read by `notices-config.ts`: each kind has its own keys and files. */
  channels: z.unknown().optional(),
  notices: noticesSchema,
  oidc: oidcSchema,
  policies: policiesSchema.prefault({}),
  retention: retentionSchema,
  log: z.enum(logLevels).optional(),
});

/** Where `npm run pack:agent` puts them. */
const packedHere = join(import.meta.dirname, '..', 'dist');

type Settings = z.output<typeof configSchema>;

interface Overrides {
  readonly data?: string;
  readonly listen?: Config['listen'];
  readonly logLevel?: Config['logLevel'];
}

function readEnvironment(environment: Environment, issues: Issue[]): Overrides {
  const listenText = nonEmpty(environment.VIGIA_LISTEN);
  const listen = listenText === undefined ? undefined : parseListen(listenText);
  if (listenText !== undefined && listen === undefined) {
    issues.push({ path: 'VIGIA_LISTEN', message: `wanted: address:port, given: "${listenText}"` });
  }
  const logText = nonEmpty(environment.VIGIA_LOG);
  const logLevel = logLevels.find((level) => level === logText);
  if (logText !== undefined && logLevel === undefined) {
    issues.push({
      path: 'VIGIA_LOG',
      message: `wanted: one of ${logLevels.join(', ')}, given: "${logText}"`,
    });
  }
  return { data: nonEmpty(environment.VIGIA_DATA), listen, logLevel };
}

/** Rules between fields, and the files that fields name. */
function assemble(given: {
  readonly settings: Settings;
  readonly desk: DeskPlan;
  readonly channels: Config['channels'];
  readonly overrides: Overrides;
  readonly folder: string;
  readonly logLevel: Config['logLevel'] | undefined;
  readonly issues: Issue[];
}): Config {
  const { settings, overrides, folder, issues } = given;
  const listen = overrides.listen ?? settings.listen;
  const trustedProxy = settings.trustedProxy ?? [];
  const exposed = settings.tls === undefined && !isLoopback(listen.host);
  if (exposed && trustedProxy.length === 0 && !settings.allowInsecureListen) {
    issues.push({
      path: overrides.listen === undefined ? 'listen' : 'VIGIA_LISTEN',
      message: `"${listen.host}" is reachable from other machines without encryption; wanted: tls (certFile, keyFile), or a loopback address, or trustedProxy, or allowInsecureListen: true for a closed test network`,
    });
  }
  settings.agentAddresses.forEach((address, at) => {
    if (address.startsWith('https:') || settings.allowInsecureListen) return;
    const message = `"${address}" is not encrypted and agents refuse it; wanted: https://host[:port]`;
    issues.push({ path: `agentAddresses.${at}`, message });
  });
  checkRoutes(settings.notices, given.channels, issues);
  return {
    listen,
    tls: readTls(settings, folder, issues),
    trustedProxy,
    insecure: exposed && trustedProxy.length === 0,
    publicUrl: settings.publicUrl?.replace(/\/+$/, ''),
    data: resolve(folder, settings.data),
    anchors: settings.anchors,
    dns: settings.dns,
    captivePortalUrl: settings.captivePortalUrl,
    agentPackages:
      settings.agentPackages === undefined ? packedHere : resolve(folder, settings.agentPackages),
    tellAccounts: settings.tellAccounts,
    agentAddresses: settings.agentAddresses,
    outsideIn: settings.outsideIn,
    desk: given.desk,
    alarms: readAlarms(settings.alarms, folder, issues),
    deadMan: settings.deadMan,
    ...readTicketFolders(settings, folder, issues),
    policy: policyOf(settings.policies.core, issues),
    sla: settings.policies.sla,
    channels: given.channels,
    notices: settings.notices,
    oidc: readOidc(settings.oidc, { publicUrl: settings.publicUrl, folder, issues }),
    retention: settings.retention,
    logLevel: overrides.logLevel ?? settings.log ?? given.logLevel ?? 'info',
  };
}

/** Read here for their mistakes alone; `ticket-settings.ts` reads them again while the server runs. */
function readTicketFolders(
  { ticketTemplates, knowledge }: Settings,
  folder: string,
  issues: Issue[],
): Pick<Config, 'ticketTemplates' | 'knowledge'> {
  const folders = {
    ticketTemplates: ticketTemplates === undefined ? undefined : resolve(folder, ticketTemplates),
    knowledge: knowledge === undefined ? undefined : resolve(folder, knowledge),
  };
  readTemplates(folders.ticketTemplates, issues);
  if (folders.knowledge !== undefined) readKnowledge(folders.knowledge, issues);
  return folders;
}

function readTls({ tls }: Settings, folder: string, issues: Issue[]): Config['tls'] {
  if (tls === undefined) return undefined;
  const read = (name: string, key: 'certFile' | 'keyFile'): string => {
    try {
      return readFileSync(resolve(folder, name), 'utf8');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      issues.push({ path: `tls.${key}`, message: `wanted: a readable PEM file; ${reason}` });
      return '';
    }
  };
  return { certificate: read(tls.certFile, 'certFile'), key: read(tls.keyFile, 'keyFile') };
}

/** `127.0.0.1:7700`, `[::1]:7700`, `localhost:7700`. Port 0 asks the system for a free one. */
function parseListen(text: string): Config['listen'] | undefined {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):([0-9]{1,5})$/.exec(text.trim());
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3]);
  if (host === undefined || port > 65_535) return undefined;
  return isIP(host) !== 0 || host === 'localhost' ? { host, port } : undefined;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** How this machine reaches the address that the server listens on. */
export function localUrl({ host, port }: Config['listen'], tls: boolean): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${tls ? 'https' : 'http'}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
