// What stands open over the wall: an incident, a ticket, the manual queue. The address names it. A script of its own, see
// `panel-frame.tsx`.
import type { ReactNode } from 'react';
import type { WallView } from '../store.ts';
import { IncidentPanel } from './incident-panel.tsx';
import { ManualPanel } from './manual-panel.tsx';
import { TicketPanel } from './ticket-panel.tsx';
import { useRoute } from './use-route.ts';

export function Panel({ view }: { readonly view: WallView }): ReactNode {
  const route = useRoute();
  if (route.kind === 'incident') {
    return (
      <IncidentPanel key={route.id} id={route.id} row={view.incidents.get(route.id)} sites={view.sites} />
    );
  }
  if (route.kind === 'manual') return <ManualPanel version={view.server} />;
  if (route.kind === 'ticket') {
    const row = view.tickets.find((ticket) => ticket.protocol === route.protocol);
    return <TicketPanel key={route.protocol} protocol={route.protocol} row={row} />;
  }
  return null;
}
