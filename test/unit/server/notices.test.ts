// The room of notices as the server opens it: configuration, a real hook on loopback, its file on disk, and a restart.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../../server/config.ts';
import { createCalendars } from '../../../server/core/sla/calendars.ts';
import { openNotices } from '../../../server/notices.ts';
import { instant } from '../../../shared/time.ts';
import { hookPath, hookSecret, type Service, startHook } from '../../fakes/channels/services.ts';
import { createLiveCore } from '../../fakes/live-core.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

describe('notices of a server', () => {
  let folder: string;
  let hook: Service;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigia-notices-'));
    hook = await startHook();
  });
  afterEach(async () => {
    await hook.host.close();
    rmSync(folder, { recursive: true });
  });

  function configured(yaml: string) {
    const secrets = { 'hook.url': `${hook.host.url}${hookPath}`, 'hook.key': hookSecret };
    for (const [name, text] of Object.entries(secrets)) {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o600);
    }
    writeFileSync(join(folder, 'vigia.yaml'), `data: .\npublicUrl: https://vigia.example.com.br\n${yaml}`);
    const file = join(folder, 'vigia.yaml');
    const loaded = loadConfig({ file, environment: {}, workingDirectory: folder });
    return loaded.ok ? loaded.value : expect.unreachable(JSON.stringify(loaded.failure));
  }

  const channels = 'channels: [{ name: pager, kind: webhook, urlFile: hook.url, secretFile: hook.key }]\n';

  it('an outage reaches the hook signed, once, also over a restart', async () => {
    const config = configured(`${channels}notices: { groupMs: 0 }\n`);
    const clock = createManualClock(instant(Date.parse('2026-11-23T13:00:00Z')));
    const { correlator, ...core } = createLiveCore(clock);
    const given = {
      correlator,
      calendars: createCalendars(config.sla),
      clock,
      agedAt: () => clock.now(),
      log: pino({ level: 'silent' }),
      onFatal: (error: unknown): never => {
        throw error;
      },
    };
    const first = openNotices(config);
    const opened = first.ok ? first.value : expect.unreachable(first.failure.message);
    const running = opened.start(given);
    core.link('down');
    await core.pass(30_000);
    await vi.waitFor(
      () => expect(running.channels.stateOf('pager')).toMatchObject({ sent: 1, waiting: 0 }),
      10_000,
    );
    expect(running.alarms.map(({ name }) => name)).toEqual(['channels']);
    running.stop();
    opened.close();

    const second = openNotices(config);
    const reopened = second.ok ? second.value : expect.unreachable(second.failure.message);
    const again = reopened.start(given);
    await core.pass(60_000);
    expect(again.counters()).toMatchObject({ taken: 0 });
    again.stop();
    reopened.close();
    expect(hook.read).toHaveLength(1);
    expect(hook.read[0]).toMatchObject({
      title: 'CRÍTICO: Link Vivo (principal) fora do ar — Padaria Aurora, Matriz',
      url: `https://vigia.example.com.br/incidents/${core.standing()[0]?.id}`,
    });
  });

  it('without channels nothing is kept and escalation runs all the same', async () => {
    const config = configured('');
    const clock = createManualClock(instant(Date.parse('2026-11-23T13:00:00Z')));
    const core = createLiveCore(clock);
    const opened = openNotices(config);
    const running = opened.ok
      ? opened.value.start({
          correlator: core.correlator,
          calendars: createCalendars(config.sla),
          clock,
          agedAt: () => clock.now(),
          log: pino({ level: 'silent' }),
          onFatal: (error) => {
            throw error;
          },
        })
      : expect.unreachable(opened.failure.message);
    core.link('down');
    await core.pass(6 * 60_000);
    expect(running.escalation()).toEqual({ taken: 1, refused: 0 });
    expect([running.alarms, running.channels.list, running.counters()]).toEqual([[], [], undefined]);
    running.stop();
  });
});
