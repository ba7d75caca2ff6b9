// The part of vigia.yaml about Vigia's own trouble: `alarms` (another channel than the tickets) and `deadMan` (a ping
// outwards). Read by `config.ts`; secrets come from files and are never shown.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Issue } from '../shared/failure.ts';
import { hour, minute, second } from '../shared/time.ts';

const webUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'wanted: an http(s) URL');

export const alarmsSchema = z
  .strictObject({
    webhook: z.strictObject({ url: webUrl, secretFile: z.string().min(1).optional() }).optional(),
  })
  .default({});

export const deadManSchema = z
  .strictObject({
    url: webUrl,
    everyMs: z
      .int()
      .min(10 * second, 'wanted: 10000 ms at least')
      .max(hour, 'wanted: 3600000 ms at most')
      .default(minute),
  })
  .optional();

export interface AlarmsConfig {
  readonly webhook?: { readonly url: string; readonly secret?: string };
}

export type DeadManConfig = z.output<typeof deadManSchema>;

/** `folder`: where relative paths start. Mistakes are added to `issues`. */
export function readAlarms(
  { webhook }: z.output<typeof alarmsSchema>,
  folder: string,
  issues: Issue[],
): AlarmsConfig {
  if (webhook === undefined) return {};
  const { url, secretFile } = webhook;
  if (secretFile === undefined) return { webhook: { url } };
  const path = 'alarms.webhook.secretFile';
  try {
    const file = resolve(folder, secretFile);
    const { mode } = statSync(file);
    const secret = readFileSync(file, 'utf8').trim();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      issues.push({ path, message: `others can read "${secretFile}"; wanted: mode 0600` });
    }
    if (secret.length < 16) issues.push({ path, message: 'wanted: a secret of 16 characters at least' });
    return { webhook: { url, secret } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    issues.push({ path, message: `wanted: a readable file; ${reason}` });
    return { webhook: { url } };
  }
}
