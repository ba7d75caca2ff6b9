// The message `findings` on the wire: there and back, its limits, strangers' words, and peers of another version.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../../shared/limits.ts';
import { plainLine } from '../../../../shared/plain-line.ts';
import { decodeAgentMessage, encodeMessage } from '../../../../shared/wire/codec.ts';
import { findings } from '../../../fakes/agent-side.ts';

const [item] = findings().items;
if (item === undefined) throw new Error('a finding to begin with');
const told = (more: object) => decodeAgentMessage(JSON.stringify({ ...findings(), ...more }));
const withText = (text: string) => told({ items: [{ ...item, pt: { ...item.pt, text } }] });

describe('findings on the wire', () => {
  test('come back as they left', () => {
    const message = findings();
    expect(decodeAgentMessage(encodeMessage(message))).toEqual({ ok: true, value: message });
    expect(told({ items: [] })).toMatchObject({ ok: true });
  });

  test.each([
    ['one finding too many', { items: Array.from({ length: limits.findingsMax + 1 }, () => item) }],
    ['a sentence too long', { items: [{ ...item, en: { ...item.en, text: 'x'.repeat(301) } }] }],
    ['an advice too long', { items: [{ ...item, pt: { ...item.pt, advice: 'x'.repeat(301) } }] }],
    ['a check too long', { items: [{ ...item, check: 'x'.repeat(61) }] }],
    ['a level that is none', { items: [{ ...item, level: 'ok' }] }],
    ['one language only', { items: [{ ...item, en: undefined }] }],
    ['a count that no machine has', { good: 1e9 }],
    ['half a check', { good: 0.5 }],
    ['an unknown field', { account: 'joao' }],
    ['an unknown field of a finding', { items: [{ ...item, account: 'joao' }] }],
    ['no instant', { examinedAt: undefined }],
  ])('are refused with %s', (_what, more) => {
    expect(told(more)).toMatchObject({ ok: false, failure: { code: 'input.invalid' } });
  });

  test('the largest there may be fits many times into one message', () => {
    const said = { name: 'é'.repeat(60), text: 'é'.repeat(300), advice: 'é'.repeat(300) };
    const full = { check: 'é'.repeat(60), level: 'error', of: 'é'.repeat(120), detail: 'é'.repeat(300) };
    const items = Array.from({ length: limits.findingsMax }, () => ({ ...full, pt: said, en: said }));
    const text = JSON.stringify({ ...findings(), items });
    expect(decodeAgentMessage(text)).toMatchObject({ ok: true });
    expect(4 * Buffer.byteLength(text)).toBeLessThan(limits.messageBytesMax);
  });

  test('lose what a terminal or a screen would obey, and nothing that people read', () => {
    const hostile = 'a\u001b[31mb\u0000c\r\nd\u202ee\u2028f\ud800g <b>h</b>&amp; ção ✓';
    const decoded = withText(hostile);
    const text = decoded.ok && decoded.value.kind === 'findings' ? decoded.value.items[0]?.pt.text : '';
    expect(text).toBe('a [31mb c d e f g <b>h</b>&amp; ção ✓');
  });

  test('any text becomes one harmless line of at most the length asked for, and stays what it became', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.nat({ max: 300 }), (text, charsMax) => {
        const line = plainLine(text, charsMax);
        expect(line.length).toBeLessThanOrEqual(Math.max(1, charsMax));
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(plainLine(line)).toBe(line);
        expect(withText(plainLine(text, 300)).ok).toBe(true);
      }),
    );
  });

  test('an agent without findings is understood as before; a kind of a later version is skipped, not refused', () => {
    expect(decodeAgentMessage('{"kind":"goodbye","reason":"shutdown"}')).toMatchObject({ ok: true });
    expect(decodeAgentMessage('{"kind":"findings.of-another-age","x":1}')).toMatchObject({
      ok: false,
      failure: { code: 'wire.unknown-kind' },
    });
  });
});
