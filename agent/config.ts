// What the command line and the environment ask of the agent: parsed once, all mistakes told together. The only file
// of the agent that reads the environment. It must never carry runtime state.
import { parseArgs } from 'node:util';
import { failure, type Issue } from '../shared/failure.ts';
import { fail, ok, type Result } from '../shared/result.ts';
import { type Language, languageOfLocale, languages } from './core/text/languages.ts';
import { readServerOptions, type ServerOptions } from './enrol-options.ts';
import { type ManagerWish, managerWishOf } from './shell/service-manager.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Looks at the agent of this machine, for a person or (`json`) for a program. */
interface LookOptions {
  readonly stateDirectory: string;
  readonly json: boolean;
  readonly language: Language;
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | (LookOptions & { readonly kind: 'status' })
  | (LookOptions & { readonly kind: 'doctor' })
  | (ServerOptions & {
      readonly kind: 'enrol';
      readonly token: string;
      readonly stateDirectory: string;
      readonly logLevel: LogLevel;
    })
  | {
      readonly kind: 'run';
      readonly stateDirectory: string;
      readonly logLevel: LogLevel;
      readonly manager?: ManagerWish;
    };

export const usage = `vigia-agent: watches this site's links and hosts and reports to a Vigia server

  vigia-agent enrol --server URL [--server URL ...] --token TOKEN --state DIR [options]
  vigia-agent run --state DIR
  vigia-agent status --state DIR [--json] [--lang pt|en]
  vigia-agent doctor --state DIR [--json] [--lang pt|en]
  vigia-agent --help | --version

  --server URL            https://host[:port] of the server; up to 4, best first
  --token TOKEN           one-time enrolment token; without it the variable VIGIA_TOKEN counts
  --state DIR             directory for key and spool; made with mode 0700
  --proxy URL             http://host:port of the proxy to the server; none = without one
  --proxy-credentials-file FILE
                          one line user:password for the proxy; it is copied
  --ca-file FILE          PEM of the CA that alone is trusted for the server; it is copied
  --allow-insecure-http   allow http: beyond this machine (test networks only)
  --json                  status, doctor: for programs
  --lang pt|en            status, doctor: language; default by LC_ALL, LANG, else pt

status tells what the running agent sees; doctor looks for itself. Both only read; 1 = something is wrong.
Environment of enrol: HTTPS_PROXY, NO_PROXY where --proxy is not given; kept from then on.
Environment: VIGIA_LOG = ${logLevels.join(' | ')} (default info). Log: JSON lines on stderr.
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.`;

const options = {
  server: { type: 'string', multiple: true },
  token: { type: 'string' },
  state: { type: 'string' },
  proxy: { type: 'string' },
  'proxy-credentials-file': { type: 'string' },
  'ca-file': { type: 'string' },
  'allow-insecure-http': { type: 'boolean' },
  json: { type: 'boolean' },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;
type OptionName = keyof typeof options;

const commandNames = ['enrol', 'run', 'status', 'doctor'] as const;
type CommandName = (typeof commandNames)[number];

const optionsOf: Readonly<Record<CommandName, readonly OptionName[]>> = {
  enrol: ['server', 'token', 'state', 'proxy', 'proxy-credentials-file', 'ca-file', 'allow-insecure-http'],
  run: ['state'],
  status: ['state', 'json', 'lang'],
  doctor: ['state', 'json', 'lang'],
};
/** As the wire's schema of an enrolment wants it. */
const tokenCharsMin = 16;
const tokenCharsMax = 200;

/** Fails with `config.invalid` and every mistake. `argv` is without node and script. */
export function parseCommand(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Result<Command> {
  const issues: Issue[] = [];
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  if (values.help === true) return ok({ kind: 'help' });
  if (values.version === true) return ok({ kind: 'version' });
  const known = commandOf(positionals, issues);
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const issue = issueOfOption(token, known);
    if (issue !== undefined) issues.push(issue);
  }
  const text = (option: OptionName): string | undefined => {
    const value = values[option];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const required = (option: OptionName, wanted: string): string => {
    const value = text(option);
    if (value === undefined) issues.push({ path: `--${option}`, message: `missing; wanted: ${wanted}` });
    return value ?? '';
  };
  const logLevel = parseLogLevel(environment.VIGIA_LOG, issues);
  const stateDirectory = known === undefined ? '' : required('state', 'a directory');
  if (known === 'run') {
    const manager = managerWishOf(environment, process.pid);
    return done(issues, { kind: 'run', stateDirectory, logLevel, manager });
  }
  if (known === 'status' || known === 'doctor') {
    const language = languageFor(text('lang'), environment, issues);
    return done(issues, { kind: known, stateDirectory, json: values.json === true, language });
  }
  if (known === undefined) return done(issues, { kind: 'help' });
  const way = readServerOptions(
    {
      servers: textsOf(values.server, issues),
      allowInsecureHttp: values['allow-insecure-http'] === true,
      proxy: text('proxy'),
      proxyCredentialsFile: text('proxy-credentials-file'),
      caFile: text('ca-file'),
      environment,
    },
    issues,
  );
  // The variable does not show in the list of processes, as an option does.
  const variable = environment.VIGIA_TOKEN ?? '';
  const token = text('token') ?? (variable || required('token', 'the token that the server gave'));
  if (token !== '' && (token.length < tokenCharsMin || token.length > tokenCharsMax)) {
    issues.push({ path: '--token', message: `wanted: ${tokenCharsMin} to ${tokenCharsMax} characters` });
  }
  return done(issues, { kind: 'enrol', ...way, token, stateDirectory, logLevel });
}

function commandOf([name, ...surplus]: readonly string[], issues: Issue[]): CommandName | undefined {
  const known = commandNames.find((each) => each === name);
  const wanted = `wanted: ${commandNames.join(', ')}`;
  if (name === undefined) issues.push({ path: '(command)', message: `missing; ${wanted}` });
  else if (known === undefined) issues.push({ path: name, message: `no such command; ${wanted}` });
  for (const word of surplus) issues.push({ path: word, message: 'one word too many' });
  return known;
}

/** What was asked for, else what the environment's locale names, else Portuguese. */
function languageFor(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  issues: Issue[],
): Language {
  const asked = languages.find((each) => each === given);
  if (given !== undefined && asked === undefined) {
    issues.push({ path: '--lang', message: `"${given}"; wanted: ${languages.join(', ')}` });
  }
  // The first that is set counts, as POSIX has it, also when it names neither language.
  return asked ?? languageOfLocale(environment.LC_ALL || environment.LANG) ?? 'pt';
}

/** Each `--server`. */
function textsOf(values: unknown, issues: Issue[]): readonly string[] {
  const given = Array.isArray(values)
    ? values.filter((value) => typeof value === 'string' && value !== '')
    : [];
  if (given.length === 0) issues.push({ path: '--server', message: 'missing; wanted: https://host[:port]' });
  return given;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string;
}

function issueOfOption(token: OptionToken, command: CommandName | undefined): Issue | undefined {
  const path = token.rawName;
  if (!isOption(token.name)) return { path, message: 'no such option' };
  if (command !== undefined && !optionsOf[command].includes(token.name)) {
    return { path, message: `not an option of ${command}` };
  }
  const wantsValue = options[token.name].type === 'string';
  if (wantsValue && (token.value === undefined || token.value === '')) return undefined;
  if (!wantsValue && token.value !== undefined) return { path, message: 'takes no value' };
  return undefined;
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(options, name);
}

function parseLogLevel(given: string | undefined, issues: Issue[]): LogLevel {
  if (given === undefined || given === '') return 'info';
  const level = logLevels.find((each) => each === given);
  if (level === undefined) {
    issues.push({ path: 'VIGIA_LOG', message: `"${given}"; wanted: ${logLevels.join(', ')}` });
  }
  return level ?? 'info';
}

function done(issues: readonly Issue[], command: Command): Result<Command> {
  if (issues.length === 0) return ok(command);
  return fail(failure('config.invalid', `${issues.length} mistake(s) in the command`, { issues }));
}
