// Pings by the system's `ping` program, for machines where native ICMP may not run. Costs a process per ping, so only
// a limited number runs at once, and none outlives its deadline. It must never take a program that could not start or
// could not ask for a lost ping.
import { execFile } from 'node:child_process';
import { isIP } from 'node:net';
import { platform } from 'node:os';
import { limits } from '../../shared/limits.ts';
import { afterDeadline } from './deadline.ts';
import { hasAddress, localAddressFor } from './local-address.ts';
import { type PackageReading, readPing } from './ping-output.ts';
import type { Probe, ProbeAnswer, ProbeRequest } from './probe.ts';

export interface PingRun {
  readonly source?: string;
  readonly timeoutSeconds: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** One attempt of the program. Rejects when it could not be started. */
export type RunPing = (address: string, options: PingRun) => Promise<PingOutput>;

export interface PingOutput {
  /** One character a byte: Windows prints in the code page of its console. */
  readonly text: string;
  readonly byPackage?: PackageReading;
}

export function createPingProgram(run: RunPing = runPing): Probe {
  let running = 0;
  return async (request) => {
    if (isIP(request.address) === 0) return { kind: 'unasked', reason: 'not-an-address' };
    // Each program has an option of its own for these, or none; only native ICMP asks so.
    if (request.ttl !== undefined || request.payloadBytes !== undefined)
      return { kind: 'unasked', reason: 'refused-by-system' };
    const source = localAddressFor(request.address, request);
    if (!source.ok) return { kind: 'local', local: source.failure };
    // The program tells a missing source only in words, and words differ by language.
    if (source.value !== undefined && !hasAddress(source.value))
      return { kind: 'local', local: 'no-address' };
    if (running >= limits.pingProcessesMax) return { kind: 'unasked', reason: 'limit' };
    running += 1;
    return new Promise((resolve) => {
      const tooLate = new AbortController();
      const cancel = afterDeadline(request.timeoutMs, () => {
        resolve({ kind: 'lost' });
        tooLate.abort();
      });
      void ask(run, { request, source: source.value, signal: tooLate.signal }).then((answer) => {
        running -= 1;
        cancel();
        resolve(answer);
      });
    });
  };
}

interface Question {
  readonly request: ProbeRequest;
  readonly source: string | undefined;
  readonly signal: AbortSignal;
}

async function ask(run: RunPing, { request, source, signal }: Question): Promise<ProbeAnswer> {
  try {
    // Whole seconds is what every ping program takes; our own deadline is the finer one.
    const timeoutSeconds = Math.max(1, Math.floor(request.timeoutMs / 1_000));
    const { text, byPackage } = await run(request.address, { source, timeoutSeconds, signal });
    const reading = readPing(text, request.address, byPackage);
    if (reading.kind === 'no-route') return { kind: 'local', local: 'no-route' };
    return reading.kind === 'not-asked' ? { kind: 'unasked', reason: 'refused-by-system' } : reading;
  } catch {
    return { kind: 'unasked', reason: 'refused-by-system' };
  }
}

/** The package's way to put together a call for a system's program. */
interface BuilderFactory {
  createBuilder(platform: string): {
    getCommandArguments(address: string, options: Readonly<Record<string, unknown>>): readonly string[];
    getSpawnOptions(): { readonly env?: NodeJS.ProcessEnv };
  };
  getExecutablePath(platform: string, v6: boolean): string;
}

/** The package's way to read what it printed. */
interface ParserFactory {
  createParser(
    address: string,
    platform: string,
    options: Readonly<Record<string, unknown>>,
  ): {
    eat(line: string): void;
    getResult(): { readonly alive: unknown; readonly time: unknown };
  };
}

/** Far above what one ping prints. */
const outputBytesMax = 64 * 1024;

/**
 * The package knows each system's options and reads its output; the process is run here, because the package never
 * ends one, and reads inside an event handler, where what it throws would end the agent.
 */
const runPing: RunPing = async (address, options) => {
  // Loaded on first use: most machines ping natively and should not pay for it.
  // @ts-expect-error The package has types for its front door only; what is used here is named on the left.
  const builders: BuilderFactory = (await import('ping/lib/builder/factory.js')).default;
  const system = platform();
  const six = isIP(address) === 6;
  const wish = wishOf(address, options);
  const builder = builders.createBuilder(system);
  const argv = builder.getCommandArguments(address, wish);
  const { env } = builder.getSpawnOptions();
  // `ping6` is gone from many systems; `ping -6` is there wherever IPv6 is.
  const program = builders.getExecutablePath(system, six && system !== 'linux');
  const text = await outputOf(program, argv, {
    // The package sets LANG alone, which LC_ALL overrules.
    env: env === undefined ? undefined : { ...env, LC_ALL: 'C', LANGUAGE: 'C' },
    signal: options.signal,
  });
  return { text, byPackage: await readByPackage(text, address, system) };
};

function wishOf(address: string, { source, timeoutSeconds }: PingRun): Readonly<Record<string, unknown>> {
  const six = isIP(address) === 6;
  return {
    v6: six,
    // Without it Windows' program asks DNS for a name first.
    numeric: true,
    timeout: timeoutSeconds,
    min_reply: 1,
    packetSize: 32,
    ...(six && platform() === 'linux' ? { extra: ['-6'] } : {}),
    ...(source === undefined ? {} : { sourceAddr: source }),
  };
}

/** What the package makes of a text; undefined when it breaks over it. */
export async function readByPackage(
  text: string,
  address: string,
  system: string,
): Promise<PackageReading | undefined> {
  // @ts-expect-error As above.
  const parsers: ParserFactory = (await import('ping/lib/parser/factory.js')).default;
  try {
    const parser = parsers.createParser(address, system, { v6: isIP(address) === 6, packetSize: 32 });
    for (const line of text.split('\n')) parser.eat(line);
    const { alive, time } = parser.getResult();
    return { alive: alive === true, rttMs: typeof time === 'number' ? time : undefined };
  } catch {
    return undefined;
  }
}

/** What the program printed on both streams, whatever its exit code. Rejects when it did not start or was ended. */
function outputOf(
  program: string,
  argv: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const more = {
      encoding: 'latin1',
      maxBuffer: outputBytesMax,
      windowsHide: true,
      killSignal: 'SIGKILL',
    } as const;
    execFile(program, [...argv], { ...options, ...more, shell: false }, (error, stdout, stderr) => {
      // A number is the exit code of a program that ran; a text is why it did not.
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve(`${stdout}\n${stderr}`);
    });
  });
}
