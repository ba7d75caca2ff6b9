// Every site, most urgent first, with a filter. Only the rows in sight are in the page (and a few beside them): a wall of
// five thousand sites must answer a key press at once and follow two hundred changes a second.
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  memo,
  type ReactNode,
  type RefObject,
  useCallback,
  useDeferredValue,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import type { SiteRow } from '../../../shared/api/wall.ts';
import { createSiteFinder } from '../found-sites.ts';
import { useSpeech } from '../i18n/speech.ts';
import { incidentsBySite, type SiteQuery } from '../select.ts';
import { SiteFilter } from './site-filter.tsx';
import { SiteItem } from './site-item.tsx';

export const Sites = memo(function Sites(props: {
  readonly sites: ReadonlyMap<string, SiteRow>;
  readonly incidents: ReadonlyMap<string, IncidentRow>;
}): ReactNode {
  const { messages } = useSpeech();
  const [query, setQuery] = useState<SiteQuery>({ text: '', order: 'urgency', onlyTroubled: false });
  const deferred = useDeferredValue(query);
  const [finder] = useState(createSiteFinder);
  const found = useMemo(() => finder.find(props.sites, deferred), [finder, props.sites, deferred]);
  const incidents = useMemo(() => incidentsBySite(props.incidents.values()), [props.incidents]);
  if (props.sites.size === 0) return null;
  return (
    <section className="section" aria-labelledby="sites-heading">
      <div className="section-head">
        <h2 id="sites-heading">
          {messages.sites}
          <span className="heading-note" role="status">
            {messages.shownOf(found.length, props.sites.size)}
          </span>
        </h2>
        <SiteFilter query={query} change={setQuery} />
      </div>
      <div className="site-columns" aria-hidden="true">
        <span>{messages.columns.site}</span>
        <span>{messages.columns.links}</span>
        <span>{messages.columns.hosts}</span>
      </div>
      {found.length === 0 ? (
        <p className="empty">{messages.noneFound}</p>
      ) : (
        <SiteRows found={found} incidents={incidents} />
      )}
    </section>
  );
});

/** Rows drawn above and below those in sight. */
const spareRows = 6;
/** A row's height before it is measured, in px. */
const guessHeight = (): number => 92;

function SiteRows({
  found,
  incidents,
}: {
  readonly found: readonly SiteRow[];
  readonly incidents: ReadonlyMap<string, IncidentRow>;
}): ReactNode {
  const list = useRef<HTMLUListElement>(null);
  const { columns, top } = usePlace(list);
  // The same as long as the rows are: whoever scrolls must not have thousands of places reckoned anew.
  const keyOf = useCallback((row: number) => found[row * columns]?.id ?? row, [found, columns]);
  const rows = useWindowVirtualizer({
    count: Math.ceil(found.length / columns),
    estimateSize: guessHeight,
    overscan: spareRows,
    scrollMargin: top,
    getItemKey: keyOf,
    useFlushSync: false,
  });
  const items = rows.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  const drawn = found.slice((first?.index ?? 0) * columns, ((last?.index ?? -1) + 1) * columns);
  const above = first === undefined ? 0 : first.start - top;
  const below = last === undefined ? 0 : rows.getTotalSize() - (last.end - top);
  return (
    <ul
      className="sites"
      ref={list}
      // What is not drawn takes its room as padding: the rows stay plain items of a plain list, for CSS and readers.
      style={{ paddingBlock: `${Math.max(0, above)}px ${Math.max(0, below)}px` }}
    >
      {drawn.map((site, at) => (
        <SiteItem
          key={site.id}
          site={site}
          incidentId={incidents.get(site.id)?.id}
          place={(first?.index ?? 0) * columns + at + 1}
          of={found.length}
          row={at % columns === 0 ? (first?.index ?? 0) + at / columns : undefined}
          measure={rows.measureElement}
        />
      ))}
    </ul>
  );
}

/** How many sites stand side by side (the style sheet says), and how far down the page the list begins, in px. */
function usePlace(list: RefObject<HTMLUListElement | null>): {
  readonly columns: number;
  readonly top: number;
} {
  const [place, setPlace] = useState({ columns: 1, top: 0 });
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const look = (): void => {
      const columns = getComputedStyle(element).getPropertyValue('--site-columns').trim() === '2' ? 2 : 1;
      const top = Math.round(element.getBoundingClientRect().top + scrollY);
      setPlace((known) => (known.columns === columns && known.top === top ? known : { columns, top }));
    };
    look();
    // Whatever moves the list changes the height of what it stands in.
    const watch = new ResizeObserver(look);
    watch.observe(document.body);
    watch.observe(element);
    return () => watch.disconnect();
  }, [list]);
  return place;
}
