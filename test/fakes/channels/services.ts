// The messengers as they behave: each takes only what the real one takes, and tells what a person would read on the screen.
// Sources: Meta's Cloud API reference and error codes; Telegram's Bot API (`sendMessage`, HTML style); Slack's incoming
// webhooks and text formatting; Teams' Workflows webhook with an Adaptive Card.
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { type Answer, type Asked, type HttpHost, startHttpHost } from './http-host.ts';

/** What stands on the screen of whoever was told. */
export interface Read {
  readonly recipient: string;
  readonly title: string;
  readonly text: string;
  readonly url?: string;
}

export interface Service {
  readonly host: HttpHost;
  readonly read: readonly Read[];
}

type Reader = (asked: Asked, read: (one: Read) => void) => Answer;

async function start(reader: Reader): Promise<Service> {
  const read: Read[] = [];
  const host = await startHttpHost((asked) => reader(asked, (one) => void read.push(one)));
  return { host, read };
}

const whatsappSchema = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.literal('individual'),
  to: z.string().regex(/^\d+$/),
  type: z.literal('template'),
  template: z.strictObject({
    name: z.string(),
    language: z.strictObject({ code: z.string() }),
    components: z.array(
      z.strictObject({
        type: z.literal('body'),
        parameters: z.array(z.strictObject({ type: z.literal('text'), text: z.string().min(1) })),
      }),
    ),
  }),
});

export const whatsappToken = 'EAAG-token-of-the-account';

/** One approved template in pt_BR with three parameters. */
export function startWhatsapp(): Promise<Service> {
  return start(({ path, headers, body }, read) => {
    if (headers.authorization !== `Bearer ${whatsappToken}`)
      return graphError(401, 190, `Invalid OAuth access token ${headers.authorization ?? ''}`);
    if (path !== '/v23.0/109876543210/messages') return graphError(404, 100, 'Unsupported post request');
    const parsed = whatsappSchema.safeParse(JSON.parse(body));
    if (!parsed.success) return graphError(400, 100, 'Invalid parameter');
    const { to, template } = parsed.data;
    if (template.name !== 'vigia_aviso' || template.language.code !== 'pt_BR')
      return graphError(404, 132_001, 'Template name does not exist in the translation');
    const [title, text, link] = template.components[0]?.parameters.map((each) => each.text) ?? [];
    if (title === undefined || text === undefined || link === undefined)
      return graphError(400, 132_000, 'Number of parameters does not match');
    if ([title, text, link].some((each) => /[\n\t]| {5}/.test(each)) || [...title, ...text].length > 1_000)
      return graphError(
        400,
        132_018,
        'Param text cannot have new-line/tab characters or more than 4 consecutive spaces',
      );
    read({ recipient: to, title, text, url: link });
    return { status: 200, body: JSON.stringify({ messages: [{ id: 'wamid.1' }] }) };
  });
}

export function graphError(status: number, code: number, message: string): Answer {
  return { status, body: JSON.stringify({ error: { message, type: 'OAuthException', code } }) };
}

const telegramSchema = z.strictObject({
  chat_id: z.string(),
  text: z.string().min(1),
  parse_mode: z.literal('HTML'),
  link_preview_options: z.strictObject({ is_disabled: z.boolean() }),
});

export const telegramToken = '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';

/** Reads the marks as Telegram does: an unknown tag or a bare `<` is an error, not text. */
export function startTelegram(): Promise<Service> {
  return start(({ path, body }, read) => {
    if (path !== `/bot${telegramToken}/sendMessage`) return telegramError(404, 'Not Found');
    const parsed = telegramSchema.safeParse(JSON.parse(body));
    if (!parsed.success) return telegramError(400, 'Bad Request: wrong parameters');
    const marked = /^<b>([^<>]*)<\/b>\n([^<>]*)$/.exec(parsed.data.text);
    if (marked === null || /&(?!amp;|lt;|gt;)/.test(parsed.data.text))
      return telegramError(400, "Bad Request: can't parse entities");
    const [, title = '', rest = ''] = marked.map(unescaped);
    if ([...title, ...rest].length > 4_096) return telegramError(400, 'Bad Request: message is too long');
    const [text = '', url] = rest.split('\n\n');
    read({ recipient: parsed.data.chat_id, title, text, url });
    return { status: 200, body: JSON.stringify({ ok: true, result: { message_id: 1 } }) };
  });
}

export function telegramError(status: number, description: string, retryAfter?: number): Answer {
  const parameters = retryAfter === undefined ? undefined : { retry_after: retryAfter };
  return { status, body: JSON.stringify({ ok: false, error_code: status, description, parameters }) };
}

const slackSchema = z.strictObject({ text: z.string().min(1), unfurl_links: z.boolean() });
export const slackPath = '/services/T000/B000/XXXXXXXXXXXX';

/** `<...>` is a link or a call to everybody; only what is escaped is text. */
export function startSlack(): Promise<Service> {
  return start(({ path, body }, read) => {
    if (path !== slackPath) return { status: 403, body: 'invalid_token' };
    const parsed = slackSchema.safeParse(JSON.parse(body));
    if (!parsed.success) return { status: 400, body: 'invalid_payload' };
    const lines = parsed.data.text.split('\n');
    const link = /^<([^<>|]*)\|Abrir no Vigia>$/.exec(lines.at(-1) ?? '');
    const words = link === null ? lines : lines.slice(0, -1);
    if (words.some((line) => /[<>]/.test(line))) return { status: 400, body: 'somebody is called by a mark' };
    const [title = '', ...text] = words.map(unescaped);
    read({
      recipient: 'room',
      title: title.slice(1, -1),
      text: text.join('\n'),
      url: link === null ? undefined : unescaped(link[1] ?? ''),
    });
    return { status: 200, body: 'ok' };
  });
}

const run = z.strictObject({
  type: z.literal('TextRun'),
  text: z.string(),
  weight: z.literal('Bolder').optional(),
  size: z.literal('Medium').optional(),
});
const teamsSchema = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: z.strictObject({
        $schema: z.string(),
        type: z.literal('AdaptiveCard'),
        version: z.literal('1.4'),
        msteams: z.strictObject({ width: z.literal('Full') }),
        body: z.array(
          z.strictObject({
            type: z.literal('RichTextBlock'),
            spacing: z.literal('None').optional(),
            inlines: z.tuple([run]),
          }),
        ),
        actions: z
          .tuple([z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string(), url: z.url() })])
          .optional(),
      }),
    }),
  ]),
});
export const teamsPath = '/workflows/0123/triggers/manual/paths/invoke?api-version=1&sig=SECRETSIG';

export function startTeams(): Promise<Service> {
  return start(({ path, body }, read) => {
    if (path !== teamsPath) return { status: 401 };
    const parsed = teamsSchema.safeParse(JSON.parse(body));
    if (!parsed.success || Buffer.byteLength(body) > 28 * 1024) return { status: 400 };
    const { body: blocks, actions } = parsed.data.attachments[0].content;
    const [title = '', ...text] = blocks.map(({ inlines }) => inlines[0].text);
    read({ recipient: 'room', title, text: text.join('\n'), url: actions?.[0].url });
    return { status: 202 };
  });
}

const hookSchema = z.strictObject({
  key: z.string(),
  kind: z.string(),
  priority: z.string(),
  title: z.string(),
  text: z.string(),
  to: z.array(z.string()),
  incident: z.string().optional(),
  incidentUrl: z.string().optional(),
});
export const hookSecret = 'a secret of the pager';
export const hookPath = '/hooks/7f3a';

/** Checks the signature on the raw bytes, as the manual says. */
export function startHook(): Promise<Service> {
  return start(({ path, headers, body }, read) => {
    const [, at = '', mac = ''] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['vigia-signature'])) ?? [];
    const wanted = createHmac('sha256', hookSecret).update(`${at}.${body}`, 'utf8').digest('hex');
    if (path !== hookPath || mac !== wanted) return { status: 401 };
    const parsed = hookSchema.safeParse(JSON.parse(body));
    if (!parsed.success || headers['idempotency-key'] !== encodeURI(parsed.data.key)) return { status: 400 };
    const { title, text, to, incidentUrl: url } = parsed.data;
    read({ recipient: 'room', title, text: to.length === 0 ? text : `${text}\nPara: ${to.join(', ')}`, url });
    return { status: 204 };
  });
}

function unescaped(text: string): string {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}
