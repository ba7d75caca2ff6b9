// Renders every operation of a profile as it would be sent, without sending: what `desk doctor` shows. Secrets, and
// whatever is computed from them, appear by name only. Must never need, read or show a real secret.
import { ok, type Result } from '../../../../shared/result.ts';
import { decodeText } from './charset.ts';
import { everywhere, namesOf } from './names.ts';
import type { Profile } from './profile.ts';
import { templatesOf } from './profile-check.ts';
import { type Computed, type OperationName, operationNames } from './profile-schema.ts';
import { type Rendered, render } from './render.ts';
import { namesIn } from './template.ts';

export interface DryRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded; absent: no body. */
  readonly body?: string;
  readonly replaced: readonly string[];
}

export type DryRun = readonly {
  readonly name: OperationName;
  /** Undefined: the profile does not have it. */
  readonly request: Result<DryRequest> | undefined;
}[];

/** What a real incident would give, with everything that is hard about text. */
const samples: Readonly<Record<string, string>> = {
  incident: 'inc-4711-0',
  marker: '[VIGIA-inc-4711-0]',
  key: 'inc-4711-0:open',
  title: 'Padaria Aurora, Matriz (São Paulo): link principal fora do ar [VIGIA-inc-4711-0]',
  body: 'São Paulo - ação, 3º andar',
  text: 'Normalizado às 14h.\n\n[vigia:inc-4711-0:note:1]',
  customer: 'aurora',
  site: 'matriz',
  detectedAt: '2026-11-22T12:00:00.000Z',
  incidentUrl: 'https://vigia.exemplo.com.br/incidents/inc-4711-0',
  protocol: '4711',
  now: '1795348800',
};

/** `vars` may be incomplete: what is missing reads `PREENCHER-<name>`. */
export function dryRun(profile: Profile, vars: Readonly<Record<string, string>>): DryRun {
  const { maps } = profile;
  const values = new Map<string, string>();
  for (const name of new Set([...everywhere, ...Object.values(namesOf).flat()])) {
    values.set(name, samples[name] ?? `PREENCHER-${name}`);
  }
  values.set('priority', maps.priority.critical === '' ? 'PREENCHER-priority' : maps.priority.critical);
  values.set('queue', maps.queue.default === '' ? 'PREENCHER-queue' : maps.queue.default);
  for (const name of Object.keys(profile.vars)) values.set(name, vars[name] ?? `PREENCHER-${name}`);
  for (const name of Object.keys(profile.secrets)) values.set(name, covered(name));
  const tainted = taintedNames(profile);
  return operationNames.map((name) => {
    if (profile.operations[name] === null) return { name, request: undefined };
    const known = [
      ...everywhere,
      ...namesOf[name],
      ...Object.keys(profile.vars),
      ...Object.keys(profile.secrets),
    ];
    const rendered = render({
      profile,
      name,
      values: new Map(known.map((each) => [each, values.get(each) ?? ''])),
      cover: (computed) => (tainted.has(computed) ? covered(computed) : undefined),
    });
    return { name, request: rendered.ok ? ok(shown(rendered.value, profile)) : rendered };
  });
}

function covered(name: string): string {
  return `***${name}***`;
}

/** Computed values that contain a secret, at any distance. */
function taintedNames({ secrets, computed }: Profile): ReadonlySet<string> {
  const tainted = new Set<string>(Object.keys(secrets));
  const uses = (each: Computed): readonly string[] => templatesOf(each).flatMap(namesIn);
  for (const [name, each] of Object.entries(computed)) {
    if (uses(each).some((used) => tainted.has(used))) tainted.add(name);
  }
  return tainted;
}

function shown({ method, url, headers, body, replaced }: Rendered, { charset }: Profile): DryRequest {
  const request = { method, url: url.href, headers, replaced };
  if (body === undefined) return request;
  return { ...request, body: decodeText(body, charset) ?? '' };
}
