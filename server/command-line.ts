// What the command line asks of the server's program: parsed once, all mistakes told together. Reads nothing else.
import { parseArgs } from 'node:util';
import { failure, type Issue } from '../shared/failure.ts';
import { fail, ok, type Result } from '../shared/result.ts';

export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly config?: string; readonly embedded: boolean }
  | {
      readonly kind: 'inventory-import';
      readonly config?: string;
      readonly file: string;
      readonly dryRun: boolean;
    }
  | { readonly kind: 'sign-in-link'; readonly config?: string; readonly name?: string }
  | { readonly kind: 'desk-doctor'; readonly config?: string; readonly probe: boolean }
  | {
      readonly kind: 'dossier-verify';
      readonly file: string;
      /** SHA-256 of the expected key, hex; groups and case do not matter. */
      readonly fingerprint?: string;
    }
  | {
      readonly kind: 'replay';
      readonly config?: string;
      /** Numbers of the journal or instants; absent: its beginning, its end. */
      readonly from?: string;
      readonly to?: string;
      readonly policies?: string;
      readonly json: boolean;
    };

export const usage = `vigia-server: correlates what the agents see and opens the tickets

  vigia-server [--config FILE]                                    run the server
  vigia-server --embedded [--config FILE]                         run it with an agent that watches this machine
  vigia-server inventory import FILE [--dry-run] [--config FILE]  import the inventory into the running server
  vigia-server sign-in-link [--name NAME] [--config FILE]         print a one-time sign-in link of the running server
  vigia-server desk doctor [--probe] [--config FILE]              check the ticket desk of the configuration
  vigia-server dossier verify FILE [--fingerprint HEX]            has an outage dossier been changed since it was signed?
  vigia-server replay [--from WHEN] [--to WHEN] [--policies FILE] [--json] [--config FILE]
                                                                  decide the journal's inputs again; reads only
  vigia-server --help | --version

  --config FILE   vigia.yaml; every key has a default
  --dry-run       only say what the import would change
  --name NAME     whom the link signs in, as timelines will show it (default NOC)
  --probe         also ask the desk whether it takes the credential; without it nothing is sent
  --fingerprint   of the key that must have signed it, as the dossier's page shows it
  --from, --to    a number of the journal or an instant (2026-03-10T14:00:00-03:00), both included; default: all of it
  --policies FILE what would have been different with these policies (YAML, as under "policies" in vigia.yaml);
                  without it: are the recorded decisions still the very same?
  --json          the result for programs

Environment: VIGIA_CONFIG, VIGIA_DATA, VIGIA_LISTEN, VIGIA_LOG override the file. Log: JSON lines on stderr.
Exit codes: 0 done, 1 failed, 2 wrong usage, configuration or inventory, 3 replay: the same policies decide otherwise.`;

const options = {
  config: { type: 'string' },
  embedded: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  name: { type: 'string' },
  probe: { type: 'boolean' },
  fingerprint: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  policies: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;
type OptionName = keyof typeof options;

/** Words of each command, and the options it takes beside --config. */
const commands = [
  { words: [], takes: ['embedded'], wanted: 0 },
  { words: ['inventory', 'import'], takes: ['dry-run'], wanted: 1 },
  { words: ['sign-in-link'], takes: ['name'], wanted: 0 },
  { words: ['desk', 'doctor'], takes: ['probe'], wanted: 0 },
  { words: ['dossier', 'verify'], takes: ['fingerprint'], wanted: 1 },
  { words: ['replay'], takes: ['from', 'to', 'policies', 'json'], wanted: 0 },
] as const satisfies readonly {
  readonly words: readonly string[];
  readonly takes: readonly OptionName[];
  readonly wanted: number;
}[];

/** Fails with `config.invalid` and every mistake. `argv` is without node and script. */
export function parseCommandLine(argv: readonly string[]): Result<CommandLine> {
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  if (values.help === true) return ok({ kind: 'help' });
  if (values.version === true) return ok({ kind: 'version' });
  const issues: Issue[] = [];
  const command = commands.find(({ words }) =>
    words.length === 0 ? positionals.length === 0 : words.every((word, index) => positionals[index] === word),
  );
  if (command === undefined) {
    const message =
      'no such command; wanted: inventory import FILE, sign-in-link, desk doctor, dossier verify FILE, replay, or only options';
    issues.push({ path: positionals.join(' '), message });
  }
  const takes: readonly string[] = [...(command?.takes ?? Object.keys(options)), 'config'];
  for (const token of tokens) {
    if (token.kind === 'option') issues.push(...issuesOfOption(token, takes));
  }
  const rest = positionals.slice(command?.words.length ?? positionals.length);
  const wanted = command?.wanted ?? 0;
  if (rest.length < wanted)
    issues.push({ path: 'FILE', message: `missing; wanted: ${fileOf(command?.words[0])}` });
  for (const word of rest.slice(wanted)) issues.push({ path: word, message: 'one word too many' });
  if (issues.length > 0) {
    return fail(failure('config.invalid', `the command line has ${issues.length} mistake(s)`, { issues }));
  }
  const config = textOf(values.config);
  if (command?.words[0] === 'inventory') {
    return ok({ kind: 'inventory-import', config, file: rest[0] ?? '', dryRun: values['dry-run'] === true });
  }
  if (command?.words[0] === 'sign-in-link') {
    return ok({ kind: 'sign-in-link', config, name: textOf(values.name) });
  }
  if (command?.words[0] === 'desk') {
    return ok({ kind: 'desk-doctor', config, probe: values.probe === true });
  }
  if (command?.words[0] === 'dossier') {
    return ok({ kind: 'dossier-verify', file: rest[0] ?? '', fingerprint: textOf(values.fingerprint) });
  }
  if (command?.words[0] === 'replay') {
    const [from, to, policies] = [textOf(values.from), textOf(values.to), textOf(values.policies)];
    return ok({ kind: 'replay', config, from, to, policies, json: values.json === true });
  }
  return ok({ kind: 'run', config, embedded: values.embedded === true });
}

function fileOf(command: string | undefined): string {
  return command === 'dossier' ? 'the dossier to check' : 'the inventory file';
}

function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
}

function issuesOfOption({ name, rawName, value }: OptionToken, takes: readonly string[]): Issue[] {
  const known = Object.entries(options).find(([option]) => option === name)?.[1];
  if (known === undefined) return [{ path: rawName, message: 'no such option' }];
  if (name !== 'help' && name !== 'version' && !takes.includes(name)) {
    return [{ path: rawName, message: 'this command does not take it' }];
  }
  if (known.type === 'string' && (value === undefined || value === '')) {
    return [{ path: rawName, message: 'wanted: a value after it' }];
  }
  if (known.type === 'boolean' && value !== undefined) {
    return [{ path: rawName, message: `takes no value, given: "${value}"` }];
  }
  return [];
}
