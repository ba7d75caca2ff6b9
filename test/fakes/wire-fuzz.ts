// Hostile frames for the gateway and for the agent: right messages with one thing wrong, and texts that are no messages
// at all.
import fc from 'fast-check';
import { encodeMessage } from '../../shared/wire/codec.ts';
import type { AgentMessage, ServerMessage } from '../../shared/wire/messages.ts';
import { beat, changes, findings, hello, rollups } from './agent-side.ts';

export const rightMessages: readonly AgentMessage[] = [
  hello(),
  beat(3, {
    clockOffsetMs: 4.5,
    load: { uptimeMs: 1, cpuRatio: 0.5, disks: [{ mount: '/', usedRatio: 1 }] },
  }),
  changes([1, 2, 3]),
  rollups([1, 2]),
  findings(),
  { kind: 'goodbye', reason: 'shutdown' },
];

const deep = (open: string, close: string, depth: number): string =>
  `{"kind":"beat","n":1,"load":${open.repeat(depth)}1${close.repeat(depth)}}`;

/** Edge cases of JSON and of this wire, each of which was an attack on somebody once. */
export const edgeTexts: readonly string[] = [
  '',
  ' ',
  'null',
  'true',
  '0',
  '"hello"',
  '[]',
  '{}',
  '[[[[]]]]',
  '{"kind":null}',
  '{"kind":"beat"',
  '{"kind":"beat","kind":"hello"}',
  '{"kind":{"toString":"beat"}}',
  '{"kind":["beat"]}',
  '{"kind":"__proto__"}',
  '{"kind":"constructor","prototype":{}}',
  '{"__proto__":{"kind":"beat","n":1,"agentClockMs":1,"spoolDepth":0}}',
  '{"kind":"beat","n":1,"agentClockMs":1,"spoolDepth":0,"__proto__":{"polluted":true}}',
  '{"kind":"beat","n":1,"agentClockMs":1,"spoolDepth":0,"constructor":{"prototype":{"polluted":true}}}',
  '{"kind":"beat","n":1e400,"agentClockMs":1,"spoolDepth":0}',
  '{"kind":"beat","n":1,"agentClockMs":-1e400,"spoolDepth":0}',
  '{"kind":"beat","n":9007199254740993,"agentClockMs":1,"spoolDepth":0}',
  '{"kind":"beat","n":-0,"agentClockMs":-0,"spoolDepth":-1}',
  '{"kind":"beat","n":1.5,"agentClockMs":1,"spoolDepth":0}',
  '{"kind":"beat","n":NaN,"agentClockMs":Infinity,"spoolDepth":0}',
  '{"kind":"goodbye","reason":"\\ud800"}',
  '{"kind":"goodbye","reason":"\\ud800","\\udfff":1}',
  '{"kind":"goodbye","reason":"shutdown","\\u0000":"\\u0000"}',
  '{"kind":"rollups","epoch":1,"items":[]}',
  '{"kind":"changes","epoch":0,"remaining":0,"items":[]}',
  `{"kind":"changes","epoch":1,"remaining":0,"items":[${'1,'.repeat(60_000)}1]}`,
  `{"kind":"changes","epoch":1,"remaining":0,"items":[${'{},'.repeat(60_000)}{}]}`,
  `{"kind":"rollups","epoch":1,"items":${JSON.stringify(Array.from({ length: 5_000 }, () => null))}}`,
  `{"kind":"beat","n":1,"agentClockMs":1,"spoolDepth":0,"x":"${'y'.repeat(200_000)}"}`,
  `{${Array.from({ length: 20_000 }, (_, n) => `"k${n}":1`).join(',')},"kind":"beat"}`,
  deep('[', ']', 50_000),
  deep('{"a":', '}', 30_000),
  '['.repeat(120_000),
  '{"a":'.repeat(40_000),
  'x'.repeat(300_000),
  '\u0000'.repeat(1_000),
  '\ufeff{"kind":"beat","n":1,"agentClockMs":1,"spoolDepth":0}',
  "{'kind':'beat'}",
  '{"kind":"beat","n":1,"agentClockMs":1,"spoolDepth":0} trailing',
  '{"kind":"beat","n":1,"agentClockMs":1,"spoolDepth":0,}',
  '/* */ {"kind":"beat"}',
];

const strangeValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    -1,
    0,
    1e308,
    -1e308,
    2 ** 53,
    0.1,
    [],
    {},
    [[]],
    '\u0000',
    'x'.repeat(500),
  ),
  fc.jsonValue(),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.double(),
);

type Message = AgentMessage | ServerMessage;

/** One place of a right message replaced, removed, doubled or joined by an unknown field. */
const mutated = (messages: fc.Arbitrary<Message>): fc.Arbitrary<string> =>
  fc
    .record({
      message: messages,
      path: fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 5 }),
      how: fc.constantFrom('replace', 'remove', 'add'),
      value: strangeValue,
      name: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'seq', 'epoch', 'kind'), fc.string()),
    })
    .map(({ message, path, how, value, name }) => {
      const root: unknown = JSON.parse(encodeMessage(message));
      let at = root;
      for (const [depth, step] of path.entries()) {
        if (typeof at !== 'object' || at === null) break;
        const target = at as Record<string, unknown>;
        const keys = Object.keys(target);
        const key = keys[step % Math.max(1, keys.length)];
        if (key === undefined) break;
        const child = target[key];
        const isLast = depth === path.length - 1 || typeof child !== 'object' || child === null;
        if (!isLast) {
          at = child;
          continue;
        }
        if (how === 'replace') target[key] = value;
        else if (how === 'remove') delete target[key];
        else Object.defineProperty(target, name, { value, enumerable: true, configurable: true });
        break;
      }
      return JSON.stringify(root);
    });

/** The text of a right message with some characters cut, doubled or replaced. */
const garbled = (messages: fc.Arbitrary<Message>): fc.Arbitrary<string> =>
  fc
    .record({
      message: messages,
      from: fc.nat({ max: 400 }),
      length: fc.nat({ max: 20 }),
      put: fc.oneof(
        fc.constantFrom('', '"', '{', '}', ',', '1e400', '\\ud800', '-'),
        fc.string({ unit: 'binary' }),
      ),
    })
    .map(({ message, from, length, put }) => {
      const text = encodeMessage(message);
      const start = from % text.length;
      return text.slice(0, start) + put + text.slice(start + length);
    });

/** Texts around right messages of one side. */
export function hostileTextAround(messages: fc.Arbitrary<Message>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 5, arbitrary: mutated(messages) },
    { weight: 3, arbitrary: garbled(messages) },
    { weight: 1, arbitrary: fc.json({ maxDepth: 6 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    { weight: 1, arbitrary: fc.constantFrom(...edgeTexts.filter((text) => text.length < 1_000)) },
  );
}

export const hostileText: fc.Arbitrary<string> = hostileTextAround(fc.constantFrom(...rightMessages));
