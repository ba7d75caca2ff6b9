// Who is due next, for thousands of keys: a binary heap that knows each key's place, so that a key can be moved.
// Used by the liveness table and by the outside-in prober. Pure; ties are broken by key, so the order is the same
// in every run.
import { present } from '../../../shared/assert.ts';
import type { Instant } from '../../../shared/time.ts';

export interface Due<K extends string> {
  readonly key: K;
  readonly at: Instant;
}

export interface DueHeap<K extends string> {
  /** Inserts the key or moves it. O(log n). */
  set(key: K, at: Instant): void;
  remove(key: K): void;
  at(key: K): Instant | undefined;
  /** The earliest; undefined when empty. */
  first(): Due<K> | undefined;
  size(): number;
}

export function createDueHeap<K extends string>(): DueHeap<K> {
  const heap: Heap<K> = { items: [], places: new Map() };
  const { items, places } = heap;
  return {
    set(key, at) {
      const place = places.get(key);
      if (place === undefined) moveUp(heap, { key, at }, items.length);
      else settle(heap, { key, at }, place);
    },
    remove(key) {
      const place = places.get(key);
      if (place === undefined) return;
      places.delete(key);
      const last = present(items.pop(), 'a known key is in the heap');
      if (last.key !== key) settle(heap, last, place);
    },
    at(key) {
      const place = places.get(key);
      return place === undefined ? undefined : items[place]?.at;
    },
    first: () => items[0],
    size: () => items.length,
  };
}

interface Heap<K extends string> {
  readonly items: Due<K>[];
  readonly places: Map<K, number>;
}

/** Puts `due` where it belongs, given that `place` is free and all else is in order. */
function settle<K extends string>(heap: Heap<K>, due: Due<K>, place: number): void {
  const parent = place > 0 ? heap.items[(place - 1) >> 1] : undefined;
  if (parent !== undefined && isBefore(due, parent)) moveUp(heap, due, place);
  else moveDown(heap, due, place);
}

function moveUp<K extends string>(heap: Heap<K>, due: Due<K>, from: number): void {
  let place = from;
  while (place > 0) {
    const parentPlace = (place - 1) >> 1;
    const parent = present(heap.items[parentPlace], 'a heap has no holes');
    if (!isBefore(due, parent)) break;
    put(heap, parent, place);
    place = parentPlace;
  }
  put(heap, due, place);
}

function moveDown<K extends string>(heap: Heap<K>, due: Due<K>, from: number): void {
  let place = from;
  for (;;) {
    const left = heap.items[2 * place + 1];
    if (left === undefined) break;
    const right = heap.items[2 * place + 2];
    const rightIsFirst = right !== undefined && isBefore(right, left);
    const child = rightIsFirst ? right : left;
    if (!isBefore(child, due)) break;
    put(heap, child, place);
    place = 2 * place + (rightIsFirst ? 2 : 1);
  }
  put(heap, due, place);
}

function put<K extends string>(heap: Heap<K>, due: Due<K>, place: number): void {
  heap.items[place] = due;
  heap.places.set(due.key, place);
}

function isBefore<K extends string>(a: Due<K>, b: Due<K>): boolean {
  return a.at < b.at || (a.at === b.at && a.key < b.key);
}
