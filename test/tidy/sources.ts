// The project's own source files and their imports, read once for the tidy tests.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';

export interface Source {
  /** Path from the repository's top, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** As written. */
  readonly name: string;
  /** For a relative import: the path it names from the top. */
  readonly target?: string;
  readonly typeOnly: boolean;
}

const top = new URL('../..', import.meta.url).pathname;

/** What git tracks and what it does not ignore, so that a new file is checked before its first commit. */
export function readSources(): readonly Source[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'],
    {
      cwd: top,
      encoding: 'utf8',
    },
  );
  return listed
    .split('\n')
    .filter((path) => path !== '' && existsSync(posix.join(top, path)))
    .map((path) => sourceOf(path, readFileSync(posix.join(top, path), 'utf8')));
}

/** Takes the text apart; also used on deliberate violations. */
export function sourceOf(path: string, text: string): Source {
  return { path, text, imports: importsOf(path, text) };
}

const pattern =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[\w$*{}\s,]+?\s+from\s+)?'([^']+)'|import\(\s*'([^']+)'\s*\)/g;

function importsOf(path: string, text: string): Import[] {
  const found: Import[] = [];
  for (const match of withoutComments(text).matchAll(pattern)) {
    const name = match[3] ?? match[4] ?? '';
    const target = name.startsWith('.') ? posix.normalize(posix.join(dirname(path), name)) : undefined;
    found.push({ name, target, typeOnly: match[2] !== undefined });
  }
  return found;
}

/** Blanks comments out; strings that look like comments are rare enough in this project to be spelled apart. */
export function withoutComments(text: string): string {
  // Line comments first: one may hold `/*` (a file pattern), which would swallow code up to the next block comment.
  return text.replace(/(^|\s)\/\/[^\n]*/g, '$1').replace(/\/\*[\s\S]*?\*\//g, ' ');
}
