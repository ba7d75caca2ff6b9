// Why the program stops on systems without systemd, and how a shutdown of Windows is noticed.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readStopReason, stopReasonOf, stopReasonOfLevel } from '../../../../agent/shell/stop-reason.ts';
import { watchWindowsShutdown } from '../../../../agent/shell/windows-shutdown.ts';
import { limits } from '../../../../shared/limits.ts';
import { createHeardLog } from '../../../fakes/agent-records.ts';

describe('the reason of a stop', () => {
  const level = (runLevel?: string, softLevel?: string) => stopReasonOfLevel({ runLevel, softLevel });

  it('comes from the runlevel of sysvinit', () => {
    expect(level('0')).toBe('shutdown');
    expect(level('6')).toBe('restart');
    expect(level('2')).toBe('service-stop');
    expect(level('S')).toBe('unknown');
    expect(level()).toBe('unknown');
  });

  it('comes from the runlevel of OpenRC', () => {
    expect(level(undefined, 'shutdown\n')).toBe('shutdown');
    expect(level(undefined, 'reboot')).toBe('restart');
    expect(level(undefined, 'default')).toBe('service-stop');
    expect(level(undefined, 'something')).toBe('unknown');
  });

  it('is a restart for each way in which systemd starts again', () => {
    for (const target of ['reboot', 'soft-reboot', 'kexec']) {
      expect(stopReasonOf('stopping', `12 ${target}.target start waiting`)).toBe('restart');
    }
    expect(stopReasonOf('stopping', '12 halt.target start waiting')).toBe('shutdown');
  });

  it('is plain where the caller says it', async () => {
    expect(await readStopReason('windows-shutdown')).toBe('shutdown');
    expect(await readStopReason('SIGINT')).toBe('service-stop');
  });
});

describe('a shutdown of Windows', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function watch(system: NodeJS.Platform) {
    const state = { down: false, heard: 0 };
    const watching = watchWindowsShutdown({
      log: createHeardLog(),
      onShutdown: () => {
        state.heard += 1;
      },
      system,
      load: () => () => state.down,
    });
    return { state, watching };
  }

  it('is noticed within half a second, once', () => {
    const { state } = watch('win32');
    vi.advanceTimersByTime(60_000);
    expect(state.heard).toBe(0);
    state.down = true;
    vi.advanceTimersByTime(limits.windowsShutdownEveryMs);
    vi.advanceTimersByTime(60_000);
    expect(state.heard).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not looked for after the end, nor on another system', () => {
    const { state, watching } = watch('win32');
    watching.end();
    const other = watch('linux');
    state.down = true;
    other.state.down = true;
    vi.advanceTimersByTime(60_000);
    expect([state.heard, other.state.heard]).toEqual([0, 0]);
  });

  it('that cannot be noticed is logged, and no more', () => {
    const log = createHeardLog();
    const load = () => {
      throw new Error('user32.dll');
    };
    watchWindowsShutdown({ log, onShutdown: () => undefined, system: 'win32', load });
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { error: 'user32.dll' } }]);
  });
});
