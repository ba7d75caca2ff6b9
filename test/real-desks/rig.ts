// One real desk behind a proxy that loses answers, driven through the delivery as the outbox drives it: the same effect
// again and again until it is done, with the clock moved on by what the delivery asks to wait.
import { createMemoryDeskAttempts } from '../../server/adapters/memory/desk-attempts.ts';
import type { TicketEffect } from '../../server/core/effect.ts';
import { createDeskDelivery, type DeskDelivery } from '../../server/shell/desk/delivery.ts';
import { effectKey, incidentIdFrom } from '../../shared/ids.ts';
import { type Instant, instant } from '../../shared/time.ts';
import type { Priority } from '../../shared/words.ts';
import { type FakeRequest, type FakeServer, type Faults, startFakeServer } from '../fakes/desks/faults.ts';
import type { Person, RealDesk } from './real-desk.ts';

/** A request of our client that the desk leaves hanging is given up after this. Real desks answer within 2 s here. */
const callMs = 4_000;
const triesMax = 12;

export interface Rig {
  readonly faults: Faults;
  /** Requests that reached the proxy. */
  readonly requests: readonly FakeRequest[];
  readonly delivery: DeskDelivery;
  readonly person: Person;
  now(): Instant;
  /** Repeats the effect until the desk has it; gives its protocol. Throws with the last failure. */
  deliver(effect: TicketEffect): Promise<string>;
  stop(): Promise<void>;
}

export async function startRig(desk: RealDesk, credential?: string): Promise<Rig> {
  const proxy = await startProxy(desk.url);
  let skippedMs = 0;
  const now = (): Instant => instant(Date.now() + skippedMs);
  const delivery = createDeskDelivery({
    client: desk.client({ url: proxy.url, clock: { now }, timeoutMs: callMs, credential }),
    attempts: createMemoryDeskAttempts(),
    clock: { now },
    onUncertain: 'hold',
    owner: 'test',
  });
  return {
    faults: proxy.faults,
    requests: proxy.requests,
    delivery,
    person: desk.person,
    now,
    deliver: async (effect) => {
      for (let round = 1; ; round += 1) {
        const done = await delivery.perform(effect);
        if (done.ok) return done.value.protocol;
        const { code, message, retryable, retryAfterMs = 1_000 } = done.failure;
        if (!retryable || round === triesMax) throw new Error(`${effect.key}: ${code}: ${message}`);
        skippedMs += retryAfterMs;
      }
    },
    stop: async () => {
      await delivery.close();
      await proxy.stop();
    },
  };
}

/** Passes everything on to the byte; what is lost on the way is `faults`' choice. */
function startProxy(to: string): Promise<FakeServer> {
  return startFakeServer(async ({ method, url, headers, raw }) => {
    const passed = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      value === undefined || ['host', 'connection', 'content-length'].includes(name) ? [] : [[name, value]],
    );
    const answer = await fetch(`${to}${url.pathname}${url.search}`, {
      method,
      headers: passed,
      body: method === 'GET' ? undefined : new Uint8Array(raw),
      redirect: 'manual',
    });
    return {
      status: answer.status,
      headers: { 'content-type': answer.headers.get('content-type') ?? 'application/octet-stream' },
      body: Buffer.from(await answer.arrayBuffer()),
    };
  });
}

const titleOf = 'Padaria Aurora, São Paulo - ação, 3º andar: link fora do ar';

/** What a desk could change or interpret. */
export const difficultText = [
  'São Paulo - ação, 3º andar',
  '',
  '  recuado: "coração" & <b>não é negrito</b> &amp; \'aspas\' \\ barra; 100% {chave} [x] $HOME',
  '* estrela *, _sublinhado_, h1. título, “tipográficas” – travessão — emoji 📡 e ligadura ﬁ',
  'Última linha sem ponto',
].join('\n');

export interface Effects {
  readonly marker: string;
  readonly open: TicketEffect;
  readonly close: TicketEffect;
  readonly reopen: TicketEffect;
  note(number: number, text?: string): TicketEffect;
  raise(number: number, to: { readonly priority: Priority; readonly title: string }): TicketEffect;
}

export const openingTitle = titleOf;

/** Effects of one incident as the core makes them. `detectedAt`: by the real clock, which the desk's own runs by. */
export function effectsOf(id: string, priority: Priority = 'critical'): Effects {
  const incident = incidentIdFrom(id);
  const detectedAt = instant(Date.now());
  const fields = (what: string) => ({ key: effectKey(`${id}:${what}`), incident, notBefore: detectedAt });
  return {
    marker: `[VIGIA-${id}]`,
    open: {
      kind: 'ticket.open',
      ...fields('open'),
      text: { title: titleOf, body: difficultText },
      priority,
      customer: 'aurora',
      site: 'matriz',
      detectedAt,
    },
    close: { kind: 'ticket.close', ...fields('close'), text: 'Normalizado às 14h: 3º andar no ar.' },
    reopen: { kind: 'ticket.reopen', ...fields('reopen:1'), text: 'Caiu de novo às 14h10.' },
    note: (number, text = difficultText) => ({ kind: 'ticket.note', ...fields(`note:${number}`), text }),
    raise: (number, raise) => ({
      kind: 'ticket.note',
      ...fields(`note:${number}`),
      text: 'Agravou: a unidade inteira está sem internet.',
      raise,
    }),
  };
}
