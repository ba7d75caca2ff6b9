// All suites as vitest projects. `test/run.ts` chooses which of them run; nobody starts them by path.
import { defineConfig } from 'vitest/config';

const longMs = 15 * 60_000;

function project(name: string, include: readonly string[], timeoutMs: number, sequential = false) {
  return {
    test: {
      name,
      include: [...include],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      environment: 'node',
      fileParallelism: !sequential,
      pool: 'forks' as const,
    },
  };
}

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    // Two cores are what the project is built and tested on.
    maxWorkers: 2,
    projects: [
      project('tidy', ['test/tidy/**/*.test.ts'], 60_000),
      project('unit', ['test/unit/**/*.test.ts'], 60_000),
      project('contract', ['test/contract/**/*.test.ts'], 60_000),
      project('scenario', ['test/scenario/**/*.test.ts'], 60_000),
      project('sim', ['test/sim/**/*.test.ts'], longMs),
      project('start', ['test/start/**/*.test.ts'], longMs, true),
      project('browser', ['test/browser/**/*.test.ts'], 120_000, true),
      project('lab', ['test/lab/**/*.test.ts'], longMs, true),
    ],
  },
});
