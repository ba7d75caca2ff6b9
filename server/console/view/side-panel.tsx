// The frame of a detail: a native modal dialog at the side, so that Escape, the focus trap and the return of the focus
// are the browser's. The wall stays visible and live behind it. Also the three states of anything fetched.
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { useSpeech } from '../i18n/speech.ts';
import type { RequestFailure } from '../request.ts';
import { Icon } from './icon.tsx';
import type { Loaded } from './use-detail.ts';
import { closePanel } from './use-route.ts';

export function SidePanel(props: {
  readonly title: string;
  readonly above?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const { messages } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    // The title first: a screen reader then says what opened, and Tab goes on to the buttons.
    title.current?.focus();
    // Closed before it leaves the page: only then does the browser give the focus back to the row.
    return () => shown?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard's way out is Escape, which the dialog does itself
    <dialog
      className="panel"
      ref={dialog}
      aria-labelledby="panel-title"
      onClose={(event) => {
        // A panel that another one replaced says "closed" afterwards; the new one must stay.
        if (event.currentTarget.isConnected) closePanel();
      }}
      onClick={(event) => {
        // Only the dialog itself, i.e. its backdrop: clicks inside hit the frame below.
        if (event.target === event.currentTarget) closePanel();
      }}
    >
      <div className="panel-frame">
        <div className="panel-head">
          <div>
            {props.above}
            <h2 id="panel-title" lang="pt-BR" ref={title} tabIndex={-1}>
              {props.title}
            </h2>
          </div>
          <button
            type="button"
            className="button button-icon"
            aria-label={messages.close}
            onClick={closePanel}
          >
            <Icon name="close" />
          </button>
        </div>
        <div className="panel-body">{props.children}</div>
      </div>
    </dialog>
  );
}

/** Draws what was loaded, or says why not. Old content stays while it is fetched again. */
export function LoadedPart<T>({
  loaded,
  again,
  children,
}: {
  readonly loaded: Loaded<T>;
  readonly again: () => void;
  readonly children: (value: T) => ReactNode;
}): ReactNode {
  const { messages } = useSpeech();
  return (
    <>
      {loaded.failure !== undefined && (
        <p className="panel-failure" role="alert">
          <Icon name="degraded" />
          <FailureText failure={loaded.failure} />
          <button type="button" className="button" onClick={again}>
            {messages.tryAgain}
          </button>
        </p>
      )}
      {loaded.value !== undefined && children(loaded.value)}
      {loaded.value === undefined && loaded.failure === undefined && (
        <p className="muted" role="status">
          {messages.loading}
        </p>
      )}
    </>
  );
}

export function FailureText({ failure }: { readonly failure: RequestFailure }): ReactNode {
  const { messages } = useSpeech();
  if (failure.kind !== 'refused') return messages.failure[failure.kind];
  if (failure.status === 404) return messages.failure.notFound;
  if (failure.status === 409) return messages.failure.conflict;
  return messages.refusedWith(failure.status);
}

export function Facts({ children }: { readonly children: ReactNode }): ReactNode {
  return <dl className="facts">{children}</dl>;
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
