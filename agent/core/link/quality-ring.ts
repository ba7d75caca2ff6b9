// The memory of a quality window: sums per slot of time and per anchor, in arrays of fixed size, so that a round
// allocates nothing and the memory is bounded whatever the assignment says. Knows no limits; judges nothing.
import type { Clock } from '../input.ts';

/** One anchor over the whole window. */
export interface RingColumn {
  readonly sent: number;
  readonly lost: number;
  /** By time: each round speaks for the time until the next one. */
  readonly lossRatio: number;
  /** Median of the slots' means. */
  readonly rttMs: number | undefined;
  /** Mean difference between answers that follow each other. */
  readonly jitterMs: number | undefined;
}

export interface RingSize {
  readonly slotMs: number;
  readonly slots: number;
  readonly columns: number;
}

export class Ring {
  readonly #slotMs: number;
  /** One more than the window: the last is being filled. */
  readonly #rows: number;
  readonly #columns: number;
  readonly #numbers: Float64Array;
  readonly #mono: Float64Array;
  readonly #wall: Float64Array;
  readonly #sent: Float64Array;
  readonly #lost: Float64Array;
  /** The same in milliseconds for which they speak. */
  readonly #sentMs: Float64Array;
  readonly #lostMs: Float64Array;
  readonly #rttSum: Float64Array;
  readonly #rttCount: Float64Array;
  readonly #stepSum: Float64Array;
  readonly #stepCount: Float64Array;
  readonly #lastRtt: Float64Array;
  /** The round that waits for the next one, so that it is known for how long it speaks. */
  readonly #lastSent: Float64Array;
  readonly #lastLost: Float64Array;
  #lastMs = Number.NaN;
  readonly #scratch: Float64Array;
  #bootId = '';
  #firstNumber = Number.NaN;
  #number = Number.NaN;

  constructor({ slotMs, slots, columns }: RingSize) {
    this.#slotMs = slotMs;
    this.#rows = Math.max(1, slots) + 1;
    this.#columns = columns;
    const cells = this.#rows * columns;
    this.#numbers = new Float64Array(this.#rows);
    this.#mono = new Float64Array(this.#rows);
    this.#wall = new Float64Array(this.#rows);
    this.#sent = new Float64Array(cells);
    this.#lost = new Float64Array(cells);
    this.#sentMs = new Float64Array(cells);
    this.#lostMs = new Float64Array(cells);
    this.#rttSum = new Float64Array(cells);
    this.#rttCount = new Float64Array(cells);
    this.#stepSum = new Float64Array(cells);
    this.#stepCount = new Float64Array(cells);
    this.#lastRtt = new Float64Array(columns);
    this.#lastSent = new Float64Array(columns);
    this.#lastLost = new Float64Array(columns);
    this.#scratch = new Float64Array(this.#rows);
    this.clear();
  }

  clear(): void {
    this.#numbers.fill(Number.NaN);
    this.#lastRtt.fill(Number.NaN);
    this.#lastMs = Number.NaN;
    this.#lastSent.fill(0);
    this.#lastLost.fill(0);
    this.#firstNumber = Number.NaN;
    this.#number = Number.NaN;
  }

  /** What follows was sent at `at`. True when that begins a new slot; the window is then the slots before it. */
  open(at: Clock): boolean {
    const number = Math.floor(at.monoMs / this.#slotMs);
    this.#weigh(at.monoMs);
    if (number === this.#number) return false;
    if (Number.isNaN(this.#firstNumber)) this.#firstNumber = number;
    this.#number = number;
    this.#bootId = at.bootId;
    const row = this.#row(number);
    this.#numbers[row] = number;
    this.#mono[row] = at.monoMs;
    this.#wall[row] = at.wallMs;
    const from = row * this.#columns;
    for (const cells of [
      this.#sent,
      this.#lost,
      this.#sentMs,
      this.#lostMs,
      this.#rttSum,
      this.#rttCount,
      this.#stepSum,
      this.#stepCount,
    ]) {
      cells.fill(0, from, from + this.#columns);
    }
    return true;
  }

  add(
    column: number,
    measured: { readonly sent: number; readonly lost: number; readonly rttMs: number | undefined },
  ): void {
    const cell = this.#row(this.#number) * this.#columns + column;
    plus(this.#sent, cell, measured.sent);
    plus(this.#lost, cell, measured.lost);
    plus(this.#lastSent, column, measured.sent);
    plus(this.#lastLost, column, measured.lost);
    const { rttMs } = measured;
    if (rttMs === undefined) return;
    plus(this.#rttSum, cell, rttMs);
    plus(this.#rttCount, cell, 1);
    const last = at(this.#lastRtt, column);
    this.#lastRtt[column] = rttMs;
    if (Number.isNaN(last)) return;
    plus(this.#stepSum, cell, Math.abs(rttMs - last));
    plus(this.#stepCount, cell, 1);
  }

  /** The round before speaks for the time up to now; past a slot nothing is known any more. */
  #weigh(nowMs: number): void {
    const ms = Math.min(this.#slotMs, Math.max(0, nowMs - this.#lastMs));
    if (ms > 0) {
      const from = this.#row(this.#number) * this.#columns;
      for (let column = 0; column < this.#columns; column += 1) {
        plus(this.#sentMs, from + column, at(this.#lastSent, column) * ms);
        plus(this.#lostMs, from + column, at(this.#lastLost, column) * ms);
      }
    }
    this.#lastSent.fill(0);
    this.#lastLost.fill(0);
    this.#lastMs = nowMs;
  }

  /** Was a whole window seen, and that share of it measured? */
  isWhole(filledRatio: number): boolean {
    const slots = this.#rows - 1;
    if (!(this.#number - this.#firstNumber >= slots)) return false;
    let filled = 0;
    for (let back = 1; back <= slots; back += 1) if (this.#holds(this.#number - back)) filled += 1;
    return filled >= slots * filledRatio;
  }

  columns(): RingColumn[] {
    return Array.from({ length: this.#columns }, (_, column) => this.#columnOf(column));
  }

  /** Every measured slot of the window, the latest first, with the reading at its first round. */
  eachSlotBackwards(visit: (slot: number, at: Clock) => void): void {
    for (let back = 1; back < this.#rows; back += 1) {
      const slot = this.#number - back;
      if (!this.#holds(slot)) continue;
      const row = this.#row(slot);
      visit(slot, { bootId: this.#bootId, monoMs: at(this.#mono, row), wallMs: at(this.#wall, row) });
    }
  }

  lossOf(slot: number, column: number): number | undefined {
    return this.#quotient(this.#lostMs, this.#sentMs, slot, column);
  }

  rttOf(slot: number, column: number): number | undefined {
    return this.#quotient(this.#rttSum, this.#rttCount, slot, column);
  }

  jitterOf(slot: number, column: number): number | undefined {
    return this.#quotient(this.#stepSum, this.#stepCount, slot, column);
  }

  #columnOf(column: number): RingColumn {
    let [sent, lost, sentMs, lostMs, stepSum, stepCount, rtts] = [0, 0, 0, 0, 0, 0, 0];
    for (let back = 1; back < this.#rows; back += 1) {
      const slot = this.#number - back;
      if (!this.#holds(slot)) continue;
      const cell = this.#row(slot) * this.#columns + column;
      sent += at(this.#sent, cell);
      lost += at(this.#lost, cell);
      sentMs += at(this.#sentMs, cell);
      lostMs += at(this.#lostMs, cell);
      const step = this.jitterOf(slot, column);
      const rtt = this.rttOf(slot, column);
      if (step !== undefined) [stepSum, stepCount] = [stepSum + step, stepCount + 1];
      if (rtt !== undefined) {
        this.#scratch[rtts] = rtt;
        rtts += 1;
      }
    }
    const sorted = this.#scratch.subarray(0, rtts).sort();
    return {
      sent,
      lost,
      lossRatio: sentMs === 0 ? 0 : lostMs / sentMs,
      rttMs: sorted[Math.ceil(rtts / 2) - 1],
      jitterMs: stepCount === 0 ? undefined : stepSum / stepCount,
    };
  }

  #quotient(sums: Float64Array, counts: Float64Array, slot: number, column: number): number | undefined {
    const cell = this.#row(slot) * this.#columns + column;
    const count = at(counts, cell);
    return count === 0 ? undefined : at(sums, cell) / count;
  }

  #holds(slot: number): boolean {
    return this.#numbers[this.#row(slot)] === slot;
  }

  #row(slot: number): number {
    // Monotonic time counts from the boot, so a slot's number is never negative but before the first round.
    return ((slot % this.#rows) + this.#rows) % this.#rows;
  }
}

function at(cells: Float64Array, index: number): number {
  return cells[index] ?? Number.NaN;
}

function plus(cells: Float64Array, index: number, amount: number): void {
  cells[index] = at(cells, index) + amount;
}
