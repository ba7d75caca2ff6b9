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

// Numbers that are kept side by side. Of an anchor in any slot:
const sentAt = 0;
const lostAt = 1;
/** The same in milliseconds for which they speak. */
const sentMsAt = 2;
const lostMsAt = 3;
// ... in a closed slot: means, NaN where nothing answered.
const rttAt = 4;
const stepAt = 5;
const closedWidth = 6;
// ... in the slot that is being filled: sums and counts.
const rttSumAt = 4;
const rttCountAt = 5;
const stepSumAt = 6;
const stepCountAt = 7;
const openWidth = 8;

export class Ring {
  readonly #slotMs: number;
  /** One more than the window: the last is being filled. */
  readonly #rows: number;
  readonly #columns: number;
  readonly #numbers: Float64Array;
  readonly #mono: Float64Array;
  readonly #wall: Float64Array;
  /** `closedWidth` numbers for each row and column. */
  readonly #closed: Float64Array;
  /** `openWidth` numbers for each column. */
  readonly #open: Float64Array;
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
    this.#numbers = new Float64Array(this.#rows);
    this.#mono = new Float64Array(this.#rows);
    this.#wall = new Float64Array(this.#rows);
    this.#closed = new Float64Array(this.#rows * columns * closedWidth);
    this.#open = new Float64Array(columns * openWidth);
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
    else this.#close();
    this.#number = number;
    this.#bootId = at.bootId;
    const row = this.#row(number);
    this.#numbers[row] = number;
    this.#mono[row] = at.monoMs;
    this.#wall[row] = at.wallMs;
    this.#open.fill(0);
    return true;
  }

  add(
    column: number,
    measured: { readonly sent: number; readonly lost: number; readonly rttMs: number | undefined },
  ): void {
    const open = this.#open;
    const cell = column * openWidth;
    plus(open, cell + sentAt, measured.sent);
    plus(open, cell + lostAt, measured.lost);
    plus(this.#lastSent, column, measured.sent);
    plus(this.#lastLost, column, measured.lost);
    const { rttMs } = measured;
    if (rttMs === undefined) return;
    plus(open, cell + rttSumAt, rttMs);
    plus(open, cell + rttCountAt, 1);
    const last = at(this.#lastRtt, column);
    this.#lastRtt[column] = rttMs;
    if (Number.isNaN(last)) return;
    plus(open, cell + stepSumAt, Math.abs(rttMs - last));
    plus(open, cell + stepCountAt, 1);
  }

  /** Nothing more is added to the present slot: its means are worked out once, a window reads them again and again. */
  #close(): void {
    const open = this.#open;
    const closed = this.#closed;
    for (let column = 0; column < this.#columns; column += 1) {
      const from = column * openWidth;
      const to = this.#cell(this.#number, column);
      for (let each = sentAt; each <= lostMsAt; each += 1) closed[to + each] = at(open, from + each);
      closed[to + rttAt] = at(open, from + rttSumAt) / at(open, from + rttCountAt);
      closed[to + stepAt] = at(open, from + stepSumAt) / at(open, from + stepCountAt);
    }
  }

  /** The round before speaks for the time up to now; past a slot nothing is known any more. */
  #weigh(nowMs: number): void {
    const ms = Math.min(this.#slotMs, Math.max(0, nowMs - this.#lastMs));
    for (let column = 0; column < this.#columns; column += 1) {
      if (ms > 0) {
        const cell = column * openWidth;
        plus(this.#open, cell + sentMsAt, at(this.#lastSent, column) * ms);
        plus(this.#open, cell + lostMsAt, at(this.#lastLost, column) * ms);
      }
      this.#lastSent[column] = 0;
      this.#lastLost[column] = 0;
    }
    this.#lastMs = nowMs;
  }

  /** Was a whole window seen, and that share of it measured? */
  isWhole(filledRatio: number): boolean {
    const slots = this.#rows - 1;
    if (!(this.#number - this.#firstNumber >= slots)) return false;
    let filled = 0;
    let row = this.#row(this.#number);
    for (let back = 1; back <= slots; back += 1) {
      row = row === 0 ? slots : row - 1;
      if (this.#numbers[row] === this.#number - back) filled += 1;
    }
    return filled >= slots * filledRatio;
  }

  columns(): RingColumn[] {
    const columns: RingColumn[] = [];
    for (let column = 0; column < this.#columns; column += 1) columns.push(this.#columnOf(column));
    return columns;
  }

  /** Every measured slot of the window, the latest first, with the reading at its first round. */
  eachSlotBackwards(visit: (slot: number, at: Clock) => void): void {
    for (let back = 1; back < this.#rows; back += 1) {
      const slot = this.#number - back;
      const row = this.#row(slot);
      if (this.#numbers[row] !== slot) continue;
      visit(slot, { bootId: this.#bootId, monoMs: at(this.#mono, row), wallMs: at(this.#wall, row) });
    }
  }

  lossOf(slot: number, column: number): number | undefined {
    const cell = this.#cell(slot, column);
    return known(at(this.#closed, cell + lostMsAt) / at(this.#closed, cell + sentMsAt));
  }

  rttOf(slot: number, column: number): number | undefined {
    return known(at(this.#closed, this.#cell(slot, column) + rttAt));
  }

  jitterOf(slot: number, column: number): number | undefined {
    return known(at(this.#closed, this.#cell(slot, column) + stepAt));
  }

  #columnOf(column: number): RingColumn {
    // Read once: this loop is the hottest of the agent.
    const closed = this.#closed;
    const numbers = this.#numbers;
    const number = this.#number;
    const rows = this.#rows;
    const columns = this.#columns;
    const scratch = this.#scratch;
    let sent = 0;
    let lost = 0;
    let sentMs = 0;
    let lostMs = 0;
    let stepSum = 0;
    let stepCount = 0;
    let rtts = 0;
    let row = this.#row(number);
    for (let back = 1; back < rows; back += 1) {
      row = row === 0 ? rows - 1 : row - 1;
      if (numbers[row] !== number - back) continue;
      const cell = (row * columns + column) * closedWidth;
      sent += at(closed, cell + sentAt);
      lost += at(closed, cell + lostAt);
      sentMs += at(closed, cell + sentMsAt);
      lostMs += at(closed, cell + lostMsAt);
      const step = at(closed, cell + stepAt);
      if (!Number.isNaN(step)) {
        stepSum += step;
        stepCount += 1;
      }
      const rtt = at(closed, cell + rttAt);
      if (!Number.isNaN(rtt)) {
        putInOrder(scratch, rtts, rtt);
        rtts += 1;
      }
    }
    return {
      sent,
      lost,
      lossRatio: sentMs === 0 ? 0 : lostMs / sentMs,
      rttMs: rtts === 0 ? undefined : scratch[Math.ceil(rtts / 2) - 1],
      jitterMs: stepCount === 0 ? undefined : stepSum / stepCount,
    };
  }

  #cell(slot: number, column: number): number {
    return (this.#row(slot) * this.#columns + column) * closedWidth;
  }

  #row(slot: number): number {
    // Monotonic time counts from the boot, so a slot's number is never negative but before the first round.
    return ((slot % this.#rows) + this.#rows) % this.#rows;
  }
}

function at(cells: Float64Array, index: number): number {
  return cells[index] ?? Number.NaN;
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/** One more into the first `count` cells, which are in order. A window has a few dozen slots; a sort call costs more. */
function putInOrder(cells: Float64Array, count: number, value: number): void {
  let index = count;
  while (index > 0 && at(cells, index - 1) > value) {
    cells[index] = at(cells, index - 1);
    index -= 1;
  }
  cells[index] = value;
}

function plus(cells: Float64Array, index: number, amount: number): void {
  cells[index] = at(cells, index) + amount;
}
