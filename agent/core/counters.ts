// Counts what the core had to give up or refuse. Every limit that bites shows here; the shell logs and exports it.
// Must never influence a decision.

export const counterNames = [
  /** Rounds that the shell never answered. */
  'roundsWrittenOff',
  /** Answers to a round that is not under way (late, doubled, or of a link that was replaced). */
  'roundsStray',
  /** Rounds whose egress changed or was unknown, so that they say nothing of their link. */
  'roundsUncounted',
  /** Sessions ended because a beat stayed unanswered. */
  'beatsUnanswered',
  /** Dials that never reached a welcome. */
  'dialsFailed',
  /** Messages of a socket that is no longer ours, or that do not fit the state of the session. */
  'messagesStray',
  /** Times that unreceipted changes or rollups were sent again. */
  'resends',
  /** Sessions begun anew because the server waited for changes that it already had. */
  'resyncs',
  /** Answers of the spool that nobody waits for any more. */
  'readsStray',
  /** The server knew a higher number than this spool: the disk was put back to an older state. */
  'seqJumps',
  /** Announced addresses of the server that an enrolment would have refused too, or one too many. */
  'serversRefused',
] as const;
export type CounterName = (typeof counterNames)[number];
export type CounterValues = Readonly<Record<CounterName, number>>;

export class Counters {
  readonly #values = new Map<CounterName, number>();

  bite(name: CounterName): void {
    this.#values.set(name, this.of(name) + 1);
  }

  of(name: CounterName): number {
    return this.#values.get(name) ?? 0;
  }

  values(): CounterValues {
    return {
      roundsWrittenOff: this.of('roundsWrittenOff'),
      roundsStray: this.of('roundsStray'),
      roundsUncounted: this.of('roundsUncounted'),
      beatsUnanswered: this.of('beatsUnanswered'),
      dialsFailed: this.of('dialsFailed'),
      messagesStray: this.of('messagesStray'),
      resends: this.of('resends'),
      resyncs: this.of('resyncs'),
      readsStray: this.of('readsStray'),
      seqJumps: this.of('seqJumps'),
      serversRefused: this.of('serversRefused'),
    };
  }
}
