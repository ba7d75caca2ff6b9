// Reads a profile: a built-in one by its name, or a file of the operator's. Checks shape and rules together, so that one
// look at the message is enough to put all of it right. Must never give back a profile with a mistake in it.
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { type Failure, failure, type Issue } from '../../../../shared/failure.ts';
import { issuesOf } from '../../../../shared/inventory/check.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { mistakesOf } from './profile-check.ts';
import { type ProfileDocument, profileSchema } from './profile-schema.ts';

/** Checked: every name, path and rule in it holds together. */
export type Profile = ProfileDocument;

const builtIn = new Set(['mysuite']);
const builtInFolder = join(import.meta.dirname, 'profiles');

/**
 * `named`: a built-in profile (`mysuite`) or a path, relative to `folder`. Fails with `config.invalid` and every mistake.
 */
export function loadProfile(named: string, folder: string): Result<Profile> {
  const file = builtIn.has(named)
    ? join(builtInFolder, `${named}.yaml`)
    : isAbsolute(named)
      ? named
      : resolve(folder, named);
  let text: string;
  try {
    // Not a file: a device or pipe would have no size and no end.
    const facts = statSync(file);
    if (!facts.isFile() || facts.size > limits.deskProfileBytesMax) {
      return fail(invalid(named, [{ path: '(file)', message: 'não é um arquivo, ou é grande demais' }]));
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(invalid(named, [{ path: '(file)', message: `não pode ser lido: ${reason}` }]));
  }
  return parseProfile(text, named);
}

/** `named` appears in the message only. */
export function parseProfile(text: string, named: string): Result<Profile> {
  const document = parseDocument(text, { uniqueKeys: true, version: '1.2' });
  const troubles = [...document.errors, ...document.warnings];
  if (troubles.length > 0) {
    const issues = troubles.map((trouble) => ({
      path: `linha ${trouble.linePos?.[0].line ?? '?'}`,
      message: trouble.message.split('\n')[0] ?? trouble.code,
    }));
    return fail(invalid(named, issues));
  }
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: limits.yamlAliasesMax });
  } catch (error) {
    // The parser's own guard against aliases that multiply.
    const message = error instanceof Error ? error.message : String(error);
    return fail(invalid(named, [{ path: '(file)', message }]));
  }
  const parsed = profileSchema.safeParse(raw);
  if (!parsed.success) return fail(invalid(named, issuesOf(parsed.error)));
  const issues = mistakesOf(parsed.data);
  return issues.length > 0 ? fail(invalid(named, issues)) : ok(parsed.data);
}

function invalid(named: string, issues: readonly Issue[]): Failure {
  return failure('config.invalid', `o perfil de central "${named}" tem ${issues.length} erro(s)`, { issues });
}
