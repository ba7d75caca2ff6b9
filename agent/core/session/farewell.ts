// The goodbye of an orderly stop: how often it may be said, and until when. Part of the session, which says it. Must never
// hold a machine's shutdown longer than `goodbyeMs`.
import { limits } from '../../../shared/limits.ts';
import type { AgentMessage } from '../../../shared/wire/messages.ts';
import { agentCloses } from './closes.ts';

export type GoodbyeReason = Extract<AgentMessage, { readonly kind: 'goodbye' }>['reason'];

/** All times are monotonic milliseconds. */
export class Farewell {
  #reason: GoodbyeReason | undefined;
  #endMs = Number.POSITIVE_INFINITY;
  #dials = 0;
  #dialledUntilMs: number | undefined;
  /** The sockets on which it was said: any of them may still confirm it. */
  #saidOn: readonly number[] = [];

  begin(reason: GoodbyeReason, nowMs: number): void {
    this.#reason = reason;
    this.#endMs = nowMs + limits.goodbyeMs;
  }

  get isBegun(): boolean {
    return this.#reason !== undefined;
  }

  get reason(): GoodbyeReason | undefined {
    return this.#reason;
  }

  /** Until when the connection under way may take; undefined = it is no farewell. */
  get dialledUntilMs(): number | undefined {
    return this.#dialledUntilMs;
  }

  /** It was said on this socket. Until when its confirmation is awaited. */
  said(socket: number, nowMs: number): number {
    this.#saidOn = [...this.#saidOn, socket];
    return Math.min(nowMs + limits.goodbyeAnswerMs, this.#endMs);
  }

  /** One more connection to say it over, and until when that may take; undefined = it was tried enough. */
  dial(nowMs: number): number | undefined {
    if (this.#dials >= limits.goodbyeDialsMax || nowMs >= this.#endMs) return undefined;
    this.#dials += 1;
    this.#dialledUntilMs = Math.min(nowMs + limits.goodbyeDialMs, this.#endMs);
    return this.#dialledUntilMs;
  }

  /** The peer answered our close with its own, behind the goodbye: it has read that. A cut socket has no such code. */
  isConfirmedBy(socket: number, code: number | undefined): boolean {
    return code === agentCloses.goodbye.code && this.#saidOn.includes(socket);
  }
}
