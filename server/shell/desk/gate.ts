// The one way to a desk's client: every request passes here, is counted against the desk's rate, and what its answer says
// of our credential is remembered. Must never let an empty search be believed that a stranger could have got.
import { failure } from '../../../shared/failure.ts';
import { limits } from '../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../shared/result.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeskClient } from '../../ports/desk-client.ts';
import { createDeskRate } from './rate.ts';

export interface DeskGateOptions {
  readonly client: DeskClient;
  readonly clock: Pick<Clock, 'now'>;
  /** How long a proof of the credential is believed, ms. */
  readonly probeFreshMs: number;
}

export interface DeskGate {
  /** One request. Fails with `limit.reached` and `retryAfterMs` where our own rate says no: nothing was sent. */
  ask<T>(request: () => Promise<Result<T>>): Promise<Result<T>>;
  /** The desk takes our credential: proven within `probeFreshMs`, or now. */
  proven(): Promise<Result<void>>;
  /** As `proven`, but asks now whatever was believed. */
  proveAnew(): Promise<Result<void>>;
  /** Ms until so many requests may go; `reserve` more must be left over for those who are more urgent. */
  waitFor(requests: number, reserve: number): number;
  /** Whether a delivery must be sparing with requests. */
  readonly limited: boolean;
  readonly rateWaits: () => number;
}

export function createDeskGate({ client, clock, probeFreshMs }: DeskGateOptions): DeskGate {
  const { rate } = client.capabilities;
  const limiter = rate && createDeskRate({ ...rate, marginMs: limits.deskRateMarginMs });
  let rateWaits = 0;
  let provenAt: Instant | undefined;
  let proving: Promise<Result<void>> | undefined;

  const ask: DeskGate['ask'] = async (request) => {
    const waitMs = limiter?.take(clock.now()) ?? 0;
    if (waitMs > 0) {
      rateWaits += 1;
      return fail(failure('limit.reached', 'a central aceita poucas chamadas por minuto', again(waitMs)));
    }
    const answer = await request();
    if (!answer.ok && answer.failure.code === 'desk.unauthorised') provenAt = undefined;
    return answer;
  };

  const proveAnew = (): Promise<Result<void>> => {
    // Several deliveries that begin together ask once.
    proving ??= ask(() => client.probe())
      .then((answer) => {
        if (answer.ok) provenAt = clock.now();
        return answer;
      })
      .finally(() => {
        proving = undefined;
      });
    return proving;
  };

  return {
    ask,
    proven: async () => {
      const fresh = provenAt !== undefined && clock.now() - provenAt < probeFreshMs;
      return fresh ? ok(undefined) : proveAnew();
    },
    proveAnew,
    waitFor: (requests, reserve) => {
      if (rate === undefined || limiter === undefined) return 0;
      // A reserve that leaves nothing would let the less urgent wait for ever.
      const spared = requests + reserve <= rate.requests ? reserve : 0;
      return limiter.waitFor(requests + spared, clock.now());
    },
    limited: rate !== undefined,
    rateWaits: () => rateWaits,
  };
}

function again(retryAfterMs: number) {
  return { retryable: true, retryAfterMs } as const;
}
