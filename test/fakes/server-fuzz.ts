// What a broken or hostile server may say to an agent: messages that the schema takes, with every number at its extreme,
// keys twice, in any order; and texts that are no messages. Deterministic by seed.
import fc from 'fast-check';
import { limits } from '../../shared/limits.ts';
import { instant } from '../../shared/time.ts';
import type { Assignment, Timing } from '../../shared/wire/assignment.ts';
import { defaultTiming } from '../../shared/wire/assignment.ts';
import { encodeMessage } from '../../shared/wire/codec.ts';
import type { ServerMessage } from '../../shared/wire/messages.ts';
import { hostileTextAround } from './wire-fuzz.ts';

const number = fc.oneof(
  { weight: 6, arbitrary: fc.nat(40) },
  { weight: 1, arbitrary: fc.nat() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, 2 ** 31, 2 ** 46, 2 ** 46 + 1, 2 ** 52, Number.MAX_SAFE_INTEGER),
  },
);
const at = fc
  .oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1_800_000_000_000, max: 1_800_000_100_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, 253_402_300_799_999) },
  )
  .map(instant);
const agentClockMs = fc.constantFrom(0, -1e15, 1e15, 1.5);
/** Epoch 1 is the agent's own. */
const epoch = fc.constantFrom(1, 1, 1, 1, 2, Number.MAX_SAFE_INTEGER);
const receipt = { epoch, changesUpTo: number, rollupsUpTo: number };
const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', ' ', 'é'.repeat(63));
const address = fc.constantFrom(
  '10.0.0.1',
  '10.0.0.2',
  '198.51.100.7',
  '',
  '::ffff:198.51.100.7',
  'fe80::1%eth0',
  'x'.repeat(64),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const extreme = (min: number, max: number, usual: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(min, max) });

const timing: fc.Arbitrary<Timing> = fc.record({
  roundMs: extreme(500, 600_000, defaultTiming.roundMs),
  burstMs: extreme(200, 60_000, defaultTiming.burstMs),
  roundTimeoutMs: extreme(100, 60_000, defaultTiming.roundTimeoutMs),
  burstTimeoutMs: extreme(100, 60_000, defaultTiming.burstTimeoutMs),
  downRounds: extreme(1, 100, defaultTiming.downRounds),
  upRounds: extreme(1, 100, defaultTiming.upRounds),
  anchorsNeeded: extreme(1, 16, 1),
  slowEveryRounds: extreme(1, 1_000, defaultTiming.slowEveryRounds),
});

const ratio = fc.constantFrom(0, 1, 0.1, 5e-324);
const quality = fc.record({
  windowMs: fc.constantFrom(10_000, 120_000, 3_600_000),
  lossRaise: ratio,
  lossClear: ratio,
  rttRaiseMs: fc.constantFrom(1, 600_000),
  rttClearMs: fc.constantFrom(0, 600_000),
  jitterRaiseMs: fc.constantFrom(1, 600_000),
  jitterClearMs: fc.constantFrom(0, 600_000),
});

const link = fc.record({
  key,
  role: fc.constantFrom('primary' as const, 'backup' as const),
  gateway: maybe(address),
  source: maybe(address),
  interface: maybe(fc.constantFrom('eth0', '')),
  publicAddress: maybe(address),
  firstHop: maybe(address),
  quality: maybe(quality),
});
const host = fc.record({ key, address: maybe(address), self: fc.boolean() });

const assignment: fc.Arbitrary<Assignment> = fc.record({
  revision: number,
  links: fc.array(link, { maxLength: limits.linksPerSiteMax, size: 'max' }),
  hosts: fc.oneof(
    { weight: 9, arbitrary: fc.array(host, { maxLength: 6 }) },
    {
      weight: 1,
      arbitrary: fc.array(host, { minLength: 100, maxLength: limits.hostsPerSiteMax, size: 'max' }),
    },
  ),
  anchors: fc.array(address, { maxLength: limits.anchorsMax }),
  dns: fc.array(address, { maxLength: 8 }),
  captivePortalUrl: maybe(fc.constantFrom('http://x/', '', 'javascript:alert(1)', 'x'.repeat(500))),
  timing,
  quality: maybe(quality),
  servers: maybe(
    fc.array(fc.constantFrom('https://a', 'http://b', 'ftp://c', '', '://'), {
      maxLength: limits.serverAddressesMax,
    }),
  ),
  tellAccounts: maybe(fc.boolean()),
});

/** Every message that the schema takes. */
const rightMessage: fc.Arbitrary<ServerMessage> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('welcome' as const),
      session: fc.constant('s'),
      minor: number,
      serverAt: at,
      agentClockMs,
      egress: address,
      heartbeatMs: fc.constantFrom(1_000, 10_000, 120_000),
      ...receipt,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('receipt' as const), ...receipt }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('beat.reply' as const), n: number, agentClockMs, serverAt: at }),
  },
  { weight: 1, arbitrary: assignment.map((each): ServerMessage => ({ kind: 'assignment', ...each })) },
);

/** Frames of a server that means no good: half of them right messages, in any order. */
export const serverText: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: rightMessage.map(encodeMessage) },
  { weight: 1, arbitrary: hostileTextAround(rightMessage) },
);
