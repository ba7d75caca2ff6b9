// What the agent tells of its machine fits the wire, and nothing it should not see is in it.
import { describe, expect, it } from 'vitest';
import {
  busyRatio,
  createLoadReader,
  parseOsRelease,
  readHostFacts,
} from '../../../../agent/shell/host-facts.ts';
import { parseMounts } from '../../../../agent/shell/mounts.ts';
import { decodeAgentMessage, encodeMessage } from '../../../../shared/wire/codec.ts';

describe('host facts', () => {
  it('and load fit the wire as they are', async () => {
    const facts = await readHostFacts();
    const read = createLoadReader();
    await read();
    const load = await read();
    const hello = encodeMessage({
      kind: 'hello',
      version: 1,
      minor: 0,
      agentVersion: '1',
      epoch: 1,
      bootId: 'b',
      agentClockMs: 1,
      spoolDepth: 0,
      pingMethod: 'icmp',
      facts,
    });
    expect(decodeAgentMessage(hello)).toMatchObject({ ok: true });
    const beat = encodeMessage({ kind: 'beat', n: 1, agentClockMs: 1, spoolDepth: 0, load });
    expect(decodeAgentMessage(beat)).toMatchObject({ ok: true });
    expect(facts.cpuCount).toBeGreaterThan(0);
    expect(load.uptimeMs).toBeGreaterThan(0);
  });

  it('measure the share of time worked between two readings', () => {
    expect(busyRatio({ idleMs: 0, allMs: 0 }, { idleMs: 75, allMs: 100 })).toBe(0.25);
    expect(busyRatio({ idleMs: 0, allMs: 100 }, { idleMs: 0, allMs: 100 })).toBeUndefined();
    expect(busyRatio({ idleMs: 50, allMs: 100 }, { idleMs: 40, allMs: 150 })).toBe(1);
  });

  it('read os-release with and without quotes', () => {
    expect(parseOsRelease('PRETTY_NAME="x"\nNAME="Debian GNU/Linux"\nVERSION_ID=12\n')).toEqual({
      name: 'Debian GNU/Linux',
      version: '12',
    });
    expect(parseOsRelease('').name).toBe('Linux');
  });

  it('list each disk once and no network share', () => {
    const mounts = [
      'proc /proc proc rw 0 0',
      '/dev/sda1 / ext4 rw 0 0',
      '/dev/sda1 /var/lib/x ext4 rw 0 0',
      '/dev/sdb1 /mnt/my\\040disk xfs rw 0 0',
      'nas:/x /nas nfs4 rw 0 0',
      'overlay /var/lib/docker/overlay2/a overlay rw 0 0',
      '',
    ].join('\n');
    expect(parseMounts(mounts)).toEqual(['/', '/mnt/my disk']);
  });
});
