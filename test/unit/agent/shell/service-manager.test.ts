// What systemd hears of the agent: the variables it gave, the datagrams it gets on a real socket, and silence after the stop.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createServiceManager, managerWishOf } from '../../../../agent/shell/service-manager.ts';
import { listenAt } from '../../../fakes/notify-socket.ts';

describe('service manager: what systemd wants', () => {
  test.each([
    { given: {}, wish: undefined },
    { given: { NOTIFY_SOCKET: '' }, wish: undefined },
    { given: { NOTIFY_SOCKET: 'relative/path' }, wish: undefined },
    { given: { NOTIFY_SOCKET: 'vsock:2:1' }, wish: undefined },
    { given: { NOTIFY_SOCKET: `/${'a'.repeat(108)}` }, wish: undefined },
    { given: { NOTIFY_SOCKET: '/run/systemd/notify' }, wish: { socket: '/run/systemd/notify' } },
    {
      given: { NOTIFY_SOCKET: '@abstract', WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' },
      wish: { socket: '@abstract', watchdogMs: 30_000 },
    },
    {
      given: { NOTIFY_SOCKET: '/n', WATCHDOG_USEC: '30000000' },
      wish: { socket: '/n', watchdogMs: 30_000 },
    },
    // The watchdog of another process of the service.
    { given: { NOTIFY_SOCKET: '/n', WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, wish: { socket: '/n' } },
    { given: { NOTIFY_SOCKET: '/n', WATCHDOG_USEC: 'soon' }, wish: { socket: '/n' } },
    { given: { NOTIFY_SOCKET: '/n', WATCHDOG_USEC: '-1' }, wish: { socket: '/n' } },
    { given: { NOTIFY_SOCKET: '/n', WATCHDOG_USEC: '1e300' }, wish: { socket: '/n' } },
  ])('$given means $wish', ({ given, wish }) => {
    expect(managerWishOf(given, 7)).toEqual(wish);
  });
});

describe('service manager: what it says', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const wish = { socket: '/n', watchdogMs: 30_000 };

  test('it is alive three times in each span of the watchdog, from ready to stopping and not after', () => {
    const said: string[] = [];
    const manager = createServiceManager(wish, (message) => said.push(message) > 0);
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual([]);
    manager.ready();
    vi.advanceTimersByTime(30_000);
    expect(said).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
    manager.stopping();
    vi.advanceTimersByTime(60_000);
    expect(said.slice(4)).toEqual(['STOPPING=1']);
    manager.close();
    expect(manager.counters()).toEqual({ told: 5, failed: 0 });
  });

  test('what cannot be told is counted and tried again at the next turn', () => {
    let works = false;
    const manager = createServiceManager(wish, () => works);
    manager.ready();
    vi.advanceTimersByTime(10_000);
    expect(manager.counters()).toEqual({ told: 0, failed: 2 });
    works = true;
    vi.advanceTimersByTime(10_000);
    manager.close();
    expect(manager.counters()).toEqual({ told: 1, failed: 2 });
  });

  test('without systemd it says nothing and needs nothing', () => {
    const manager = createServiceManager(undefined);
    manager.ready();
    manager.stopping();
    manager.close();
    expect(manager.counters()).toEqual({ told: 0, failed: 0 });
  });
});

describe.skipIf(process.platform !== 'linux')('service manager: on a real socket', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigia-notify-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const descriptors = (): number => readdirSync('/proc/self/fd').length;

  test.each(['path', 'abstract'])(
    'a socket named by %s hears the very words, and no descriptor stays',
    (kind) => {
      const socket = kind === 'path' ? join(folder, 'notify') : `@${folder.slice(1)}`;
      const peer = listenAt(socket);
      const manager = createServiceManager({ socket });
      const before = descriptors();
      for (let each = 0; each < 200; each += 1) {
        manager.ready();
        expect(peer.hear()).toBe('READY=1');
      }
      manager.stopping();
      expect(peer.hear()).toBe('STOPPING=1');
      expect(peer.hear()).toBe('');
      expect(descriptors()).toBe(before);
      expect(manager.counters()).toEqual({ told: 201, failed: 0 });
      peer.close();
    },
  );

  test('a manager that does not read is never waited for', () => {
    const socket = join(folder, 'notify');
    const peer = listenAt(socket);
    const manager = createServiceManager({ socket });
    for (let each = 0; each < 2_000; each += 1) manager.ready();
    const { told, failed } = manager.counters();
    expect(told).toBeGreaterThan(0);
    expect(failed).toBeGreaterThan(0);
    expect(told + failed).toBe(2_000);
    peer.close();
  });

  test('an address where nobody listens is a failure that is counted', () => {
    const manager = createServiceManager({ socket: join(folder, 'nobody') });
    manager.ready();
    manager.close();
    expect(manager.counters()).toEqual({ told: 0, failed: 1 });
  });
});
