// The house rules, run on the whole project; and each rule shown to bite on a deliberate violation.
import { describe, expect, it } from 'vitest';
import { cycles, deadFiles, layerViolations, testOnlyFiles } from './layers.ts';
import {
  barrels,
  defaultExports,
  environmentReaders,
  headless,
  impurities,
  notErasable,
  openMarks,
  tooLong,
} from './rules.ts';
import { readSources, sourceOf } from './sources.ts';

const sources = readSources();
const program = sources.filter(
  (source) => !source.path.endsWith('.tsx') || source.path.startsWith('server/console/'),
);

/** What people and scripts start. */
const entries = [
  'agent/main.ts',
  'agent/pack/main.ts',
  'server/main.ts',
  'server/start.ts',
  'server/demo/main.ts',
  'server/console/build.ts',
  'server/console/vite.config.ts',
  'server/console/main.tsx',
  'test/run.ts',
  'test/vitest.config.ts',
  'test/bench/main.ts',
  'test/demo/screenshots.ts',
  'test/sim/main.ts',
  'test/sla-oracle/main.ts',
  'test/scenario/rewrite.ts',
];

describe('tidy: the project', () => {
  it('imports only downwards, by the layer table', () => expect(layerViolations(program)).toEqual([]));
  it('has no import circles', () => expect(cycles(sources)).toEqual([]));
  it('keeps pure folders pure', () => expect(impurities(sources)).toEqual([]));
  it('keeps files and functions short', () => expect(tooLong(sources)).toEqual([]));
  it('has no barrels', () => expect(barrels(sources)).toEqual([]));
  it('has no default exports', () => expect(defaultExports(sources)).toEqual([]));
  it('has only erasable syntax', () => expect(notErasable(sources)).toEqual([]));
  it('has no dead files', () => expect(deadFiles(sources, entries)).toEqual([]));
  it('has no production file that only tests reach', () => {
    expect(testOnlyFiles(sources, entries)).toEqual(memoryAdapters());
  });
  it('reads the environment only in config.ts', () => expect(environmentReaders(sources)).toEqual([]));
  it('says at the top of each file what it is', () => expect(headless(sources)).toEqual([]));
  it('has no open marks', () => expect(openMarks(sources)).toEqual([]));
});

/** The memory adapters are the reference of the contract suites and the simulator's storage. */
function memoryAdapters(): string[] {
  return sources
    .map((source) => source.path)
    .filter((path) =>
      /^server\/adapters\/memory\/(journal|registry|series|desk|planned|desk-attempts|desk-events|manual-queue|notices|people)\.ts$/.test(
        path,
      ),
    );
}

describe('tidy: each rule bites', () => {
  const one = (path: string, text: string) => [sourceOf(path, text)];

  it.each([
    ['shared/x.ts', "import { a } from '../server/core/decide.ts';"],
    ['shared/x.ts', "import { a } from 'node:fs';"],
    ['agent/core/x.ts', "import { a } from '../shell/spool.ts';"],
    ['agent/core/x.ts', "import { z } from 'zod';"],
    ['agent/shell/x.ts', "import { a } from '../../server/core/decide.ts';"],
    ['server/shell/x.ts', "import { a } from '../adapters/sqlite/journal.ts';"],
    ['server/adapters/sqlite/x.ts', "import { a } from '../memory/journal.ts';"],
    ['server/adapters/desks/http/x.ts', "import { a } from '../redmine/client.ts';"],
    ['server/adapters/channels/slack/x.ts', "import { a } from '../teams/channel.ts';"],
    ['server/core/x.ts', "import { a } from '../../shared/icmp/socket.ts';"],
    ['server/app.ts', "import { a } from './console/store.ts';"],
    ['elsewhere/x.ts', 'export const a = 1;'],
  ])('a forbidden import in %s: %s', (path, text) =>
    expect(layerViolations(one(path, text))).toHaveLength(1),
  );

  it('a circle of two files', () => {
    const circle = [
      sourceOf('shared/a.ts', "import { b } from './b.ts';"),
      sourceOf('shared/b.ts', "import { a } from './a.ts';"),
    ];
    expect(cycles(circle)).toEqual(['shared/a.ts -> shared/b.ts -> shared/a.ts']);
  });

  it.each([
    'const a = Date.now();',
    'const a = new Date();',
    'const a = Temporal.Now.instant();',
    'const a = Math.random();',
    'setTimeout(() => {}, 1);',
    'const a = process.env;',
    'const a = crypto.randomUUID();',
    'export async function a() {}',
    "console.log('a');",
  ])('impurity: %s', (text) => {
    expect(impurities(one('server/core/x.ts', text))).not.toEqual([]);
    expect(impurities(one('server/shell/x.ts', text))).toEqual([]);
  });

  it('a file of 401 lines, a test of 601, a function of 61', () => {
    expect(tooLong(one('shared/x.ts', '//\n'.repeat(401)))).toHaveLength(1);
    expect(tooLong(one('test/x.ts', '//\n'.repeat(601)))).toHaveLength(1);
    expect(tooLong(one('shared/x.ts', `export function a() {\n${'  b();\n'.repeat(59)}}\n`))).toHaveLength(1);
    expect(tooLong(one('shared/x.ts', `export function a() {\n${'  b();\n'.repeat(58)}}\n`))).toEqual([]);
  });

  it('barrels by name and by re-export', () => {
    expect(barrels(one('shared/utils.ts', ''))).toHaveLength(1);
    expect(barrels(one('shared/index.ts', ''))).toHaveLength(1);
    expect(barrels(one('shared/x.ts', "export { a } from './a.ts';"))).toHaveLength(1);
    expect(barrels(one('shared/x.ts', "export * from './a.ts';"))).toHaveLength(1);
  });

  it('default exports, enums, namespaces, parameter properties', () => {
    expect(defaultExports(one('shared/x.ts', 'export default 1;'))).toHaveLength(1);
    expect(notErasable(one('shared/x.ts', 'export enum A { b }'))).toHaveLength(1);
    expect(notErasable(one('shared/x.ts', 'namespace A {}'))).toHaveLength(1);
    expect(notErasable(one('shared/x.ts', 'class A { constructor(private b: string) {} }'))).toHaveLength(1);
  });

  it('a dead file, and one that only a test reaches', () => {
    const pair = [
      sourceOf('shared/a.ts', '//'),
      sourceOf('test/a.test.ts', "import { a } from '../shared/a.ts';"),
    ];
    expect(deadFiles(one('shared/a.ts', '//'), [])).toEqual(['shared/a.ts']);
    expect(deadFiles(pair, [])).toEqual([]);
    expect(testOnlyFiles(pair, [])).toEqual(['shared/a.ts']);
  });

  it('the environment, a missing head, an open mark', () => {
    expect(environmentReaders(one('server/shell/x.ts', 'const a = process.env;'))).toHaveLength(1);
    expect(headless(one('shared/x.ts', 'export const a = 1;'))).toHaveLength(1);
    expect(openMarks(one('shared/x.ts', `// ${'TO'}${'DO'} later`))).toHaveLength(1);
    expect(openMarks(one('shared/x.ts', `// ${'FIX'}${'ME'}`))).toHaveLength(1);
  });
});
