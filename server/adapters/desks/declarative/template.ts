// Texts of a profile with `{name}` in them. A template is data: names are replaced by values, each escaped for the place
// where it lands, and nothing else ever happens. `{{` and `}}` stand for the braces themselves.
import { assert } from '../../../../shared/assert.ts';
import { failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';

export interface Template {
  /** As the profile writes it. */
  readonly source: string;
  readonly parts: readonly ({ readonly literal: string } | { readonly name: string })[];
}

export type Values = ReadonlyMap<string, string>;

const token = /\{\{|\}\}|\{([A-Za-z][A-Za-z0-9]*)\}|[{}]/g;

/** Fails with `config.invalid`: a lone brace or something between braces that is no name. */
export function parseTemplate(source: string): Result<Template> {
  const parts: Template['parts'][number][] = [];
  let literal = '';
  let from = 0;
  for (const found of source.matchAll(token)) {
    const [whole, name] = found;
    literal += source.slice(from, found.index);
    from = found.index + whole.length;
    if (name !== undefined) {
      if (literal !== '') parts.push({ literal });
      literal = '';
      parts.push({ name });
    } else if (whole.length === 2) literal += whole.charAt(0);
    else {
      const message = `"${whole}" solto; use {nome} para um valor, {{ ou }} para a própria chave`;
      return fail(failure('config.invalid', message));
    }
  }
  literal += source.slice(from);
  if (literal !== '') parts.push({ literal });
  return ok({ source, parts });
}

export function namesIn(template: Template): readonly string[] {
  return template.parts.flatMap((part) => ('name' in part ? [part.name] : []));
}

/** Every name must have a value: the profile was checked against the operation's names at the start. */
export function fill(template: Template, values: Values, written: (value: string) => string): string {
  return template.parts
    .map((part) => {
      if ('literal' in part) return part.literal;
      const value = values.get(part.name);
      assert(value !== undefined, `the profile's name {${part.name}} was checked at the start`);
      return written(value);
    })
    .join('');
}

export const asItIs = (value: string): string => value;
