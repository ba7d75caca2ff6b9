// The server's clock when someone sets the machine's.
import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../../../../server/shell/runtime/clock.ts';
import { hour, instant, minute, second } from '../../../../../shared/time.ts';

const start = 1_773_144_000_000;

function machine() {
  let wall = start;
  let monotonic = 5_000;
  return {
    wallMs: () => wall,
    monotonicMs: () => monotonic,
    pass: (ms: number) => {
      wall += ms;
      monotonic += ms;
    },
    set: (ms: number) => {
      wall += ms;
    },
  };
}

describe('the system clock', () => {
  it('goes with the machine while nobody touches it', () => {
    const m = machine();
    const clock = createSystemClock(m);
    for (let step = 0; step < 100; step += 1) m.pass(777);
    expect(clock.now()).toBe(start + 77_700);
    expect(clock.offsetMs()).toBe(0);
  });

  it('neither stops nor runs backwards when the machine is set back, and comes together with it again', () => {
    const m = machine();
    const clock = createSystemClock(m);
    m.set(-1 * minute);
    let last = clock.now();
    expect(last).toBe(start);
    for (let step = 0; step < 19 * 60; step += 1) {
      m.pass(1 * second);
      const now = clock.now();
      expect(now - last).toBeGreaterThanOrEqual(949);
      last = now;
    }
    expect(clock.offsetMs()).toBeLessThan(0);
    for (let step = 0; step < 2 * 60; step += 1) {
      m.pass(1 * second);
      clock.now();
    }
    expect(clock.offsetMs()).toBe(0);
  });

  it('does not jump when the machine is set forward, so that nobody looks silent', () => {
    const m = machine();
    const clock = createSystemClock(m);
    m.set(3 * hour);
    m.pass(10 * second);
    expect(clock.now()).toBe(start + 10_500);
    expect(clock.offsetMs()).toBe(3 * hour - 500);
  });

  it('begins where the journal ended, even when the machine says less', () => {
    const m = machine();
    const clock = createSystemClock({ ...m, notBefore: instant(start + 1 * hour) });
    expect(clock.now()).toBe(start + 1 * hour);
    m.pass(20 * second);
    expect(clock.now()).toBe(start + 1 * hour + 19_000);
  });

  it('gives whole milliseconds', () => {
    const m = machine();
    const clock = createSystemClock(m);
    m.pass(0.7);
    expect(Number.isInteger(clock.now())).toBe(true);
  });

  it('calls once after the delay, and not when cancelled', async () => {
    const clock = createSystemClock();
    let calls = 0;
    clock.after(0, () => {
      calls += 1;
    })();
    await new Promise<void>((resolve) => clock.after(5, resolve));
    expect(calls).toBe(0);
  });
});
