// The knowledge base for level 1 as files: Markdown with a front matter that says what each hint is for. Shipped ones lie
// in `server/knowledge`; the operator's own folder adds to them and replaces what has the same id. Reports every mistake
// with its file; decides nothing about which hint is shown.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Issue } from '../shared/failure.ts';
import { issuesOf } from '../shared/inventory/check.ts';
import { limits } from '../shared/limits.ts';
import { causes, degradations, hostRoles, incidentKinds, layers, linkRoles } from '../shared/words.ts';
import type { Hint } from './core/ticket-settings.ts';
import { readTicketFile } from './ticket-files.ts';

const shippedFolder = join(import.meta.dirname, 'knowledge');

const some = <T extends string>(words: readonly T[]) =>
  z
    .array(z.enum(words as readonly [T, ...T[]], { error: `wanted: one of ${words.join(', ')}` }))
    .min(1, 'wanted: at least one; leave it out for any')
    .optional();

/** Strict: a field that is misspelt would make a hint for everything. */
const frontMatterSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'wanted: lower case letters, digits and "-", such as link-caido'),
  title: z.string().trim().min(1).max(120),
  priority: z.int().min(-100).max(100).default(0),
  appliesTo: z.strictObject({
    kinds: some(incidentKinds),
    causes: some(causes),
    layers: some(layers),
    providers: z.array(z.string().trim().min(1).max(120)).min(1).max(50).optional(),
    roles: some([...linkRoles, ...hostRoles]),
    degradations: some(degradations),
    flapping: z.boolean().optional(),
    overdue: z.boolean().optional(),
    partOfOutage: z.boolean().optional(),
  }),
});

/** Sorted by id. Mistakes are added to `issues`; what has one is left out. `folder`: the operator's own, absolute. */
export function readKnowledge(folder: string | undefined, issues: Issue[]): readonly Hint[] {
  const hints = new Map<string, Hint>();
  for (const hint of readFolder(shippedFolder, false, issues)) hints.set(hint.id, hint);
  if (folder !== undefined) for (const hint of readFolder(folder, true, issues)) hints.set(hint.id, hint);
  return [...hints.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function readFolder(folder: string, own: boolean, issues: Issue[]): Hint[] {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith('.md') && name.toLowerCase() !== 'readme.md')
      .sort();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    issues.push({ path: 'knowledge', message: `wanted: a readable folder; ${reason}` });
    return [];
  }
  if (names.length > limits.hintFilesMax) {
    issues.push({
      path: 'knowledge',
      message: `${names.length} files; wanted: ${limits.hintFilesMax} at most`,
    });
    return [];
  }
  const files = new Map<string, string>();
  return names.flatMap((name): Hint[] => {
    const file = join(folder, name);
    const text = readTicketFile(file, issues);
    const hint = text === undefined ? undefined : parseHint(text, { file, own, issues });
    if (hint === undefined) return [];
    const other = files.get(hint.id);
    if (other !== undefined) {
      issues.push({ path: file, message: `id "${hint.id}" is taken by ${other}; wanted: each id once` });
      return [];
    }
    files.set(hint.id, name);
    return [hint];
  });
}

interface HintFile {
  readonly file: string;
  readonly own: boolean;
  readonly issues: Issue[];
}

/** Undefined with its mistakes in `issues`. The body is a numbered or a dashed list; each item is a step. */
export function parseHint(text: string, { file, own, issues }: HintFile): Hint | undefined {
  const parts = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n([\s\S]*))?$/.exec(text);
  if (parts === null) {
    issues.push({
      path: `${file}:1`,
      message: 'wanted: a front matter between two lines "---", then the steps',
    });
    return undefined;
  }
  const [, head = '', body = ''] = parts;
  const document = parseDocument(head, { uniqueKeys: true, version: '1.2' });
  const [trouble] = [...document.errors, ...document.warnings];
  if (trouble !== undefined) {
    const line = (trouble.linePos?.[0].line ?? 0) + 1;
    issues.push({ path: `${file}:${line}`, message: trouble.message.split('\n')[0] ?? trouble.code });
    return undefined;
  }
  const parsed = frontMatterSchema.safeParse(document.toJS({ maxAliasCount: limits.yamlAliasesMax }));
  const before = issues.length;
  if (!parsed.success)
    for (const { path, message } of issuesOf(parsed.error))
      issues.push({ path: `${file}: ${path}`, message });
  const firstLine = head.split(/\r?\n/).length + 3;
  const steps = readSteps(body, { firstLine, file, issues });
  return parsed.success && issues.length === before ? { ...parsed.data, own, steps } : undefined;
}

function readSteps(
  body: string,
  {
    firstLine,
    file,
    issues,
  }: { readonly firstLine: number; readonly file: string; readonly issues: Issue[] },
): readonly string[] {
  const steps: string[] = [];
  for (const [index, line] of body.split(/\r?\n/).entries()) {
    const at = `${file}:${firstLine + index}`;
    const item = /^(?:\d{1,2}[.)]|[-*])\s+(.*\S)\s*$/.exec(line)?.[1];
    const last = steps.length - 1;
    if (item !== undefined) steps.push(item);
    else if (/^\s+\S/.test(line) && last >= 0) steps[last] = `${steps[last]} ${line.trim()}`;
    else if (line.trim() !== '') {
      issues.push({ path: at, message: 'wanted: a step such as "1. Ligar para a unidade."' });
    }
  }
  if (steps.length === 0) issues.push({ path: file, message: 'has no steps; wanted: at least one' });
  if (steps.length > limits.hintStepsMax)
    issues.push({
      path: file,
      message: `has ${steps.length} steps; wanted: ${limits.hintStepsMax} at most, nobody reads more`,
    });
  for (const [index, step] of steps.entries()) {
    if (step.length <= limits.hintStepCharsMax) continue;
    const message = `step ${index + 1} is longer than ${limits.hintStepCharsMax} characters`;
    issues.push({ path: file, message });
  }
  return steps;
}
