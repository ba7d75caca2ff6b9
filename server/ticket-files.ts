// The operator's own templates of ticket and notes: one file each in the folder named by `ticketTemplates`, in place of
// the shipped text. Read at the start and again while running; reports every mistake with file and line.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Issue } from '../shared/failure.ts';
import { limits } from '../shared/limits.ts';
import { type TemplateName, type Templates, templateNames } from './core/ticket-settings.ts';
import { templateMistakes } from './core/view/template.ts';
import { placeholdersOf } from './core/view/templates.ts';

const ending = '.pt-BR.txt';

/** Mistakes are added to `issues`; what has one keeps its shipped text. `folder`: absolute; absent: none of its own. */
export function readTemplates(folder: string | undefined, issues: Issue[]): Templates {
  if (folder === undefined) return {};
  const path = 'ticketTemplates';
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith('.txt'))
      .sort();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    issues.push({ path, message: `wanted: a readable folder; ${reason}` });
    return {};
  }
  const templates: Partial<Record<TemplateName, string>> = {};
  for (const fileName of names) {
    const file = join(folder, fileName);
    const name = templateNames.find((each) => fileName === `${each}${ending}`);
    if (name === undefined) {
      const known = templateNames.map((each) => `${each}${ending}`).join(', ');
      issues.push({ path: file, message: `no template has this name; wanted: one of ${known}` });
      continue;
    }
    const text = readTicketFile(file, issues);
    if (text === undefined) continue;
    const mistakes = templateMistakes(text, placeholdersOf(name));
    for (const { line, message } of mistakes) issues.push({ path: `${file}:${line}`, message });
    if (mistakes.length === 0) templates[name] = text;
  }
  return templates;
}

/** UTF-8 text of a bounded size; undefined with its mistake in `issues`. */
export function readTicketFile(file: string, issues: Issue[]): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
    if (text.length <= limits.ticketFileCharsMax) return text;
    const message = `${text.length} characters; wanted: ${limits.ticketFileCharsMax} at most`;
    issues.push({ path: file, message });
  } catch (error) {
    const wrong = error instanceof TypeError ? 'is not UTF-8; save it as UTF-8' : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    issues.push({ path: file, message: wrong ?? `cannot be read; ${reason}` });
  }
  return undefined;
}
