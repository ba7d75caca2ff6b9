// The incidents that this one explains, e.g. the customers of a provider's outage: those still on the wall, each a link.
import type { ReactNode } from 'react';
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { compareIncidents } from '../../select.ts';
import { SeverityMark } from '../../view/incident-item.tsx';
import { incidentWords } from './words.ts';

export function EffectsPart({
  row,
  incidents,
}: {
  readonly row: IncidentRow;
  readonly incidents: ReadonlyMap<string, IncidentRow>;
}): ReactNode {
  const words = useWords(incidentWords).effects;
  const children = [...incidents.values()].filter(({ parent }) => parent === row.id).sort(compareIncidents);
  if (children.length === 0) return null;
  return (
    <section className="card" aria-labelledby="effects-heading">
      <h3 id="effects-heading">{words.heading(children.length)}</h3>
      <ul className="effects">
        {children.map((child) => (
          <li key={child.id}>
            <SeverityMark row={child} />
            <a href={pageHash('incident-page', child.id)} lang="pt-BR">
              {child.title}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
