// Runs the contract of channels on every adapter of that port.
import { createEmailChannel } from '../../server/adapters/channels/email/channel.ts';
import { emailConfigSchema } from '../../server/adapters/channels/email/config.ts';
import { createSlackChannel } from '../../server/adapters/channels/slack/channel.ts';
import { slackConfigSchema } from '../../server/adapters/channels/slack/config.ts';
import { createTeamsChannel } from '../../server/adapters/channels/teams/channel.ts';
import { teamsConfigSchema } from '../../server/adapters/channels/teams/config.ts';
import { createTelegramChannel } from '../../server/adapters/channels/telegram/channel.ts';
import { telegramConfigSchema } from '../../server/adapters/channels/telegram/config.ts';
import { createWebhookChannel } from '../../server/adapters/channels/webhook/channel.ts';
import { webhookChannelConfigSchema } from '../../server/adapters/channels/webhook/config.ts';
import { createWhatsappChannel } from '../../server/adapters/channels/whatsapp/channel.ts';
import { whatsappConfigSchema } from '../../server/adapters/channels/whatsapp/config.ts';
import type { Channel } from '../../server/ports/channel.ts';
import { instant } from '../../shared/time.ts';
import type { Answer } from '../fakes/channels/http-host.ts';
import {
  graphError,
  hookPath,
  hookSecret,
  type Service,
  slackPath,
  startHook,
  startSlack,
  startTeams,
  startTelegram,
  startWhatsapp,
  teamsPath,
  telegramError,
  telegramToken,
  whatsappToken,
} from '../fakes/channels/services.ts';
import { startMailServer } from '../fakes/channels/smtp.ts';
import { type ChannelBench, channelContract } from './channel.contract.ts';

const clock = { now: () => instant(1_795_438_800_000) };
/** Patient: this machine may be busy. */
const both = (open: (timeoutMs: number) => Channel) => ({ channel: open(10_000), impatient: open(150) });
const room = { everybody: ['room'] };

interface HttpBench extends Pick<ChannelBench, 'everybody' | 'ana' | 'secrets' | 'lineBreak'> {
  readonly channel: Channel;
  readonly impatient: Channel;
  readonly busy?: (seconds: number) => Answer;
  readonly refusal?: Answer;
}

function benchOf({ host, read }: Service, more: HttpBench): ChannelBench {
  const tooMany = (seconds: number): Answer => ({ status: 429, headers: { 'Retry-After': String(seconds) } });
  return {
    ...more,
    read,
    busy: (seconds) => host.misbehave((more.busy ?? tooMany)(seconds)),
    broken: () => host.misbehave({ status: 503, body: 'busy' }),
    refusing: () => host.misbehave(more.refusal ?? { status: 410, body: 'channel_is_archived' }),
    silent: () => host.misbehave('silence'),
    elsewhere: () => host.misbehave({ status: 302, headers: { Location: `${host.url}/elsewhere` } }),
    close: host.close,
  };
}

channelContract('whatsapp', async () => {
  const service = await startWhatsapp();
  const config = whatsappConfigSchema.parse({
    name: 'celular',
    kind: 'whatsapp',
    phoneNumberId: '109876543210',
    tokenFile: 'token',
    template: 'vigia_aviso',
    parameters: ['title', 'text', 'link'],
    apiUrl: service.host.url,
    to: ['+5511911112222'],
    people: { Ana: '+5511933334444' },
  });
  const secrets = { token: whatsappToken };
  return benchOf(service, {
    ...both((timeoutMs) => createWhatsappChannel({ config, secrets, clock, timeoutMs })),
    everybody: ['5511911112222'],
    ana: '5511933334444',
    lineBreak: ' | ',
    secrets: [whatsappToken, service.host.url],
    // Its limits come as 400 too.
    busy: () => graphError(400, 130_429, 'Rate limit hit'),
    refusal: graphError(401, 190, `Invalid OAuth access token ${whatsappToken}`),
  });
});

channelContract('telegram', async () => {
  const service = await startTelegram();
  const config = telegramConfigSchema.parse({
    name: 'grupo',
    kind: 'telegram',
    tokenFile: 'token',
    apiUrl: service.host.url,
    to: [-100_123],
    people: { Ana: '4711' },
  });
  return benchOf(service, {
    ...both((timeoutMs) =>
      createTelegramChannel({ config, secrets: { token: telegramToken }, clock, timeoutMs }),
    ),
    everybody: ['-100123'],
    ana: '4711',
    secrets: [telegramToken, service.host.url],
    busy: (seconds) => telegramError(429, `Too Many Requests: retry after ${seconds}`, seconds),
    refusal: telegramError(403, `Forbidden: bot ${telegramToken} was blocked by the user`),
  });
});

channelContract('slack', async () => {
  const service = await startSlack();
  const url = `${service.host.url}${slackPath}`;
  const config = slackConfigSchema.parse({ name: 'noc', kind: 'slack', urlFile: 'url' });
  const channels = both((timeoutMs) => createSlackChannel({ config, secrets: { url }, clock, timeoutMs }));
  return benchOf(service, { ...room, ...channels, secrets: [url, slackPath] });
});

channelContract('teams', async () => {
  const service = await startTeams();
  const url = `${service.host.url}${teamsPath}`;
  const config = teamsConfigSchema.parse({ name: 'noc', kind: 'teams', urlFile: 'url' });
  const channels = both((timeoutMs) => createTeamsChannel({ config, secrets: { url }, clock, timeoutMs }));
  return benchOf(service, { ...room, ...channels, secrets: [url, 'SECRETSIG'] });
});

channelContract('webhook', async () => {
  const service = await startHook();
  const url = `${service.host.url}${hookPath}`;
  const config = webhookChannelConfigSchema.parse({ name: 'pager', kind: 'webhook', urlFile: 'url' });
  const secrets = { url, secret: hookSecret };
  const channels = both((timeoutMs) => createWebhookChannel({ config, secrets, clock, timeoutMs }));
  return benchOf(service, { ...room, ...channels, secrets: [url, hookSecret] });
});

channelContract('email', async () => {
  const server = await startMailServer();
  const config = emailConfigSchema.parse({
    name: 'correio',
    kind: 'email',
    host: '127.0.0.1',
    port: server.port,
    security: 'none',
    from: 'vigia@msp.example.com.br',
    to: ['noc@msp.example.com.br'],
    people: { Ana: 'ana@msp.example.com.br' },
  });
  return {
    ...both((timeoutMs) => createEmailChannel({ config, secrets: {}, timeoutMs })),
    read: server.read,
    everybody: ['noc@msp.example.com.br'],
    ana: 'ana@msp.example.com.br',
    secrets: ['ana@msp', 'noc@msp'],
    busy: () => server.misbehave('450 4.2.1 <noc@msp.example.com.br> come again'),
    broken: () => server.misbehave('451 4.3.0 broken'),
    refusing: () => server.misbehave('550 5.1.1 <noc@msp.example.com.br> unknown'),
    silent: () => server.misbehave('silence'),
    close: server.close,
  };
});
