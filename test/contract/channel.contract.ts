// What every channel promises, against a faithful fake of its service on loopback: the text to the byte, marks that stay text,
// what each answer means, and that no secret is ever told.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, Notice } from '../../server/ports/channel.ts';
import type { Failure } from '../../shared/failure.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import type { Result } from '../../shared/result.ts';
import { second } from '../../shared/time.ts';
import type { Read } from '../fakes/channels/services.ts';

export interface ChannelBench {
  readonly channel: Channel;
  /** The same, which waits 150 ms only. */
  readonly impatient: Channel;
  readonly read: readonly Read[];
  /** A line break cannot stand in this channel's text: it reads as this. */
  readonly lineBreak?: string;
  /** People have addresses of their own here: Ana's. Absent: one room for all. */
  readonly ana?: string;
  /** Whom it tells by default. */
  readonly everybody: readonly string[];
  readonly secrets: readonly string[];
  /** The next request meets a service that ... */
  busy(retryAfterSeconds: number): void;
  broken(): void;
  refusing(): void;
  silent(): void;
  /** Undefined: there is no such thing in this protocol. */
  readonly elsewhere?: () => void;
  close(): Promise<void>;
}

const place = 'São Paulo - ação, 3º andar';
const url = 'https://vigia.example.com.br/incidents/inc-7-0?a=1&b=2';
const notice: Notice = {
  key: 'inc-7-0:opened',
  kind: 'opened',
  priority: 'critical',
  title: `CRÍTICO: Link Vivo (principal) fora do ar — ${place}`,
  text: 'Desde 23/11/2026 10:01:00.\nProtocolo: V-77. Incidente inc-7-0.',
  to: [],
  incident: incidentIdFrom('inc-7-0'),
  url,
};

export function channelContract(name: string, start: () => Promise<ChannelBench>): void {
  describe(`channel ${name}`, () => {
    let bench: ChannelBench;
    beforeEach(async () => {
      bench = await start();
    });
    afterEach(() => bench.close());

    const send = (more: Partial<Notice> = {}, channel = bench.channel): Promise<Result<void>> => {
      const given = { ...notice, ...more };
      return channel.send(given, channel.recipients(given.to)[0] ?? '');
    };
    const text = (given: string): string => given.replaceAll('\n', bench.lineBreak ?? '\n');

    it('is read as it was written, to the byte', async () => {
      expect(await send()).toEqual({ ok: true, value: undefined });
      expect(bench.read).toEqual([
        { recipient: bench.everybody[0], title: notice.title, text: text(notice.text), url },
      ]);
    });

    it('marks in a name stay text', async () => {
      const title = 'Padaria <b>&amp; "Filhos"</b> <!channel> *_~`[x](y) {z} =?utf-8?Q?x?=';
      const words = 'Bar & <script>alert(1)</script>\n.\n<@U123> 100 % <https://x|y> Ünïcödé 😀';
      expect(await send({ title, text: words })).toEqual({ ok: true, value: undefined });
      expect(bench.read[0]).toMatchObject({ title, text: text(words) });
    });

    it('a notice without an address to look at, and with a long text, is taken', async () => {
      const long = `${'Texto comprido. '.repeat(124)}fim.`;
      expect(await send({ url: undefined, text: long })).toEqual({ ok: true, value: undefined });
      expect(bench.read[0]?.text.slice(0, 500)).toBe(long.slice(0, 500));
    });

    it('tells the people it knows, and everybody when it knows none of them', async () => {
      const { channel, ana, everybody } = bench;
      expect(channel.recipients([])).toEqual(everybody);
      expect(channel.recipients(['Desconhecido'])).toEqual(everybody);
      expect(channel.recipients(['Ana', 'Desconhecido', 'Ana'])).toEqual(
        ana === undefined ? everybody : [ana],
      );
      await send({ to: ['Ana'] });
      const line = ana === undefined ? '\nPara: Ana' : '';
      expect(bench.read[0]).toMatchObject({
        recipient: ana ?? everybody[0],
        text: text(`${notice.text}${line}`),
      });
    });

    it('asks to be tried again, and when, while the service is busy', async () => {
      bench.busy(17);
      const failed = failureOf(await send());
      expect(failed).toMatchObject({ code: 'unavailable', retryable: true, status: expect.any(Number) });
      if (failed.retryAfterMs !== undefined) expect(failed.retryAfterMs).toBe(17 * second);
      expect(bench.read).toEqual([]);
    });

    it('asks to be tried again when the service is broken, silent or gone', async () => {
      bench.broken();
      expect(failureOf(await send())).toMatchObject({ code: 'unavailable', retryable: true });
      bench.silent();
      expect(failureOf(await send({}, bench.impatient))).toMatchObject({
        code: 'unavailable',
        retryable: true,
      });
      await bench.close();
      expect(failureOf(await send())).toMatchObject({ code: 'unavailable', retryable: true });
      bench = await start();
    });

    it('never follows to another address', async () => {
      if (bench.elsewhere === undefined) return;
      bench.elsewhere();
      expect(failureOf(await send())).toMatchObject({ code: 'unavailable', retryable: true });
      expect(bench.read).toEqual([]);
    });

    it('takes a refusal for one, and tells no secret in any failure', async () => {
      const told: string[] = [];
      const made: readonly (() => void)[] = [bench.refusing, bench.broken, () => bench.busy(3)];
      for (const misbehave of made) {
        misbehave();
        told.push(failureOf(await send()).message);
      }
      bench.silent();
      told.push(failureOf(await send({}, bench.impatient)).message);
      bench.refusing();
      expect(failureOf(await send())).toMatchObject({
        code: 'input.invalid',
        retryable: false,
        status: expect.any(Number),
      });
      for (const secret of bench.secrets) expect(told.join('\n')).not.toContain(secret);
      expect(told.join('\n')).toContain(bench.channel.name);
    });
  });
}

function failureOf(result: Result<void>): Failure {
  return result.ok ? expect.unreachable('it was taken') : result.failure;
}
