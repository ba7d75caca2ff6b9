// The part of JSON path that naming a value in a desk's answer needs: `$`, `.name`, `['any name']`, `[0]`, `[*]`.
// Must never evaluate an expression, and never follow a name that the object does not itself have.
import { limits } from '../../../../shared/limits.ts';

type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'each' };

export type JsonPath = readonly Step[];

const stepPattern = /^(?:\.([A-Za-z_$][\w$-]*)|\['([^'\]]*)'\]|\[([0-9]{1,6})\]|\[(\*)\])/;

/** Undefined when the text is not of the supported form. */
export function parseJsonPath(source: string): JsonPath | undefined {
  if (!source.startsWith('$') || source.length > limits.deskPathCharsMax) return undefined;
  const steps: Step[] = [];
  let rest = source.slice(1);
  while (rest !== '') {
    const found = stepPattern.exec(rest);
    if (found === null) return undefined;
    const [whole, plain, quoted, index] = found;
    rest = rest.slice(whole.length);
    const name = plain ?? quoted;
    if (name !== undefined) steps.push({ kind: 'name', name });
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else steps.push({ kind: 'each' });
  }
  return steps;
}

/** Values that the path names; what is not there is left out. */
export function selectValues(path: JsonPath, from: unknown): readonly unknown[] {
  let found: readonly unknown[] = [from];
  for (const step of path) found = found.flatMap((value) => takeStep(step, value));
  return found;
}

/** Texts, numbers and booleans among them, trimmed; objects and null are no text. */
export function selectTexts(path: JsonPath, from: unknown): readonly string[] {
  return selectValues(path, from).flatMap((value) => {
    if (typeof value === 'string') return [value.trim()];
    return typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
  });
}

function takeStep(step: Step, value: unknown): readonly unknown[] {
  switch (step.kind) {
    case 'name':
      return typeof value === 'object' && value !== null && Object.hasOwn(value, step.name)
        ? Object.entries(value).flatMap(([name, each]) => (name === step.name ? [each] : []))
        : [];
    case 'index':
      return Array.isArray(value) && step.index < value.length ? [value[step.index]] : [];
    default:
      return Array.isArray(value) ? value : [];
  }
}
