// The words after `node server/main.ts`.
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../server/command-line.ts';

describe('command line', () => {
  test.each([
    [[], { kind: 'run', embedded: false }],
    [['--embedded'], { kind: 'run', embedded: true }],
    [['--config', 'a.yaml'], { kind: 'run', config: 'a.yaml', embedded: false }],
    [['inventory', 'import', 'x.yaml'], { kind: 'inventory-import', file: 'x.yaml', dryRun: false }],
    [
      ['inventory', 'import', 'x.yaml', '--dry-run'],
      { kind: 'inventory-import', file: 'x.yaml', dryRun: true },
    ],
    [['sign-in-link', '--name', 'Maria'], { kind: 'sign-in-link', name: 'Maria' }],
    [['sign-in-link', '--config=b.yaml'], { kind: 'sign-in-link', config: 'b.yaml' }],
    [['replay'], { kind: 'replay', json: false }],
    [
      [
        'replay',
        '--from',
        '12',
        '--to=2026-03-10T14:00:00Z',
        '--policies',
        'p.yaml',
        '--json',
        '--config',
        'c.yaml',
      ],
      {
        kind: 'replay',
        from: '12',
        to: '2026-03-10T14:00:00Z',
        policies: 'p.yaml',
        json: true,
        config: 'c.yaml',
      },
    ],
    [['--nonsense', '--help'], { kind: 'help' }],
    [['--version'], { kind: 'version' }],
  ])('%j is understood', (argv, command) => {
    expect(parseCommandLine(argv)).toEqual({ ok: true, value: command });
  });

  test.each([
    [['run'], ['run']],
    [['inventory'], ['inventory']],
    [['inventory', 'import'], ['FILE']],
    [['inventory', 'import', 'a', 'b'], ['b']],
    [['sign-in-link', '--dry-run'], ['--dry-run']],
    [['--name', 'x'], ['--name']],
    [['--config'], ['--config']],
    [['--embedded=yes'], ['--embedded']],
    [['--from', '12'], ['--from']],
    [['replay', 'all'], ['all']],
    [['replay', '--embedded'], ['--embedded']],
    [['replay', '--from'], ['--from']],
    [
      ['--what', '-q'],
      ['--what', '-q'],
    ],
  ])('%j is refused with every mistake named', (argv, paths) => {
    const parsed = parseCommandLine(argv);
    expect(parsed.ok ? undefined : parsed.failure.issues?.map((issue) => issue.path)).toEqual(paths);
  });
});
