// `alarms` and `deadMan` in vigia.yaml: defaults, every mistake with its path, and a secret that others cannot read.
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../server/config.ts';

function load(yaml: string, secret?: { readonly text: string; readonly mode: number }) {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-alarms-'));
  const file = join(folder, 'vigia.yaml');
  writeFileSync(file, yaml);
  if (secret !== undefined) {
    writeFileSync(join(folder, 'pager.key'), secret.text);
    chmodSync(join(folder, 'pager.key'), secret.mode);
  }
  return loadConfig({ file, environment: {}, workingDirectory: folder });
}

function pathsOf(loaded: ReturnType<typeof load>): readonly string[] {
  if (loaded.ok) throw new Error('expected mistakes');
  return loaded.failure.issues?.map((issue) => issue.path) ?? [];
}

const webhook = 'alarms: { webhook: { url: "https://pager.example/x", secretFile: pager.key } }';

describe('alarms and the dead-man ping', () => {
  test('none is configured by default', () => {
    const loaded = load('');
    expect(loaded.ok && loaded.value).toMatchObject({ alarms: {}, deadMan: undefined });
  });

  test('the secret is read from its file, beside the configuration', () => {
    const loaded = load(webhook, { text: '0123456789abcdef0123\n', mode: 0o600 });
    expect(loaded.ok && loaded.value.alarms).toEqual({
      webhook: { url: 'https://pager.example/x', secret: '0123456789abcdef0123' },
    });
  });

  test('a secret that is missing, short or readable by others is refused', () => {
    expect(pathsOf(load(webhook))).toEqual(['alarms.webhook.secretFile']);
    expect(pathsOf(load(webhook, { text: 'short', mode: 0o600 }))).toEqual(['alarms.webhook.secretFile']);
    const open = load(webhook, { text: '0123456789abcdef0123', mode: 0o644 });
    expect(process.platform === 'win32' || pathsOf(open)).toEqual(['alarms.webhook.secretFile']);
  });

  test('every mistake has its path', () => {
    const loaded = load(
      'alarms: { webhook: { url: "ftp://x" }, pager: 1 }\ndeadMan: { url: "", everyMs: 5 }\n',
    );
    expect([...pathsOf(loaded)].sort()).toEqual(
      expect.arrayContaining(['alarms.webhook.url', 'deadMan.everyMs', 'deadMan.url']),
    );
  });

  test('a ping a minute unless told otherwise', () => {
    const loaded = load('deadMan: { url: "https://hc.example/2f0c" }');
    expect(loaded.ok && loaded.value.deadMan).toEqual({ url: 'https://hc.example/2f0c', everyMs: 60_000 });
  });
});
