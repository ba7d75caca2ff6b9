// Request bodies to plain values: JSON and YAML. An empty JSON body is no body (browsers send the header anyway).
// What the values mean is checked by the routes' schemas. Must never throw past Fastify's error handler.
import type { FastifyError } from 'fastify';
import { parseDocument } from 'yaml';
import { failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { Api } from './parts.ts';

export const yamlTypes = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'] as const;

/** A YAML body as it came; only the inventory route reads one. */
export interface YamlBody {
  readonly yaml: string;
}

export function bodyParsers(api: Api): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (_request, text, done) => {
    if (text.trim() === '') return done(null, undefined);
    const parsed = parseJson(text);
    if (parsed.ok) return done(null, parsed.value);
    const error: FastifyError = Object.assign(new Error(parsed.failure.message), {
      code: 'VIGIA_NOT_JSON',
      statusCode: 400,
    });
    return done(error);
  });
  api.addContentTypeParser<string>([...yamlTypes], { parseAs: 'string' }, (_request, text, done) => {
    const body: YamlBody = { yaml: text };
    done(null, body);
  });
}

function parseJson(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'unreadable';
    return fail(failure('input.invalid', `the body is not JSON: ${reason}`));
  }
}

/** YAML 1.2 to a plain value. Fails with `inventory.invalid` and every place the parser names. */
export function parseYaml(text: string): Result<unknown> {
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: true, version: '1.2' });
  const troubles = [...document.errors, ...document.warnings];
  if (troubles.length > 0) {
    const issues = troubles.map((trouble) => ({
      path: `line ${trouble.linePos?.[0].line ?? '?'}, column ${trouble.linePos?.[0].col ?? '?'}`,
      message: trouble.message.split('\n')[0] ?? trouble.code,
    }));
    return fail(failure('inventory.invalid', `the YAML has ${issues.length} mistake(s)`, { issues }));
  }
  try {
    return ok(document.toJS({ maxAliasCount: limits.yamlAliasesMax }));
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unreadable';
    return fail(
      failure('inventory.invalid', 'the YAML cannot be unfolded', {
        issues: [{ path: '(document)', message }],
      }),
    );
  }
}
