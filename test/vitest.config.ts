// All suites as vitest projects. `test/run.ts` chooses which of them run; nobody starts them by path.
import { defineConfig } from 'vitest/config';

const longMs = 15 * 60_000;

/** Unit tests that start and kill real processes, or draw thousands of worlds: too slow for `npm run check`. */
const processTests = [
  'test/unit/install-scripts/**/*.test.ts',
  'test/unit/**/crash.test.ts',
  'test/unit/**/spool-kill.test.ts',
  'test/unit/**/spool-crash.test.ts',
  'test/unit/**/disk-trouble.test.ts',
  'test/unit/**/fuzz-long.test.ts',
  'test/unit/**/week-offline.test.ts',
  'test/unit/**/identity-crash.test.ts',
  'test/unit/**/launch.test.ts',
  'test/unit/agent/pack/packed.test.ts',
  'test/unit/agent/status-and-doctor.test.ts',
  'test/unit/agent/shell/spool-damage.test.ts',
  'test/unit/agent/core/link/egress.property.test.ts',
  'test/unit/agent/pack/bundle.test.ts',
  'test/unit/agent/shell/reach.test.ts',
  'test/unit/agent/shell/spool.test.ts',
  'test/unit/agent/shell/uplink.test.ts',
  'test/unit/agent/shell/proxy.test.ts',
  'test/unit/agent/shell/forensics/collect.test.ts',
  'test/unit/agent/main.test.ts',
  'test/unit/server/adapters/sqlite/stores.test.ts',
  'test/unit/server/adapters/sqlite/journal-forgets.test.ts',
  'test/unit/server/app.test.ts',
  'test/unit/server/app-desk.test.ts',
  'test/unit/server/desk-kills.test.ts',
  'test/unit/server/core/mass.test.ts',
  'test/unit/server/core/rules/one-ticket.test.ts',
  'test/unit/server/core/rules/provider-outage.test.ts',
  'test/unit/server/core/sla/oracle.test.ts',
  'test/unit/server/shell/gateway/console-session.test.ts',
  'test/unit/server/replay.test.ts',
  'test/unit/server/shell/gateway/agent-door.test.ts',
  'test/unit/server/shell/gateway/clones.test.ts',
  'test/unit/server/shell/gateway/session-fuzz.test.ts',
  'test/unit/server/shell/desk/campaign.test.ts',
];

const busyLabs = ['test/lab/street/matrix.test.ts', 'test/lab/random-kills.test.ts'];

function project(
  name: string,
  include: readonly string[],
  timeoutMs: number,
  more: {
    readonly sequential?: boolean;
    /** The files of one worker share their modules: no test may leave anything behind in one. */
    readonly shared?: boolean;
    readonly exclude?: readonly string[];
    readonly globalSetup?: readonly string[];
  } = {},
) {
  return {
    test: {
      name,
      include: [...include],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      environment: 'node',
      fileParallelism: more.sequential !== true,
      isolate: more.shared !== true,
      exclude: ['node_modules/**', ...(more.exclude ?? [])],
      globalSetup: [...(more.globalSetup ?? [])],
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
      project('tidy', ['test/tidy/**/*.test.ts'], 60_000, { shared: true }),
      project('unit', ['test/unit/**/*.test.ts'], 60_000, { exclude: processTests, shared: true }),
      project('processes', processTests, 120_000),
      project('contract', ['test/contract/**/*.test.ts'], 60_000, { shared: true }),
      project('scenario', ['test/scenario/**/*.test.ts'], 60_000, { shared: true }),
      project('sim', ['test/sim/**/*.test.ts'], longMs),
      project('desks', ['test/real-desks/**/*.test.ts'], 180_000),
      project('start', ['test/start/**/*.test.ts'], longMs),
      project('browser', ['test/browser/**/*.test.ts'], 120_000, {
        globalSetup: ['test/browser/build-console.ts'],
      }),
      // Labs that mostly wait run two at a time; those that fill both cores run by themselves.
      project('lab', ['test/lab/**/*.test.ts'], longMs, { exclude: busyLabs }),
      project('lab-busy', busyLabs, longMs, { sequential: true }),
    ],
  },
});
