// The part of vigia.yaml about a declarative desk (`desk.kind: http`), and how it meets its profile: what the profile
// wants is given, nothing else is. Must never let a profile go live that lacks something or that nobody has confirmed.
import { z } from 'zod';
import { type Failure, failure, type Issue } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { addressProblem, allowInsecureSchema } from '../http/address.ts';
import { loadProfile, type Profile } from './profile.ts';
import { missingForLive } from './profile-check.ts';
import { asItIs, fill, namesIn } from './template.ts';

export const declarativeConfigSchema = z.strictObject({
  kind: z.literal('http'),
  /** A built-in profile (`mysuite`) or a file, relative to vigia.yaml. */
  profile: z.string().min(1).max(500),
  /** Values of the profile's `vars`. */
  vars: z.record(z.string(), z.string().min(1).max(500)).default({}),
  /** Files with the profile's `secrets`, mode 0600, relative to vigia.yaml. */
  secretFiles: z.record(z.string(), z.string().min(1).max(500)).default({}),
  allowInsecure: allowInsecureSchema,
});
export type DeclarativeSettings = z.output<typeof declarativeConfigSchema>;

export interface DeclarativeConfig {
  readonly kind: 'http';
  readonly profile: Profile;
  readonly vars: Readonly<Record<string, string>>;
  readonly secretFiles: Readonly<Record<string, string>>;
  readonly allowInsecure: boolean;
}

/**
 * For a desk that opens tickets: the profile is read, complete, confirmed, and has all its values. Paths are relative to
 * `folder`. Fails with `config.invalid` and every mistake, each under its path in vigia.yaml or in the profile.
 */
export function readDeclarative(settings: DeclarativeSettings, folder: string): Result<DeclarativeConfig> {
  const profile = loadProfile(settings.profile, folder);
  if (!profile.ok) return profile;
  const missing = missingForLive(profile.value);
  const issues = [...missing, ...mismatches(settings, profile.value)];
  if (issues.length > 0) return fail(notLive(profile.value, missing.length > 0, issues));
  return ok({ ...settings, profile: profile.value });
}

/** What vigia.yaml gives too little or too much for that profile. */
export function mismatches(settings: DeclarativeSettings, profile: Profile): readonly Issue[] {
  const { vars, secretFiles, allowInsecure } = settings;
  const issues = [
    ...compare('desk.vars', vars, profile.vars),
    ...compare('desk.secretFiles', secretFiles, profile.secrets),
  ];
  const complete = namesIn(profile.baseUrl).every((name) => Object.hasOwn(vars, name));
  if (!complete) return issues;
  const base = fill(profile.baseUrl, new Map(Object.entries(vars)), asItIs);
  const problem = URL.canParse(base)
    ? addressProblem(new URL(base), allowInsecure)
    : `"${base}" não é um endereço`;
  return problem === undefined ? issues : [...issues, { path: 'baseUrl', message: problem }];
}

function compare(
  path: string,
  given: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): readonly Issue[] {
  const missing = Object.entries(wanted).filter(([name]) => !Object.hasOwn(given, name));
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(wanted, name));
  return [
    ...missing.map(([name, help]) => ({ path: `${path}.${name}`, message: `falta: ${help}` })),
    ...unknown.map((name) => ({ path: `${path}.${name}`, message: 'o perfil não usa este nome' })),
  ];
}

function notLive({ id, status }: Profile, incomplete: boolean, issues: readonly Issue[]): Failure {
  const advice =
    incomplete || status !== 'confirmed'
      ? '; enquanto isso use a fila manual (desk.kind: manual), e rode "vigia-server desk doctor" para ver o que perguntar ao fornecedor'
      : '';
  const message = `o perfil de central "${id}" ainda não pode abrir chamados: ${issues.length} pendência(s)${advice}`;
  return failure('config.invalid', message, { issues });
}
