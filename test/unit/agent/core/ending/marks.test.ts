// Which log lines mean something, by who wrote them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JournalWriter, markOf, panicOf } from '../../../../../agent/core/ending/marks.ts';

const kind = (writer: JournalWriter, text: string): string | undefined => markOf(writer, text)?.kind;

describe('the kernel', () => {
  test('names why it panics in its own words', () => {
    const why = (text: string) => panicOf(`Kernel panic - not syncing: ${text}`)?.why;
    expect(why('Fatal exception in interrupt')).toBe('crash');
    expect(why('VFS: Unable to mount root fs on unknown-block(0,0)')).toBe('crash');
    expect(why('softlockup: hung tasks')).toBe('hang');
    expect(why('Hard LOCKUP')).toBe('hang');
    expect(why('hung_task: blocked tasks')).toBe('hang');
    expect(why('RCU Stall')).toBe('hang');
    expect(why('Out of memory: system-wide panic_on_oom is enabled')).toBe('out-of-memory');
    expect(why('System is deadlocked on memory')).toBe('out-of-memory');
  });

  test('kills for the whole memory, not for one container', () => {
    expect(kind('kernel', 'Out of memory: Killed process 1 (x)')).toBe('killed-for-memory');
    expect(kind('kernel', 'Out of memory: Kill process 1 (x) score 900 or sacrifice child')).toBe(
      'killed-for-memory',
    );
    expect(kind('kernel', 'Memory cgroup out of memory: Killed process 1 (x)')).toBeUndefined();
    expect(kind('kernel', 'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null)')).toBeUndefined();
  });

  test('is believed only when it is the kernel', () => {
    expect(kind('other', 'Kernel panic - not syncing: x')).toBeUndefined();
    expect(kind('systemd', 'Kernel panic - not syncing: x')).toBeUndefined();
  });
});

describe('systemd and logind', () => {
  test.each([
    ['Reached target reboot.target - System Reboot.', true],
    ['Reached target Reboot.', true],
    ['Reached target poweroff.target - System Power Off.', false],
    ['Reached target Power-Off.', false],
    ['Reached target Halt.', false],
    ['Reached target Shutdown.', undefined],
    ['Reached target final.target - Late Shutdown Services.', undefined],
  ])('%s', (text, restart) => {
    expect(markOf('systemd', text)).toEqual({ kind: 'shutdown', restart });
  });

  test('reaching any other target is no end', () => {
    expect(kind('systemd', 'Reached target Multi-User System.')).toBeUndefined();
    expect(kind('systemd', 'Reached target Timers.')).toBeUndefined();
  });

  test('tell the message of who asked', () => {
    expect(markOf('logind', 'System is rebooting (kernel novo).')).toEqual({
      kind: 'shutdown',
      restart: true,
      reason: 'kernel novo',
    });
    expect(markOf('logind', 'System is powering down.')).toEqual({
      kind: 'shutdown',
      restart: false,
      reason: undefined,
    });
    expect(kind('logind', 'New session 4 of user root.')).toBeUndefined();
  });
});

describe('people and power', () => {
  test('sudo names the account of a shutdown, and nothing of what else it ran', () => {
    const ran = (command: string) =>
      markOf('sudo', `  maria : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=${command}`);
    const maria = { kind: 'asked', account: 'maria' };
    expect(ran('/usr/sbin/reboot')).toEqual(maria);
    expect(ran('/usr/sbin/shutdown -r +5 segredo')).toEqual(maria);
    expect(ran('/usr/bin/systemctl poweroff')).toEqual(maria);
    expect(ran('/usr/sbin/shutdown -c')).toBeUndefined();
    expect(ran('/usr/bin/systemctl restart reboot-notifier')).toBeUndefined();
    expect(ran('/usr/bin/vim /etc/reboot')).toBeUndefined();
  });

  test('a UPS says that the mains failed and that they are back', () => {
    expect(kind('ups', 'UPS nobreak@localhost on battery')).toBe('power-failing');
    expect(kind('ups', 'Power failure.')).toBe('power-failing');
    expect(kind('ups', 'Battery power exhausted.')).toBe('power-failing');
    expect(kind('ups', 'UPS nobreak@localhost on line power')).toBe('power-back');
    expect(kind('ups', 'Power is back. UPS running on mains.')).toBe('power-back');
    expect(kind('ups', 'Communications with UPS lost')).toBeUndefined();
  });
});

test('no text makes it throw, take long, or keep more than a short line', () => {
  const writers = fc.constantFrom<JournalWriter>(
    'kernel',
    'systemd',
    'logind',
    'journald',
    'ups',
    'sudo',
    'update',
  );
  const text = fc.oneof(
    fc.string({ maxLength: 3_000 }),
    fc.string().map((s) => `x : ${`COMMAND=${s}/`.repeat(2_000)}`),
    fc.string().map((s) => `Kernel panic - not syncing: ${s.repeat(500)}`),
  );
  fc.assert(
    fc.property(writers, text, (writer, line) => {
      const mark = markOf(writer, line);
      for (const value of Object.values(mark ?? {})) {
        if (typeof value === 'string') expect(value.length).toBeLessThanOrEqual(200);
      }
    }),
  );
});
