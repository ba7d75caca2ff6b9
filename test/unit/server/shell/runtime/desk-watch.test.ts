// The desk as the wall shows it: what waits, what waits for a person, and since when it is away.
import { describe, expect, test } from 'vitest';
import { createMemoryManualQueue } from '../../../../../server/adapters/memory/manual-queue.ts';
import { createMemoryOutbox } from '../../../../../server/adapters/memory/outbox.ts';
import { manualItemOf } from '../../../../../server/ports/manual-queue.ts';
import type { HeldDelivery } from '../../../../../server/shell/runtime/desk-condition.ts';
import { createDeskWatch } from '../../../../../server/shell/runtime/desk-watch.ts';
import { incidentId } from '../../../../../shared/ids.ts';
import { plus } from '../../../../../shared/time.ts';
import { at, incident, openEffect } from '../../core/view/samples.ts';

const [first, second] = [1, 2].map((n) => openEffect(incident({ id: incidentId(n, 0) })));

function watchWith(held: readonly HeldDelivery[], deskUnreachableSince?: typeof at, lateSince?: typeof at) {
  const outbox = createMemoryOutbox();
  const manual = createMemoryManualQueue();
  if (first === undefined || second === undefined) throw new Error('two were made');
  outbox.add([first, second]);
  const runtime = {
    heldDeliveries: () => held,
    counters: () => ({ outbox: { deskUnreachableSince, lateSince } }),
  };
  return {
    watch: createDeskWatch({ name: 'MySuite', outbox, runtime, manual }),
    manual,
    first,
    second,
    outbox,
  };
}

describe('desk watch', () => {
  test('a delivery that is held in both places counts once', () => {
    const {
      watch,
      manual,
      first: one,
      second: two,
    } = watchWith(
      [openEffect(incident({ id: incidentId(1, 0) })), openEffect(incident({ id: incidentId(2, 0) }))].map(
        ({ key, incident: id }) => ({ key, incident: id, since: plus(at, 5), reason: 'r' }),
      ),
    );
    manual.wait(
      manualItemOf(one, {
        reason: 'uncertain',
        desk: 'MySuite',
        since: at,
        title: 't',
        priority: 'critical',
      }),
    );
    expect(watch.facts()).toEqual({ name: 'MySuite', downSince: undefined, waiting: 2, held: 2 });
    expect(watch.deliveriesOf(one.incident)[0]?.heldSince).toBe(at);
    expect(watch.deliveriesOf(two.incident)[0]?.heldSince).toBe(plus(at, 5));
  });

  test('after a restart the queue still tells what waits, although nobody has been asked yet', () => {
    const { watch, manual, first: one } = watchWith([]);
    manual.wait(
      manualItemOf(one, { reason: 'manual', desk: 'MySuite', since: at, title: 't', priority: 'critical' }),
    );
    expect(watch.facts().held).toBe(1);
  });

  test('what is delivered is held no more, and a desk that is away is told with its beginning', () => {
    const since = plus(at, 1);
    const { watch, first: one, outbox } = watchWith([], since, plus(at, 2));
    outbox.done(one.key, at, 'VIG-1');
    expect(watch.facts()).toMatchObject({ downSince: since, lateSince: plus(at, 2), waiting: 1, held: 0 });
    expect(watch.deliveriesOf(one.incident)[0]).toMatchObject({ state: 'done', protocol: 'VIG-1' });
  });
});
