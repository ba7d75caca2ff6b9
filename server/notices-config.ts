// The parts `channels` and `notices` of vigia.yaml: each channel becomes a plan of how to open it, with its secrets read. A new
// kind of channel is one line in the table here. Used by `config.ts`; opens nothing and sends nothing itself.
import { z } from 'zod';
import type { Issue } from '../shared/failure.ts';
import { issuesOf } from '../shared/inventory/check.ts';
import { limits } from '../shared/limits.ts';
import { createEmailChannel } from './adapters/channels/email/channel.ts';
import { emailConfigSchema } from './adapters/channels/email/config.ts';
import { isSafe } from './adapters/channels/http/settings.ts';
import { createSlackChannel } from './adapters/channels/slack/channel.ts';
import { slackConfigSchema } from './adapters/channels/slack/config.ts';
import { createTeamsChannel } from './adapters/channels/teams/channel.ts';
import { teamsConfigSchema } from './adapters/channels/teams/config.ts';
import { createTelegramChannel } from './adapters/channels/telegram/channel.ts';
import { telegramConfigSchema } from './adapters/channels/telegram/config.ts';
import { createWebhookChannel } from './adapters/channels/webhook/channel.ts';
import { webhookChannelConfigSchema } from './adapters/channels/webhook/config.ts';
import { createWhatsappChannel } from './adapters/channels/whatsapp/channel.ts';
import { whatsappConfigSchema } from './adapters/channels/whatsapp/config.ts';
import { type Channel, type ChannelKind, channelKinds } from './ports/channel.ts';
import type { Clock } from './ports/clock.ts';
import { readSecret } from './secret-file.ts';
import type { NoticesSettings } from './shell/notices/settings.ts';

const channelsSchema = z
  .array(z.unknown())
  .max(limits.channelsMax, `wanted: at most ${limits.channelsMax} channels`)
  .default([]);

/** How one channel comes to be. */
export interface ChannelPlan {
  readonly name: string;
  readonly kind: ChannelKind;
  readonly open: OpenChannel;
}

type OpenChannel = (given: { readonly clock: Clock }) => Channel;
type ReadSecret = (name: string, key: string) => string;

interface Reading {
  readonly secret: ReadSecret;
  /** The secret of a hook: a whole address. */
  readonly address: ReadSecret;
  readonly mistake: (key: string, message: string) => void;
}

type Kind = (raw: unknown, reading: Reading) => Pick<ChannelPlan, 'name' | 'open'> | readonly Issue[];

const kinds: Readonly<Record<ChannelKind, Kind>> = {
  email: kind(emailConfigSchema, (config, { secret }) => {
    const { passwordFile } = config;
    const password = passwordFile === undefined ? undefined : secret(passwordFile, 'passwordFile');
    return () => createEmailChannel({ config, secrets: { password } });
  }),
  whatsapp: kind(whatsappConfigSchema, (config, { secret }) => {
    const secrets = { token: secret(config.tokenFile, 'tokenFile') };
    return ({ clock }) => createWhatsappChannel({ config, secrets, clock });
  }),
  telegram: kind(telegramConfigSchema, (config, { secret, mistake }) => {
    const token = secret(config.tokenFile, 'tokenFile');
    // It becomes part of an address.
    if (token !== '' && !/^\d+:[\w-]{20,}$/.test(token))
      mistake('tokenFile', 'wanted: a token of @BotFather');
    return ({ clock }) => createTelegramChannel({ config, secrets: { token }, clock });
  }),
  teams: kind(teamsConfigSchema, (config, { address }) => {
    const secrets = { url: address(config.urlFile, 'urlFile') };
    return ({ clock }) => createTeamsChannel({ config, secrets, clock });
  }),
  slack: kind(slackConfigSchema, (config, { address }) => {
    const secrets = { url: address(config.urlFile, 'urlFile') };
    return ({ clock }) => createSlackChannel({ config, secrets, clock });
  }),
  webhook: kind(webhookChannelConfigSchema, (config, { address, secret, mistake }) => {
    const url = address(config.urlFile, 'urlFile');
    const { secretFile } = config;
    const key = secretFile === undefined ? undefined : secret(secretFile, 'secretFile');
    if (key !== undefined && key !== '' && key.length < limits.deskSecretCharsMin)
      mistake('secretFile', `wanted: a secret of ${limits.deskSecretCharsMin} characters at least`);
    return ({ clock }) => createWebhookChannel({ config, secrets: { url, secret: key }, clock });
  }),
};

/** `raw` is what stands under `channels`; relative paths start in `folder`. Mistakes are added to `issues`. */
export function readChannels(raw: unknown, folder: string, issues: Issue[]): readonly ChannelPlan[] {
  const list = channelsSchema.safeParse(raw);
  if (!list.success) {
    issues.push(...list.error.issues.map(({ message }) => ({ path: 'channels', message })));
    return [];
  }
  const plans = list.data.flatMap(
    (each, at) => readChannel(each, { path: `channels[${at}]`, folder, issues }) ?? [],
  );
  plans.forEach(({ name }, at) => {
    if (plans.findIndex((each) => each.name === name) !== at)
      issues.push({ path: 'channels', message: `wanted: each name once, given twice: "${name}"` });
  });
  return plans;
}

/** A route that names no channel of this configuration would lose its notices. */
export function checkRoutes(
  { routes }: NoticesSettings,
  channels: readonly Pick<ChannelPlan, 'name'>[],
  issues: Issue[],
): void {
  routes.forEach((route, at) => {
    for (const name of route.channels ?? []) {
      if (channels.some((each) => each.name === name)) continue;
      issues.push({ path: `notices.routes[${at}].channels`, message: `there is no channel "${name}"` });
    }
  });
}

interface Place {
  readonly path: string;
  readonly folder: string;
  readonly issues: Issue[];
}

const kindSchema = z.looseObject({ kind: z.enum(channelKinds) });

function readChannel(raw: unknown, { path, folder, issues }: Place): ChannelPlan | undefined {
  const named = kindSchema.safeParse(raw);
  if (!named.success) {
    issues.push({ path: `${path}.kind`, message: `wanted: one of ${channelKinds.join(', ')}` });
    return undefined;
  }
  const secret: ReadSecret = (name, key) => readSecret(name, { path: `${path}.${key}`, folder, issues });
  const mistake = (key: string, message: string): void => {
    issues.push({ path: `${path}.${key}`, message });
  };
  const address: ReadSecret = (name, key) => {
    const url = secret(name, key);
    if (url !== '' && !isSafe(url)) mistake(key, 'wanted: one https address in the file');
    return url;
  };
  const read = kinds[named.data.kind](raw, { secret, address, mistake });
  if ('open' in read) return { ...read, kind: named.data.kind };
  issues.push(...read.map(({ path: inside, message }) => ({ path: `${path}.${inside}`, message })));
  return undefined;
}

function kind<C extends { readonly name: string }>(
  schema: z.ZodType<C>,
  read: (config: C, reading: Reading) => OpenChannel,
): Kind {
  return (raw, reading) => {
    const parsed = schema.safeParse(raw);
    if (!parsed.success) return issuesOf(parsed.error);
    return { name: parsed.data.name, open: read(parsed.data, reading) };
  };
}
