// Planned work: maintenance windows as a list and a calendar, silences, and the forms that make them. What is shown is fetched
// when it is opened, when this person changed something, when a window ends, and when the browser comes back to the front.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import { silencesSchema, type WindowItem, windowSchema } from '../../../../shared/api/maintenance.ts';
import { minute } from '../../../../shared/time.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { customersOf, type Sites, scopeFrom } from '../../scope.ts';
import type { PageProps } from '../../view/pages.tsx';
import { useMay } from '../../view/session.tsx';
import { LoadedPart } from '../../view/side-panel.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { useServerTick, useWall } from '../../view/wall-context.ts';
import { Calendar } from './calendar.tsx';
import { SilenceForm } from './silence-form.tsx';
import { SilenceList } from './silence-list.tsx';
import { WindowForm } from './window-form.tsx';
import { WindowList } from './window-list.tsx';
import { en, pt } from './words.ts';
import './planned.css';

const windowsSchema = z.object({ items: z.array(windowSchema) });

const views = ['list', 'calendar', 'silences'] as const;
type View = (typeof views)[number];
const noSites: Sites = new Map();

/** `about`: empty, `calendar`, `calendar/2026-11`, `silences`, or `silences/aurora/matriz/link/vivo` for a new one. */
export function PlannedPage({ about }: PageProps): ReactNode {
  const words = useWords({ pt, en });
  const sites = useWall((state) => state.view)?.sites ?? noSites;
  const [name, ...rest] = about.split('/');
  const view = views.find((each) => each === name) ?? 'list';
  const [customer, setCustomer] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <div className="planned-head">
        <h2 ref={heading} tabIndex={-1}>
          {words.heading}
        </h2>
        <p className="muted">{words.intro}</p>
      </div>
      <div className="planned-bar">
        <nav aria-label={words.views.navigation}>
          {views.map((each) => (
            <a
              key={each}
              href={pageHash('planned', each === 'list' ? '' : each)}
              aria-current={each === view ? 'page' : undefined}
            >
              {words.views[each]}
            </a>
          ))}
        </nav>
        <CustomerFilter sites={sites} customer={customer} onCustomer={setCustomer} />
      </div>
      {view === 'silences' ? (
        <Silences key={about} sites={sites} customer={customer} asked={rest.join('/')} />
      ) : (
        <Windows view={view} month={rest[0] ?? ''} sites={sites} customer={customer} />
      )}
    </>
  );
}

function CustomerFilter(props: {
  readonly sites: Sites;
  readonly customer: string;
  readonly onCustomer: (customer: string) => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  return (
    <label className="planned-filter">
      <span>{words.customerFilter}</span>
      <select
        className="field"
        value={props.customer}
        onChange={({ target }) => props.onCustomer(target.value)}
      >
        <option value="">{words.allCustomers}</option>
        {customersOf(props.sites, formats.locale).map(({ key, name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Another text whenever what was fetched may be old: by `renew`, each minute, and when the browser comes to the front. */
function useRenewal(): { readonly version: string; readonly renew: () => void } {
  const [version, setVersion] = useState(0);
  const renew = (): void => setVersion((times) => times + 1);
  useEffect(() => {
    const shown = (): void => {
      if (document.visibilityState === 'visible') setVersion((times) => times + 1);
    };
    document.addEventListener('visibilitychange', shown);
    return () => document.removeEventListener('visibilitychange', shown);
  }, []);
  // What a plan holds back changes by itself. A hidden page waits until it is looked at again.
  const minutes = useServerTick((now) =>
    document.visibilityState === 'visible' ? Math.floor(now / minute) : 0,
  );
  return { version: `${version} ${minutes}`, renew };
}

/** How many occurrences shown have ended meanwhile: then the server knows the next ones. */
function useEnded(items: readonly WindowItem[]): number {
  return useServerTick(
    (now) => items.filter(({ next }) => next !== null && Date.parse(next.endsAt) <= now).length,
  );
}

function Windows(props: {
  readonly view: Exclude<View, 'silences'>;
  readonly month: string;
  readonly sites: Sites;
  readonly customer: string;
}): ReactNode {
  const { view, month, sites, customer } = props;
  const words = useWords({ pt, en });
  const { version, renew } = useRenewal();
  const url = `/api/v1/maintenance-windows${customer === '' ? '' : `?customer=${customer}`}`;
  const { loaded, again } = useDetail({ url, schema: windowsSchema, version });
  const ended = useEnded(loaded.value?.items ?? []);
  useEffect(() => {
    if (ended > 0) again();
  }, [ended, again]);
  return (
    <Makes
      label={words.newWindow}
      saved={words.windowSaved}
      removed={words.removed}
      renew={renew}
      form={(close, saved) => <WindowForm sites={sites} onSaved={saved} onCancel={close} />}
    >
      {(removed) =>
        view === 'calendar' ? (
          <Calendar month={month} customer={customer} sites={sites} version={version} />
        ) : (
          <LoadedPart loaded={loaded} again={again}>
            {({ items }) => <WindowList items={items} sites={sites} onRemoved={removed} />}
          </LoadedPart>
        )
      }
    </Makes>
  );
}

function Silences(props: {
  readonly sites: Sites;
  readonly customer: string;
  /** What a new one shall be about, from the address; empty: no form yet. */
  readonly asked: string;
}): ReactNode {
  const { sites, customer, asked } = props;
  const words = useWords({ pt, en });
  const { version, renew } = useRenewal();
  const url = `/api/v1/silences${customer === '' ? '' : `?customer=${customer}`}`;
  const { loaded, again } = useDetail({ url, schema: silencesSchema, version });
  return (
    <Makes
      label={words.newSilence}
      saved={words.silenceSaved}
      removed={words.ended}
      renew={renew}
      open={asked !== ''}
      form={(close, saved) => (
        <SilenceForm sites={sites} scope={scopeFrom(asked, sites)} onSaved={saved} onCancel={close} />
      )}
    >
      {(ended) => (
        <LoadedPart loaded={loaded} again={again}>
          {({ items }) => <SilenceList items={items} sites={sites} onEnded={ended} />}
        </LoadedPart>
      )}
    </Makes>
  );
}

/**
 * The button that opens a form, the form, and what became of it; the list below. The focus returns to the button. Who may
 * not plan gets the list alone, whatever the address asked for.
 */
function Makes(props: {
  readonly label: string;
  readonly saved: string;
  readonly removed: string;
  readonly renew: () => void;
  readonly open?: boolean;
  readonly form: (close: () => void, saved: () => void) => ReactNode;
  readonly children: (removed: () => void) => ReactNode;
}): ReactNode {
  const may = useMay('operator');
  const [asked, setOpen] = useState(props.open === true);
  const open = asked && may;
  const [said, setSaid] = useState('');
  const button = useRef<HTMLButtonElement>(null);
  const state = useRef<HTMLParagraphElement>(null);
  const wasOpen = useRef(open);
  useEffect(() => {
    if (wasOpen.current && !open) button.current?.focus();
    wasOpen.current = open;
  }, [open]);
  const done = (words: string): void => {
    setOpen(false);
    setSaid(words);
    props.renew();
  };
  return (
    <>
      <div className="planned-make">
        {may && !open && (
          <button
            type="button"
            className="button button-strong"
            ref={button}
            onClick={() => {
              setSaid('');
              setOpen(true);
            }}
          >
            {props.label}
          </button>
        )}
        <p role="status" className="good" ref={state} tabIndex={-1}>
          {said}
        </p>
      </div>
      {open &&
        props.form(
          () => setOpen(false),
          () => done(props.saved),
        )}
      {props.children(() => {
        done(props.removed);
        // The row and its button are gone: the focus goes to what says so.
        state.current?.focus();
      })}
    </>
  );
}
