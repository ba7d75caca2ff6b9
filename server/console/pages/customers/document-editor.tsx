// The whole inventory as text, YAML or JSON: what a person knows from the import file, with the same review before anything
// changes. Fetched as text, sent as text; the server alone reads it.
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import { useWords } from '../../i18n/words.ts';
import { getTagged, getTaggedText, type RequestFailure } from '../../request.ts';
import { Icon } from '../../view/icon.tsx';
import { FailureText } from '../../view/side-panel.tsx';
import { copyText } from './copy-text.ts';
import { en, pt } from './edit-words.ts';
import { hrefOf, PageHead } from './parts.tsx';
import { Applied, ImportFailure, Mistakes, Review } from './review.tsx';
import { type ImportSteps, useImport } from './use-import.ts';
import { inventoryUrl } from './use-inventory.ts';
import { en as enShown, pt as ptShown } from './words.ts';

const formats = ['yaml', 'json'] as const;
type Format = (typeof formats)[number];

type Source =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly text: string; readonly tag: string | undefined }
  | { readonly kind: 'failed'; readonly failure: RequestFailure };

export function DocumentEditor(): ReactNode {
  const words = useWords({ pt, en });
  const shown = useWords({ pt: ptShown, en: enShown });
  const [format, setFormat] = useState<Format>('yaml');
  const { source, text, setText, load } = useText(format);
  const steps = useImport();
  const { step } = steps;
  const reload = (): void => {
    steps.edit();
    load();
  };
  return (
    <>
      <PageHead title={words.document} crumbs={[{ place: { kind: 'list' }, name: shown.customers }]} />
      {step.kind === 'applied' ? (
        <Applied>
          <a className="button button-strong" href={hrefOf({ kind: 'list' })}>
            {words.seeCustomers}
          </a>
          <button type="button" className="button" onClick={reload}>
            {words.goOn}
          </button>
        </Applied>
      ) : step.kind === 'reviewing' || step.kind === 'applying' ? (
        <Review steps={steps} />
      ) : (
        <TextForm {...{ format, source, text, setText, steps }} onFormat={setFormat} reload={reload} />
      )}
    </>
  );
}

interface FormProps {
  readonly format: Format;
  readonly onFormat: (format: Format) => void;
  readonly source: Source;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly steps: ImportSteps;
  readonly reload: () => void;
}

function TextForm(props: FormProps): ReactNode {
  const words = useWords({ pt, en });
  const { format, onFormat, source, text, setText, steps, reload } = props;
  const { step } = steps;
  const loaded = source.kind === 'loaded' ? source : undefined;
  const check = (): void => {
    if (loaded === undefined) return;
    steps.check({ text, type: format === 'yaml' ? 'application/yaml' : 'application/json', tag: loaded.tag });
  };
  return (
    <form
      className="inventory-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (step.kind !== 'checking') check();
      }}
    >
      <p className="muted">
        {words.intro} {words.documentIntro}
      </p>
      {step.kind === 'failed' && <Wrong failure={step.failure} text={text} />}
      {step.kind === 'overtaken' && <Overtaken text={text} onLoad={reload} />}
      {source.kind === 'failed' && (
        <p className="panel-failure" role="alert">
          <Icon name="degraded" />
          <FailureText failure={source.failure} />
          <button type="button" className="button" onClick={reload}>
            {words.loadPresent}
          </button>
        </p>
      )}
      <FormatChoice
        format={format}
        locked={loaded !== undefined && text !== loaded.text}
        onFormat={onFormat}
      />
      <TextArea text={text} setText={setText} disabled={loaded === undefined} />
      <div className="action-buttons inventory-foot">
        <button
          type="submit"
          className="button button-strong"
          disabled={loaded === undefined || step.kind === 'checking'}
        >
          {step.kind === 'checking' ? words.checking : words.check}
        </button>
        <button
          type="button"
          className="button"
          disabled={loaded === undefined || text === loaded.text}
          onClick={() => setText(loaded?.text ?? '')}
        >
          {words.discard}
        </button>
      </div>
    </form>
  );
}

function TextArea(props: {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly disabled: boolean;
}): ReactNode {
  const words = useWords({ pt, en });
  const { text, setText, disabled } = props;
  return (
    <div className="form-field">
      <label htmlFor="inventory-text">{words.text}</label>
      <textarea
        id="inventory-text"
        className="field inventory-text"
        value={text}
        rows={24}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        wrap="off"
        disabled={disabled}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
}

/** The document as text of that format; a new one replaces what was typed. */
function useText(format: Format) {
  const [source, setSource] = useState<Source>({ kind: 'loading' });
  const [text, setText] = useState('');
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked is a reason to fetch again, not an input
  useEffect(() => {
    const cut = new AbortController();
    setSource({ kind: 'loading' });
    void textIn(format, cut.signal).then((answer) => {
      if (cut.signal.aborted) return;
      if (!answer.ok) return setSource({ kind: 'failed', failure: answer.failure });
      setSource({ kind: 'loaded', text: answer.value.value, tag: answer.value.tag });
      setText(answer.value.value);
    });
    return () => cut.abort();
  }, [format, asked]);
  const load = useCallback(() => setAsked((times) => times + 1), []);
  return { source, text, setText, load };
}

async function textIn(format: Format, signal: AbortSignal) {
  if (format === 'yaml') return await getTaggedText(inventoryUrl, 'application/yaml', signal);
  const answer = await getTagged(inventoryUrl, z.unknown(), signal);
  if (!answer.ok) return answer;
  const { value, tag } = answer.value;
  return { ok: true, value: { value: `${JSON.stringify(value, undefined, 2)}\n`, tag } } as const;
}

function FormatChoice(props: {
  readonly format: Format;
  readonly locked: boolean;
  readonly onFormat: (format: Format) => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const { format, locked, onFormat } = props;
  return (
    <fieldset className="inventory-format" aria-describedby={locked ? 'inventory-locked' : undefined}>
      <legend>{words.format}</legend>
      {formats.map((each) => (
        <label key={each}>
          <input
            type="radio"
            name="inventory-format"
            value={each}
            checked={format === each}
            disabled={locked && format !== each}
            onChange={() => onFormat(each)}
          />
          {each.toUpperCase()}
        </label>
      ))}
      {locked && (
        <span className="form-hint" id="inventory-locked">
          {words.formatLocked}
        </span>
      )}
    </fieldset>
  );
}

function Wrong({ failure, text }: { readonly failure: RequestFailure; readonly text: string }): ReactNode {
  const words = useWords({ pt, en });
  const issues = failure.kind === 'refused' ? (failure.issues ?? []) : [];
  if (issues.length === 0) return <ImportFailure failure={failure} />;
  return (
    <Mistakes
      issues={issues}
      go={(path) => wayToLine(path, text)}
      say={(path) => {
        const place = placeIn(path);
        return place === undefined ? <code>{path}</code> : words.place(place.line, place.column);
      }}
      rule={(path) => (placeIn(path) === undefined ? undefined : words.unreadable)}
    />
  );
}

/** `line 3, column 5`, as the server names places of text it cannot read; undefined: a path of the document. */
function placeIn(path: string): { readonly line: string; readonly column: string } | undefined {
  const [, line, column] = /^line (\d+), column (\d+)$/.exec(path) ?? [];
  return line === undefined || column === undefined ? undefined : { line, column };
}

function wayToLine(path: string, text: string): (() => void) | undefined {
  const place = placeIn(path);
  if (place === undefined) return undefined;
  const line = Number(place.line);
  return () => {
    const field = document.querySelector<HTMLTextAreaElement>('#inventory-text');
    const start = text.split('\n', line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const end = text.indexOf('\n', start);
    field?.focus();
    field?.setSelectionRange(start, end < 0 ? text.length : end);
  };
}

function Overtaken({ text, onLoad }: { readonly text: string; readonly onLoad: () => void }): ReactNode {
  const words = useWords({ pt, en });
  const [copied, setCopied] = useState<boolean>();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div className="inventory-mistakes" role="alert" ref={box} tabIndex={-1}>
      <p>
        <Icon name="degraded" />
        <strong>{words.overtaken}</strong> {words.overtakenText}
      </p>
      <div className="action-buttons">
        <button type="button" className="button" onClick={() => void copyText(text).then(setCopied)}>
          <Icon name="copy" />
          {words.copyMine}
        </button>
        <button type="button" className="button" onClick={onLoad}>
          {words.loadPresent}
        </button>
      </div>
      <p role="status">{copied === undefined ? '' : copied ? words.copied : words.notCopied}</p>
    </div>
  );
}
