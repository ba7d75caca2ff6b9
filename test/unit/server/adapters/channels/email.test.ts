// What the shared suite cannot ask of every channel: an e-mail never leaves in clear, and one message keeps one id.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmailChannel } from '../../../../../server/adapters/channels/email/channel.ts';
import { emailConfigSchema } from '../../../../../server/adapters/channels/email/config.ts';
import type { Notice } from '../../../../../server/ports/channel.ts';
import { type MailServer, startMailServer } from '../../../../fakes/channels/smtp.ts';

const notice: Notice = {
  key: 'inc-7-0:opened',
  kind: 'opened',
  priority: 'critical',
  title: 'CRÍTICO: queda\r\nBcc: todos@example.com',
  text: 'Desde 23/11/2026 10:01:00.',
  to: [],
};

describe('the e-mail channel', () => {
  let server: MailServer;
  beforeEach(async () => {
    server = await startMailServer();
  });
  afterEach(() => server.close());

  const channel = (security: 'starttls' | 'tls' | 'none') =>
    createEmailChannel({
      config: emailConfigSchema.parse({
        name: 'correio',
        kind: 'email',
        host: '127.0.0.1',
        port: server.port,
        security,
        from: 'vigia@msp.example.com.br',
        to: ['noc@msp.example.com.br'],
      }),
      secrets: {},
      // A TLS greeting is waited for in vain; whatever else is sent here is answered.
      timeoutMs: security === 'tls' ? 150 : 10_000,
    });

  it.each(['starttls', 'tls'] as const)(
    'sends nothing in clear when the server offers no %s',
    async (security) => {
      const sent = await channel(security).send(notice, 'noc@msp.example.com.br');
      expect(sent.ok ? undefined : sent.failure).toMatchObject({ code: 'unavailable', retryable: true });
      expect(server.messages).toEqual([]);
    },
  );

  it('the same news to the same mailbox have the same id, to another one another', async () => {
    const plain = channel('none');
    await plain.send(notice, 'noc@msp.example.com.br');
    await plain.send(notice, 'noc@msp.example.com.br');
    await plain.send(notice, 'ana@msp.example.com.br');
    const ids = server.messages.map((raw) => /^Message-ID: (.*)$/im.exec(raw)?.[1]?.trim());
    expect(ids[0]).toMatch(/^<[0-9a-f]{40}@msp\.example\.com\.br>$/);
    expect([ids[1] === ids[0], ids[2] === ids[0]]).toEqual([true, false]);
  });

  it('a line break in a title makes no header', async () => {
    await channel('none').send(notice, 'noc@msp.example.com.br');
    expect(server.messages[0]).not.toMatch(/^Bcc:/im);
  });
});
