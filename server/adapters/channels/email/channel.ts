// Notices as plain-text e-mail by SMTP (nodemailer). One message for each recipient, so that one wrong address stops nobody
// else. Must never send without TLS to another machine, nor write the server's words or the password into a failure.
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import type { Channel, ChannelFailure, Notice } from '../../../ports/channel.ts';
import { unavailable } from '../http/post.ts';
import { addressesOf } from '../http/settings.ts';
import type { EmailConfig } from './config.ts';

export interface EmailChannelOptions {
  readonly config: EmailConfig;
  readonly secrets: { readonly password?: string };
  readonly timeoutMs?: number;
}

export function createEmailChannel({ config, secrets, timeoutMs }: EmailChannelOptions): Channel {
  const { name, host, port, security, user, from } = config;
  const waitMs = timeoutMs ?? limits.noticeCallMs;
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: secrets.password } }),
    connectionTimeout: waitMs,
    greetingTimeout: waitMs,
    socketTimeout: waitMs,
    dnsTimeout: waitMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name,
    kind: 'email',
    people: Object.keys(config.people),
    recipients: (to) => addressesOf(to, config),
    send: async (notice, recipient) => {
      try {
        await transport.sendMail({
          from,
          to: recipient,
          subject: notice.title,
          text: bodyOf(notice),
          // The same for the same news, so that a mailbox can tell a second copy.
          messageId: `<${digestOf(`${notice.key}\n${recipient}`)}@${from.slice(from.indexOf('@') + 1)}>`,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Vigia-Key': digestOf(notice.key) },
        });
        return ok(undefined);
      } catch (error) {
        return judge(name, error);
      }
    },
  };
}

function bodyOf({ text, url }: Notice): string {
  return `${[text, ...(url === undefined ? [] : ['', url])].join('\n')}\n`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 40);
}

/**
 * RFC 5321, 4.2.1: 4xx passes, 5xx does not. Without a reply the server was not reached. A refused STARTTLS judges no
 * message: its TLS may be back in a minute, and meanwhile nothing is said in clear.
 */
function judge(name: string, error: unknown): Result<void, ChannelFailure> {
  if (!(error instanceof Error)) throw error;
  const reply = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : 0;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (reply >= 500 && code !== 'ETLS')
    return fail({ ...failure('input.invalid', `${name} refused it with ${reply} (${code})`), status: reply });
  if (code === 'ECONFIG') return fail(failure('input.invalid', `${name} is not configured (${code})`));
  if (reply === 0) return fail(unavailable(`${name} did not take it (${code})`));
  return fail({ ...unavailable(`${name} answered ${reply} (${code})`), status: reply });
}
