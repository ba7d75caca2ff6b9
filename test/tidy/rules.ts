// The smaller rules of the house, each a function from sources to violations.

import { layerOf } from './layers.ts';
import type { Source } from './sources.ts';
import { withoutComments } from './sources.ts';

interface Banned {
  readonly pattern: RegExp;
  readonly what: string;
}

/** What would make a pure folder read the world. */
const impure: readonly Banned[] = [
  { pattern: /\bnew Date\b|\bDate\.(now|parse|UTC)\b/, what: 'Date' },
  { pattern: /\bTemporal\.Now\b/, what: 'Temporal.Now' },
  { pattern: /\bMath\.random\b/, what: 'Math.random' },
  { pattern: /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/, what: 'timers' },
  { pattern: /\bperformance\.now\b/, what: 'performance.now' },
  { pattern: /\bprocess\./, what: 'process' },
  { pattern: /\bcrypto\./, what: 'crypto' },
  { pattern: /\bconsole\./, what: 'console' },
  { pattern: /\basync\b|\bawait\b|\bnew Promise\b/, what: 'async' },
  { pattern: /\bfetch\(/, what: 'fetch' },
];

export function impurities(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => layerOf(source.path)?.pure === true)
    .flatMap((source) => {
      const text = withoutStrings(withoutComments(source.text));
      return impure
        .filter((ban) => ban.pattern.test(text))
        .map((ban) => `${source.path}: ${ban.what} in a pure folder`);
    });
}

const linesMax = 400;
const testLinesMax = 600;
const functionLinesMax = 60;

export function tooLong(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const lines = source.text.split('\n');
    const max = source.path.startsWith('test/') ? testLinesMax : linesMax;
    const long = lines.length - 1 > max ? [`${source.path}: ${lines.length - 1} lines; at most ${max}`] : [];
    return source.path.startsWith('test/') ? long : [...long, ...longFunctions(source.path, lines)];
  });
}

/** Functions as Biome formats them: a head line, its indentation, and the brace that closes at the same depth. */
function longFunctions(path: string, lines: readonly string[]): string[] {
  const found: string[] = [];
  const head =
    /^(\s*)(?:export )?(?:async )?(?:function\b.*|(?:const \w+ = .*|.*)=> )\{$|^(\s*)(?:export )?(?:async )?function\b.*[({]$/;
  lines.forEach((line, start) => {
    const match = head.exec(line);
    if (match === null) return;
    const indent = match[1] ?? match[2] ?? '';
    const end = lines.findIndex(
      (each, index) => index > start && each.startsWith(`${indent}}`) && !/^\s*\}.*[({]$/.test(each),
    );
    if (end >= 0 && end - start + 1 > functionLinesMax)
      found.push(`${path}:${start + 1}: a function of ${end - start + 1} lines`);
  });
  return found;
}

const barrelNames = /(^|\/)(index|utils|util|common|types|helpers|misc)\.tsx?$/;

export function barrels(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    if (barrelNames.test(source.path)) return [`${source.path}: a name that says nothing`];
    const reexport = /^export (\*|\{[^}]*\}) from '/m.test(withoutComments(source.text));
    return reexport ? [`${source.path}: exports again what another file exports`] : [];
  });
}

export function defaultExports(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => !/(vite|vitest)\.config\.ts$/.test(source.path))
    .filter((source) => /^export default\b|\bas default\b/m.test(withoutComments(source.text)))
    .map((source) => `${source.path}: a default export`);
}

export function notErasable(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const text = withoutStrings(withoutComments(source.text));
    const found: string[] = [];
    if (/^\s*(export )?(const )?enum \w/m.test(text)) found.push(`${source.path}: an enum`);
    if (/^\s*(export )?(declare )?namespace \w/m.test(text)) found.push(`${source.path}: a namespace`);
    if (/constructor\(\s*(?:[^){}]*,\s*)?(private|public|protected|readonly)\s+\w+\s*[:?]/.test(text))
      found.push(`${source.path}: a parameter property`);
    return found;
  });
}

/** Only the configuration files read the environment. */
export function environmentReaders(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => !source.path.startsWith('test/') && !/\/config\.ts$/.test(source.path))
    .filter((source) => /\bprocess\.env\b/.test(withoutComments(source.text)))
    .map((source) => `${source.path}: reads the environment`);
}

export function headless(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => !/^(\/\/|\/\*)/.test(source.text.replace(/^#!.*\n/, '')))
    .map((source) => `${source.path}: does not say at its top what it is`);
}

export function openMarks(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    source.text.split('\n').flatMap((line, index) => {
      const fixme = new RegExp(`\\bFIX${'ME'}\\b`).test(line);
      const bare = new RegExp(`\\bTO${'DO'}\\b(?!\\(#\\d+\\))`).test(line);
      return fixme || bare ? [`${source.path}:${index + 1}: an open mark without an issue number`] : [];
    }),
  );
}

function withoutStrings(text: string): string {
  return text.replace(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "''");
}
