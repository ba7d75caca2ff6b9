// What the command line and the environment ask of the agent: parsed once, all mistakes told together. The only file
// of the agent that reads the environment. It must never carry runtime state.
import { parseArgs } from 'node:util';
import { failure, type Issue } from '../shared/failure.ts';
import { fail, ok, type Result } from '../shared/result.ts';
import { parseServerAddress } from './shell/server-address.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'enrol';
      readonly server: string;
      readonly token: string;
      readonly stateDirectory: string;
      readonly allowInsecureHttp: boolean;
      readonly logLevel: LogLevel;
    }
  | { readonly kind: 'run'; readonly stateDirectory: string; readonly logLevel: LogLevel };

export const usage = `vigia-agent: watches this site's links and hosts and reports to a Vigia server

  vigia-agent enrol --server URL --token TOKEN --state DIR [--allow-insecure-http]
  vigia-agent run --state DIR
  vigia-agent --help | --version

  --server URL            https://host[:port] of the server
  --token TOKEN           one-time enrolment token
  --state DIR             directory for key and spool; made with mode 0700
  --allow-insecure-http   allow http: beyond this machine (test networks only)

Environment: VIGIA_LOG = ${logLevels.join(' | ')} (default info). Log: JSON lines on stderr.
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.`;

const options = {
  server: { type: 'string' },
  token: { type: 'string' },
  state: { type: 'string' },
  'allow-insecure-http': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;
type OptionName = keyof typeof options;

const optionsOf: Readonly<Record<'enrol' | 'run', readonly OptionName[]>> = {
  enrol: ['server', 'token', 'state', 'allow-insecure-http'],
  run: ['state'],
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
  const [name, ...surplus] = positionals;
  const known = name === 'enrol' || name === 'run' ? name : undefined;
  if (name === undefined) issues.push({ path: '(command)', message: 'missing; wanted: enrol or run' });
  else if (known === undefined) issues.push({ path: name, message: 'no such command; wanted: enrol or run' });
  for (const word of surplus) issues.push({ path: word, message: 'one word too many' });
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
  if (known === 'run') return done(issues, { kind: 'run', stateDirectory, logLevel });
  if (known === undefined) return done(issues, { kind: 'help' });
  const allowInsecureHttp = values['allow-insecure-http'] === true;
  const server = required('server', 'https://host[:port]');
  if (server !== '') {
    const address = parseServerAddress(server, allowInsecureHttp);
    if (!address.ok) issues.push({ path: '--server', message: address.failure.message });
  }
  const token = required('token', 'the token that the server gave');
  if (token !== '' && (token.length < tokenCharsMin || token.length > tokenCharsMax)) {
    issues.push({ path: '--token', message: `wanted: ${tokenCharsMin} to ${tokenCharsMax} characters` });
  }
  return done(issues, { kind: 'enrol', server, token, stateDirectory, allowInsecureHttp, logLevel });
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string;
}

function issueOfOption(token: OptionToken, command: 'enrol' | 'run' | undefined): Issue | undefined {
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
