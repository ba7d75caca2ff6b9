// Installing an agent: which machine, then the one-line commands, then live from the wall's row how far it has come. The token
// is shown once and kept nowhere: leaving the page loses it, and a new one is a press away.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type EnrolmentAnswer, enrolmentAnswerSchema } from '../../../../shared/api/inventory.ts';
import type { SiteRow } from '../../../../shared/api/wall.ts';
import { hour } from '../../../../shared/time.ts';
import { useWords } from '../../i18n/words.ts';
import { actJson, type RequestFailure } from '../../request.ts';
import { Icon } from '../../view/icon.tsx';
import { InstantText } from '../../view/time.tsx';
import { useServerTick, useWall } from '../../view/wall-context.ts';
import { copyText } from './copy-text.ts';
import { en, pt } from './edit-words.ts';
import { hrefOf, PageHead } from './parts.tsx';
import { agentIdsOf, type EnrolmentProgress, enrolmentProgress } from './progress.ts';
import { ImportFailure } from './review.tsx';
import { en as enShown, pt as ptShown } from './words.ts';

const validities = [1, 24, 168] as const;
type Hours = (typeof validities)[number];

interface Made {
  readonly answer: EnrolmentAnswer;
  readonly host: string | undefined;
  /** Agents of the site when it was made: only another one is the new one. */
  readonly before: ReadonlySet<string>;
}

type Making =
  | { readonly kind: 'choosing' | 'making' }
  | { readonly kind: 'failed'; readonly failure: RequestFailure }
  | { readonly kind: 'made'; readonly made: Made };

export function EnrolPart(props: {
  readonly customer: string;
  readonly site: string;
  readonly host: string | undefined;
}): ReactNode {
  const words = useWords({ pt, en });
  const shown = useWords({ pt: ptShown, en: enShown });
  const { customer, site } = props;
  const row = useWall((state) => state.view?.sites.get(`${customer}/${site}`));
  const [host, setHost] = useState(props.host);
  const [hours, setHours] = useState<Hours>(24);
  const [making, setMaking] = useState<Making>({ kind: 'choosing' });
  const make = async (): Promise<void> => {
    setMaking({ kind: 'making' });
    const before = agentIdsOf(row);
    const answer = await actJson('POST', '/api/v1/enrolment-tokens', {
      body: { customer, site, ...(host === undefined ? {} : { host }), expiresInMs: hours * hour },
      schema: enrolmentAnswerSchema,
    });
    setMaking(
      answer.ok
        ? { kind: 'made', made: { answer: answer.value, host, before } }
        : { kind: 'failed', failure: answer.failure },
    );
  };
  const name = row?.name ?? site;
  return (
    <>
      <PageHead
        title={words.enrolTitle(name)}
        crumbs={[
          { place: { kind: 'list' }, name: shown.customers },
          { place: { kind: 'customer', customer }, name: row?.customerName ?? customer },
          { place: { kind: 'site', customer, site }, name },
        ]}
      />
      {row === undefined ? (
        <p className="empty">{shown.unknownSite}</p>
      ) : making.kind === 'made' ? (
        <Install
          made={making.made}
          row={row}
          site={{ customer, site }}
          onAnother={() => setMaking({ kind: 'choosing' })}
        />
      ) : (
        <EnrolForm making={making} onMake={() => void make()}>
          <Choices row={row} host={host} hours={hours} onHost={setHost} onHours={setHours} />
        </EnrolForm>
      )}
    </>
  );
}

function EnrolForm(props: {
  readonly making: Making;
  readonly onMake: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const words = useWords({ pt, en });
  const { making, onMake, children } = props;
  return (
    <form
      className="inventory-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (making.kind !== 'making') onMake();
      }}
    >
      <p className="muted">{words.enrolIntro}</p>
      {making.kind === 'failed' && <ImportFailure failure={making.failure} />}
      {children}
      <div className="action-buttons">
        <button type="submit" className="button button-strong" disabled={making.kind === 'making'}>
          {making.kind === 'making' ? words.making : words.make}
        </button>
      </div>
    </form>
  );
}

function Choices(props: {
  readonly row: SiteRow;
  readonly host: string | undefined;
  readonly hours: Hours;
  readonly onHost: (host: string | undefined) => void;
  readonly onHours: (hours: Hours) => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const { row, host, hours, onHost, onHours } = props;
  return (
    <div className="inventory-fields">
      <div className="form-field">
        <label htmlFor="enrol-host">{words.machine}</label>
        <select
          id="enrol-host"
          className="field"
          value={host ?? ''}
          onChange={({ target }) => onHost(target.value === '' ? undefined : target.value)}
        >
          {row.hosts.map(({ key, name, agent }) => (
            <option key={key} value={key}>
              {agent === null ? name : `${name} (${words.hasAgent})`}
            </option>
          ))}
          <option value="">{words.anyMachine}</option>
        </select>
      </div>
      <div className="form-field">
        <label htmlFor="enrol-hours">{words.validity}</label>
        <select
          id="enrol-hours"
          className="field"
          value={hours}
          onChange={({ target }) => {
            const wanted = validities.find((each) => String(each) === target.value);
            if (wanted !== undefined) onHours(wanted);
          }}
        >
          {validities.map((each) => (
            <option key={each} value={each}>
              {words.hours[each]}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

function Install(props: {
  readonly made: Made;
  readonly row: SiteRow;
  readonly site: { readonly customer: string; readonly site: string };
  readonly onAnother: () => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const { made, row, site, onAnother } = props;
  const { answer } = made;
  const progress = enrolmentProgress(row, made);
  const expired = useServerTick((now) => now > Date.parse(answer.expiresAt));
  const isOver = expired && progress.step === 'waiting';
  return (
    <div className="enrol">
      <p className="muted">
        {words.shownOnce} {words.validUntil} <InstantText at={answer.expiresAt} />.
      </p>
      {isOver && (
        <p className="panel-failure" role="alert">
          <Icon name="degraded" />
          {words.expired}
        </p>
      )}
      <Command title={words.linux} copy={words.copyLinux} command={answer.install.linux} />
      <Command title={words.windows} copy={words.copyWindows} command={answer.install.windows} />
      <Progress progress={progress} />
      <div className="action-buttons">
        <button type="button" className="button" onClick={onAnother}>
          {words.makeAnother}
        </button>
        <a className="button" href={hrefOf({ kind: 'site', ...site })}>
          {words.seeSite}
        </a>
      </div>
    </div>
  );
}

function Command(props: {
  readonly title: string;
  readonly copy: string;
  readonly command: string;
}): ReactNode {
  const words = useWords({ pt, en });
  const { title, copy, command } = props;
  const [copied, setCopied] = useState<boolean>();
  return (
    <section className="enrol-command" aria-label={title}>
      <h3 className="customers-subhead">{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line scrolls, which a keyboard must be able to */}
      <pre tabIndex={0}>
        <code>{command}</code>
      </pre>
      <div className="action-buttons">
        <button
          type="button"
          className="button"
          aria-label={copy}
          onClick={() => void copyText(command).then(setCopied)}
        >
          <Icon name="copy" />
          {copy}
        </button>
        <span role="status" className={copied === false ? 'bad' : 'good'}>
          {copied === undefined ? '' : copied ? words.copied : words.notCopied}
        </span>
      </div>
    </section>
  );
}

const shownSteps = ['waiting', 'connected', 'measured'] as const;

/** How many of the shown steps are done. */
const doneAt: Readonly<Record<EnrolmentProgress['step'], number>> = {
  waiting: 0,
  enrolled: 1,
  lost: 1,
  connected: 2,
  measured: 3,
};

function Progress({ progress }: { readonly progress: EnrolmentProgress }): ReactNode {
  const words = useWords({ pt, en });
  const heading = useRef<HTMLHeadingElement>(null);
  const done = doneAt[progress.step];
  const { host } = progress;
  const told =
    progress.step === 'waiting' || host === undefined
      ? words.told.waiting
      : words.told[progress.step](host.name);
  // The commands came where the form was; the focus goes to what happens next.
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="enrol-progress" aria-labelledby="enrol-progress" data-step={progress.step}>
      <h3 id="enrol-progress" className="customers-subhead" ref={heading} tabIndex={-1}>
        {words.progress}
      </h3>
      <ol>
        {shownSteps.map((step, index) => {
          const state = index < done ? 'done' : index === done ? 'now' : 'later';
          return (
            <li key={step} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
              <Icon name={state === 'done' ? 'up' : state === 'now' ? 'waiting' : 'unknown'} />
              {words.step[step === 'waiting' && state === 'done' ? 'ran' : step]}
              <span className="visually-hidden">({words.stepState[state]})</span>
            </li>
          );
        })}
      </ol>
      <p role="status">{told}</p>
    </section>
  );
}
