// What ping programs print, read through the package and through our own check of it. The texts in `ping-outputs`:
// - linux-iputils-20221126-*, linux-busybox-1.35-*, linux-inetutils-2.4-*: captured from these programs on Debian 12,
//   with the arguments that this agent uses (network-unreachable in an empty network namespace, no-right as `nobody`).
//   Alpine's ping is busybox.
// - linux-iputils-pt, -redirected, -different-address: the lines that iputils prints in these cases (ping.c and its
//   pt_BR catalogue; the decimal comma comes with a locale); written down, not captured.
// - windows-*: the layout and words of Windows 10 and 11's ping.exe, English and Portuguese, as published in captures
//   (among them the wrapped "(0% de / perda)" and "A vida útil (TTL) expirou em trânsito." with success); written down
//   in the code page 850 of a Brazilian console, and once in UTF-8. Windows counts an "unreachable" as received and
//   exits with 0.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PingReading, readPing } from '../../../../agent/probes/ping-output.ts';
import { readByPackage } from '../../../../agent/probes/ping-program.ts';

const folder = join(import.meta.dirname, 'ping-outputs');
const answered = (rttMs: number): PingReading => ({ kind: 'answered', rttMs });
const lost: PingReading = { kind: 'lost' };
const notAsked: PingReading = { kind: 'not-asked' };
const noRoute: PingReading = { kind: 'no-route' };

/** File, address asked, what it means. */
const outputs: readonly (readonly [string, string, PingReading])[] = [
  ['linux-iputils-20221126-answered', '192.0.2.1', answered(0)],
  ['linux-iputils-20221126-ipv6', '::1', answered(0)],
  ['linux-iputils-20221126-lost', '192.0.2.250', lost],
  ['linux-iputils-20221126-host-unreachable', '192.0.2.250', lost],
  ['linux-iputils-20221126-network-unreachable', '192.0.2.1', noRoute],
  ['linux-iputils-20221126-no-right', '192.0.2.1', notAsked],
  ['linux-iputils-pt-answered', '192.0.2.1', answered(14.3)],
  ['linux-iputils-redirected', '192.0.2.1', answered(1.25)],
  ['linux-iputils-different-address', '192.0.2.255', lost],
  ['linux-busybox-1.35-answered', '192.0.2.1', answered(0)],
  ['linux-busybox-1.35-ipv6', '::1', answered(0)],
  ['linux-busybox-1.35-lost', '192.0.2.250', lost],
  ['linux-busybox-1.35-network-unreachable', '192.0.2.1', noRoute],
  ['linux-busybox-1.35-no-right', '192.0.2.1', notAsked],
  ['linux-busybox-1.35-bad-option', '192.0.2.1', notAsked],
  ['linux-inetutils-2.4-answered', '192.0.2.1', answered(0)],
  ['linux-inetutils-2.4-lost', '192.0.2.250', lost],
  ['windows-en-answered', '8.8.8.8', answered(14)],
  ['windows-en-below-1ms', '192.168.0.1', answered(1)],
  ['windows-en-ipv6', '2001:4860:4860::8888', answered(21)],
  ['windows-en-timed-out', '8.8.8.8', lost],
  ['windows-en-host-unreachable', '192.168.0.77', lost],
  ['windows-en-general-failure', '8.8.8.8', lost],
  ['windows-pt-answered', '8.8.8.8', answered(14)],
  ['windows-pt-utf8-answered', '8.8.8.8', answered(14)],
  ['windows-pt-below-1ms', '192.168.0.1', answered(1)],
  ['windows-pt-ipv6', '2001:4860:4860::8888', answered(21)],
  ['windows-pt-timed-out', '8.8.8.8', lost],
  ['windows-pt-host-unreachable', '192.168.0.77', lost],
  ['windows-pt-own-host-unreachable', '192.168.0.10', lost],
  ['windows-pt-ttl-expired', '168.195.155.240', lost],
  ['windows-pt-general-failure', '8.8.8.8', lost],
];

async function read(name: string, address: string): Promise<PingReading> {
  const text = readFileSync(join(folder, `${name}.txt`), 'latin1');
  const system = name.startsWith('windows') ? 'win32' : 'linux';
  return readPing(text, address, await readByPackage(text, address, system));
}

describe('probe: ping output', () => {
  it.each(outputs)('%s asked for %s', async (name, address, expected) => {
    const reading = await read(name, address);
    // The captured ones say what the wire was like that day; the number itself is checked below.
    if (expected.kind === 'answered' && expected.rttMs === 0) expect(reading.kind).toBe('answered');
    else expect(reading).toEqual(expected);
  });

  it('has a meaning written down for each text in the folder', () => {
    expect(readdirSync(folder).toSorted()).toEqual(outputs.map(([name]) => `${name}.txt`).toSorted());
  });

  it('gives the very number that the program printed', async () => {
    for (const [name, address] of outputs.filter(([, , meaning]) => meaning.kind === 'answered')) {
      const printed = /[=<]([\d.,]+) ?ms/.exec(readFileSync(join(folder, `${name}.txt`), 'latin1'))?.[1];
      const reading = await read(name, address);
      expect(reading, name).toEqual(answered(Number(printed?.replace(',', '.'))));
    }
  });

  it('corrects the package where it misreads a decimal comma, believes a stranger, or breaks', async () => {
    const text = (name: string): string => readFileSync(join(folder, `${name}.txt`), 'latin1');
    const byPackage = (name: string, address: string) => readByPackage(text(name), address, 'linux');
    expect(await byPackage('linux-iputils-pt-answered', '192.0.2.1')).toEqual({ alive: true, rttMs: 3 });
    expect(await byPackage('linux-iputils-different-address', '192.0.2.255')).toMatchObject({ alive: true });
    expect(await readByPackage('oneword\n', '8.8.8.8', 'linux')).toBeUndefined();
  });

  it('never takes a text without this address and a time on one line for an answer, and never throws', async () => {
    const words = fc.constantFrom(
      '8.8.8.8:',
      '8.8.8.80',
      '18.8.8.8',
      'TTL=117',
      'ttl=',
      'bytes=32',
      '\n',
      '::1',
    );
    const noise = fc.array(fc.oneof(words, fc.string({ maxLength: 6 })), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(noise, fc.constantFrom('linux', 'win32'), async (parts, system) => {
        const text = parts.join(' ').replaceAll(/[=<]\s?\d+(?:[.,]\d+)?\s?ms/gi, '');
        for (const address of ['8.8.8.8', '::1']) {
          const byPackage = await readByPackage(text, address, system);
          expect(readPing(text, address, byPackage).kind).not.toBe('answered');
          expect(readPing(text, address, { alive: true, rttMs: 5 }).kind).not.toBe('answered');
        }
      }),
    );
  });
});
