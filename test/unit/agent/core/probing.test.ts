// How this machine pings, as the core passes it on.
import { expect, test } from 'vitest';
import { Rig } from './rig.ts';

test('another way to ping is told in the next greeting, and told as good again when it is', () => {
  const rig = new Rig();
  rig.run(10_000);
  expect(rig.server.hellos.at(-1)).not.toHaveProperty('pingReason');
  const reason = 'native ICMP on Linux: no ICMP socket (EPERM)';
  rig.feed({ kind: 'probing.chosen', clock: rig.clock(), method: 'ping', reason });
  rig.cut();
  rig.run(10_000);
  expect(rig.server.hellos).toHaveLength(2);
  expect(rig.server.hellos.at(-1)).toMatchObject({ pingMethod: 'ping', pingReason: reason });
  rig.feed({ kind: 'probing.chosen', clock: rig.clock(), method: 'icmp' });
  rig.cut();
  rig.run(10_000);
  expect(rig.server.hellos.at(-1)).not.toHaveProperty('pingReason');
});
