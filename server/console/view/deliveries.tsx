// How each delivery of a ticket to the desk went: what is there, what waits and until when, what needs a person.
import type { ReactNode } from 'react';
import type { Ticket } from '../../../shared/api/incidents.ts';
import { useSpeech } from '../i18n/speech.ts';
import { manualHash } from '../route.ts';
import { Icon, type IconName } from './icon.tsx';
import { InstantText } from './time.tsx';
import { useServerTick } from './wall-context.ts';

type Delivery = Ticket['deliveries'][number];
type State = 'delivered' | 'waiting' | 'held' | 'refused';

const icons: Readonly<Record<State, IconName>> = {
  delivered: 'up',
  waiting: 'waiting',
  held: 'hand',
  refused: 'degraded',
};

export function Deliveries({ deliveries }: { readonly deliveries: readonly Delivery[] }): ReactNode {
  const { messages } = useSpeech();
  if (deliveries.length === 0) return null;
  const held = deliveries.some((each) => stateOf(each) === 'held');
  return (
    <section aria-labelledby="deliveries-heading">
      <h3 id="deliveries-heading">{messages.deliveries}</h3>
      <ol className="deliveries">
        {deliveries.map((delivery) => (
          <DeliveryItem key={delivery.key} delivery={delivery} />
        ))}
      </ol>
      {held && (
        <a className="button" href={manualHash}>
          <Icon name="hand" />
          {messages.service.desk.toQueue}
        </a>
      )}
    </section>
  );
}

function stateOf({ state, heldSince }: Delivery): State {
  if (state === 'refused') return 'refused';
  if (state === 'done') return 'delivered';
  return heldSince === null ? 'waiting' : 'held';
}

function DeliveryItem({ delivery }: { readonly delivery: Delivery }): ReactNode {
  const { messages } = useSpeech();
  const words = messages.service.desk;
  const state = stateOf(delivery);
  const task = Object.hasOwn(words.task, delivery.kind)
    ? words.task[delivery.kind as keyof typeof words.task]
    : delivery.kind;
  return (
    <li data-state={state}>
      <Icon name={icons[state]} />
      <span>
        <strong>{task}</strong> · <span className="delivery-state">{words.delivery[state]}</span>
        {delivery.doneAt !== null && (
          <span className="muted">
            {' · '}
            <InstantText at={delivery.doneAt} />
          </span>
        )}
        {delivery.attempts > 1 && <span className="muted"> · {messages.attempts(delivery.attempts)}</span>}
        {state === 'waiting' && delivery.nextAttemptAt !== null && (
          <span className="muted">
            {' · '}
            <NextTry at={delivery.nextAttemptAt} />
          </span>
        )}
        {state !== 'delivered' && delivery.lastError !== null && (
          <span className="delivery-error">{delivery.lastError}</span>
        )}
      </span>
    </li>
  );
}

function NextTry({ at }: { readonly at: string }): ReactNode {
  const { messages, formats } = useSpeech();
  const words = messages.service.desk;
  return useServerTick((now) => {
    const leftMs = Date.parse(at) - now;
    return leftMs <= 0 ? words.trying : words.nextTry(formats.left(leftMs));
  });
}
