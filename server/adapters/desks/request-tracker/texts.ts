// The texts of one ticket: RT keeps what was said as attachments of transactions, beside screenshots and log files that
// nobody may download just to look for a mark. Lists them without contents, then reads the small texts, each once.
// Attachments and transactions never change in RT, so what was read is kept, within a limit.
import { z } from 'zod';
import { limits } from '../../../../shared/limits.ts';
import { ok, type Result } from '../../../../shared/result.ts';
import { fromIso, type Instant } from '../../../../shared/time.ts';
import { type DeskAnswer, type DeskHttp, jsonOf } from '../http/call.ts';
import { numberSchema } from './ticket.ts';

export interface TicketText {
  /** Of the attachment; they count up. */
  readonly id: string;
  readonly text: string;
  readonly html: boolean;
  /** Which change of the ticket it was said with. */
  readonly transaction?: string;
}

/** What a transaction was, and whose. */
export interface TicketTransaction {
  /** RT's word: `Comment`, `Correspond`, `EmailRecord` ... */
  readonly type: string;
  readonly by?: string;
  readonly at?: Instant;
}

export type Get = (path: string, query?: Readonly<Record<string, string>>) => Promise<Result<DeskAnswer>>;

const listSchema = z.object({
  items: z.array(
    z.object({
      id: numberSchema,
      ContentType: z.string().nullish(),
      Filename: z.string().nullish(),
      Headers: z.string().nullish(),
      TransactionId: z.union([numberSchema, z.object({ id: numberSchema })]).nullish(),
    }),
  ),
});
const transactionSchema = z.object({
  Type: z.string().nullish(),
  Creator: z.union([z.string(), z.object({ id: z.union([z.string(), z.number()]) })]).nullish(),
  Created: z.string().nullish(),
});
const attachmentSchema = z.object({ Content: z.string().nullish() });
type Item = z.output<typeof listSchema>['items'][number];

const perPage = 100;

export class TicketTexts {
  readonly #http: DeskHttp;
  readonly #get: Get;
  readonly #kept = new Map<string, string>();
  readonly #transactions = new Map<string, TicketTransaction>();

  constructor(http: DeskHttp, get: Get) {
    this.#http = http;
    this.#get = get;
  }

  /** Oldest first. Of a ticket with more than `deskNotesMax` attachments, those of the newest. */
  async of(protocol: string): Promise<Result<readonly TicketText[]>> {
    const items = await this.#list(protocol);
    if (!items.ok) return items;
    const texts: TicketText[] = [];
    for (const item of items.value.filter(isShortText)) {
      const text = await this.#read(item);
      if (!text.ok) return text;
      texts.push({
        id: item.id,
        text: text.value,
        html: item.ContentType === 'text/html',
        transaction: transactionOf(item),
      });
    }
    return ok(texts.toSorted((a, b) => Number(a.id) - Number(b.id)));
  }

  async transaction(id: string): Promise<Result<TicketTransaction>> {
    const kept = this.#transactions.get(id);
    if (kept !== undefined) return ok(kept);
    const answer = await this.#get(`/transaction/${id}`);
    if (!answer.ok) return answer;
    const read = jsonOf(this.#http, answer.value, transactionSchema);
    if (!read.ok) return read;
    const { Type, Creator, Created } = read.value;
    const transaction: TicketTransaction = {
      type: Type ?? '',
      by: Creator === null || Creator === undefined ? undefined : nameOf(Creator),
      at: typeof Created === 'string' ? fromIso(Created) : undefined,
    };
    keep(this.#transactions, id, transaction);
    return ok(transaction);
  }

  async #list(protocol: string): Promise<Result<readonly Item[]>> {
    const found: Item[] = [];
    for (let page = 1; found.length < limits.deskNotesMax; page += 1) {
      const answer = await this.#get(`/ticket/${protocol}/attachments`, {
        fields: 'ContentType,Filename,Headers,TransactionId',
        orderby: 'id',
        order: 'DESC',
        page: String(page),
        per_page: String(perPage),
      });
      if (!answer.ok) return answer;
      const list = jsonOf(this.#http, answer.value, listSchema);
      if (!list.ok) return list;
      found.push(...list.value.items);
      if (list.value.items.length < perPage) break;
    }
    return ok(found);
  }

  async #read(item: Item): Promise<Result<string>> {
    const { id } = item;
    const kept = this.#kept.get(id);
    if (kept !== undefined) return ok(kept);
    const answer = await this.#get(`/attachment/${id}`);
    if (!answer.ok) return answer;
    const attachment = jsonOf(this.#http, answer.value, attachmentSchema);
    if (!attachment.ok) return attachment;
    const text = textOf(attachment.value.Content ?? '', sizeOf(item));
    keep(this.#kept, id, text);
    return ok(text);
  }
}

function keep<T>(kept: Map<string, T>, id: string, value: T): void {
  const [oldest] = kept.keys();
  if (kept.size >= limits.deskTextsKeptMax && oldest !== undefined) kept.delete(oldest);
  kept.set(id, value);
}

function transactionOf({ TransactionId: id }: Item): string | undefined {
  if (id === null || id === undefined) return undefined;
  return typeof id === 'string' ? id : id.id;
}

function nameOf(creator: string | { readonly id: string | number }): string {
  return typeof creator === 'string' ? creator : String(creator.id);
}

/** What a person or we wrote, not what was sent along. Our own texts are far below the limit. */
function isShortText(item: Item): boolean {
  const { ContentType, Filename } = item;
  const named = Filename !== undefined && Filename !== null && Filename !== '';
  return (ContentType ?? '').startsWith('text/') && !named && (sizeOf(item) ?? 0) <= limits.deskTextBytesMax;
}

/** Bytes, as RT notes it among the headers it keeps with each attachment. */
function sizeOf({ Headers }: Item): number | undefined {
  const size = /^Content-Length:\s*(\d{1,12})$/im.exec(Headers ?? '')?.[1];
  return size === undefined ? undefined : Number(size);
}

/** One attachment comes in Base64 (in lists it does not); the noted size tells that from a text that only looks so. */
function textOf(content: string, sizeBytes: number | undefined): string {
  if (!/^[A-Za-z0-9+/=\s]*$/.test(content)) return content;
  const bytes = Buffer.from(content, 'base64');
  return sizeBytes === undefined || bytes.length === sizeBytes ? bytes.toString('utf8') : content;
}
