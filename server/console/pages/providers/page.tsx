// The providers page: who is failing where now, live from the wall's rows; the map; and how each did over the last days.
// The address says what the map is about, a provider, a state or both: `#providers=vivo/PR`. Computes nothing itself.
import { type ReactNode, useDeferredValue, useMemo } from 'react';
import '../../style/data-table.css';
import './providers.css';
import { present } from '../../../../shared/assert.ts';
import { useWords } from '../../i18n/words.ts';
import { groupIncidents, phaseOf } from '../../select.ts';
import type { PageProps } from '../../view/pages.tsx';
import { useFreshness, useWall } from '../../view/wall-context.ts';
import { FailingNow } from './failing-now.tsx';
import { tallyProviders } from './losses.ts';
import { Ranking } from './ranking.tsx';
import { mapPlaceOf, placeOutages } from './regional.ts';
import { RegionalOutages } from './regional-outages.tsx';
import { Where } from './where.tsx';
import { en, pt } from './words.ts';

export function ProvidersPage({ about }: PageProps): ReactNode {
  const words = useWords({ pt, en });
  const freshness = useFreshness();
  const view = useDeferredValue(
    present(
      useWall((state) => state.view),
      'a wall behind its pages',
    ),
  );
  const providers = useMemo(() => tallyProviders(view.sites.values()), [view.sites]);
  const outages = useMemo(
    () =>
      groupIncidents(view.incidents.values()).filter(
        ({ row }) => row.kind === 'provider-outage' && phaseOf(row) !== 'over',
      ),
    [view.incidents],
  );
  const standing = useMemo(() => placeOutages(outages, view.sites), [outages, view.sites]);
  const place = useMemo(() => mapPlaceOf(about), [about]);
  if (providers.length === 0)
    return (
      <>
        <h2>{words.title}</h2>
        <p className="empty">{words.noLinks}</p>
      </>
    );
  const regional = new Set(outages.map(({ row }) => row.provider));
  return (
    <>
      <h2>{words.title}</h2>
      <div className={freshness === 'live' ? 'providers-now' : 'providers-now wall-old'}>
        <FailingNow providers={providers} regional={regional} />
        <RegionalOutages outages={outages} />
        <Where sites={view.sites} providers={providers} outages={standing} place={place} />
      </div>
      <Ranking live={providers} />
    </>
  );
}
