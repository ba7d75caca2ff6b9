// A ticket's text as an operator writes it: plain lines with `{{name}}`. No code, no HTML, no arithmetic. Stands between
// the words of `ticket-values.ts` and the desk. Rendering never fails: what a template asks for and nobody knows is empty,
// because a ticket with a gap is better than none; `templateMistakes` finds it before, when the files are read.
import type { TemplateValues } from '../ticket-settings.ts';

export interface TemplateMistake {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

const placeholder = /\{\{([^{}]*)\}\}/g;
const sectionLine = /^\s*\{\{\s*([#/])\s*([A-Za-z][A-Za-z0-9]*)\s*\}\}\s*$/;
const commentLine = /^\s*\{\{!.*\}\}\s*$/;
const nameForm = /^[A-Za-z][A-Za-z0-9]*$/;

/**
 * 1. A line `{{! ... }}` is the operator's own remark. 2. Lines between `{{#name}}` and `{{/name}}` stand only if the name
 * has something to say. 3. A line with a list stands once for each of its items. 4. A line whose placeholders are all
 * empty disappears. 5. Never two blank lines in a row, none at either end.
 */
export function renderTemplate(template: string, values: TemplateValues): string {
  const out: string[] = [];
  const hidden: string[] = [];
  for (const line of linesOf(template)) {
    if (commentLine.test(line)) continue;
    const section = sectionLine.exec(line);
    if (section !== null) {
      const [, sign, name = ''] = section;
      if (sign === '/') {
        if (hidden.at(-1) === name) hidden.pop();
      } else if (hidden.length > 0 || isEmpty(values[name])) hidden.push(name);
      continue;
    }
    if (hidden.length === 0) out.push(...renderLine(line, values));
  }
  return tidy(out);
}

/** The title is one line, whatever the template or a name holds. */
export function renderTitle(template: string, values: TemplateValues): string {
  return renderTemplate(template, values).replace(/\s+/g, ' ').trim();
}

/** `known` in the order in which they are named to the operator. */
export function templateMistakes(template: string, known: readonly string[]): readonly TemplateMistake[] {
  const mistakes: TemplateMistake[] = [];
  const open: { readonly name: string; readonly line: number }[] = [];
  const lines = linesOf(template);
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    if (commentLine.test(text)) continue;
    const section = sectionLine.exec(text);
    if (section !== null) {
      const [, sign, name = ''] = section;
      if (sign === '#') open.push({ name, line });
      else if (open.pop()?.name !== name)
        mistakes.push({ line, message: `"{{/${name}}}" closes nothing that is open` });
      if (!known.includes(name)) mistakes.push({ line, message: unknownName(name, known) });
      continue;
    }
    mistakes.push(...mistakesIn(text, known).map((message) => ({ line, message })));
  }
  for (const { name, line } of open) mistakes.push({ line, message: `"{{#${name}}}" is never closed` });
  if (lines.every((text) => text.trim() === '' || commentLine.test(text)))
    mistakes.push({ line: 1, message: 'is empty; wanted: at least one line of text' });
  return mistakes;
}

function mistakesIn(text: string, known: readonly string[]): string[] {
  const mistakes: string[] = [];
  for (const [whole, inside = ''] of text.matchAll(placeholder)) {
    const name = inside.trim();
    if (/^[#/!]/.test(name)) mistakes.push(`"${whole}" must stand alone on its line`);
    else if (!nameForm.test(name)) mistakes.push(`"${whole}" is no placeholder; wanted: {{name}}`);
    else if (!known.includes(name)) mistakes.push(unknownName(name, known));
  }
  if (/\{\{|\}\}/.test(text.replace(placeholder, '')))
    mistakes.push('has "{{" or "}}" without its other half');
  return mistakes;
}

function unknownName(name: string, known: readonly string[]): string {
  return `unknown placeholder "${name}"; known here: ${known.join(', ')}`;
}

function linesOf(template: string): string[] {
  return template.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
}

function renderLine(line: string, values: TemplateValues): string[] {
  const names = [...line.matchAll(placeholder)].map(([, inside = '']) => inside.trim());
  if (names.length === 0) return [line];
  if (names.every((name) => isEmpty(values[name]))) return [];
  const list = names.map((name) => values[name]).find((value) => Array.isArray(value) && value.length > 0);
  const length = Array.isArray(list) ? list.length : 1;
  return Array.from({ length }, (_, index) => fill(line, values, index));
}

function fill(line: string, values: TemplateValues, index: number): string {
  return line.replace(placeholder, (_whole, inside: string) => {
    const value = values[inside.trim()];
    return typeof value === 'string' ? value : (value?.[index] ?? '');
  });
}

function isEmpty(value: TemplateValues[string]): boolean {
  return value === undefined || value.length === 0;
}

function tidy(lines: readonly string[]): string {
  const kept: string[] = [];
  for (const line of lines.map((each) => each.trimEnd())) {
    if (line === '' && (kept.length === 0 || kept.at(-1) === '')) continue;
    kept.push(line);
  }
  return kept.join('\n').trimEnd();
}
