// Sound and desktop notices of this browser: a button in the bar that says how it stands, and a small panel under it.
// Escape and a press beside it close it. Must never ask for a permission but from a person's click.
import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from 'react';
import type { AlertsState } from '../alerts/alerts.ts';
import { isMuted, muteChoices } from '../alerts/settings.ts';
import { alertWords } from '../alerts/words.ts';
import { useSpeech } from '../i18n/speech.ts';
import { useWords } from '../i18n/words.ts';
import { Icon, type IconName } from './icon.tsx';
import { useAlerts, useTick, useWallContext } from './wall-context.ts';

export type AlertsMood = 'off' | 'on' | 'muted' | 'blocked';

export const alertsIcons: Readonly<Record<AlertsMood, IconName>> = {
  off: 'bell-off',
  on: 'bell',
  muted: 'bell-off',
  blocked: 'degraded',
};

export function moodOf(state: AlertsState, now: number): AlertsMood {
  const { settings } = state;
  if (!(settings.sound || settings.desktop)) return 'off';
  if (isMuted(settings, now)) return 'muted';
  return settings.sound && state.soundBlocked ? 'blocked' : 'on';
}

/** How the alerts stand now, in words; a mute that ends changes it by itself. */
export function useAlertsMood(): { readonly mood: AlertsMood; readonly text: string } {
  const state = useAlerts();
  const words = useWords(alertWords);
  const { formats } = useSpeech();
  const mood = useTick((now) => moodOf(state, now));
  const until = useTick((now) => formats.minute(state.settings.mutedUntil ?? now, now));
  return { mood, text: mood === 'muted' ? words.mutedUntil(until) : words[mood] };
}

export function AlertsMenu(): ReactNode {
  const { mood, text } = useAlertsMood();
  const [open, setOpen] = useState(false);
  const id = useId();
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useClosing(whole, open, (byKey) => {
    setOpen(false);
    if (byKey) button.current?.focus();
  });
  return (
    <div className="alerts" ref={whole}>
      <button
        type="button"
        className="button alerts-button"
        data-mood={mood}
        ref={button}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <Icon name={alertsIcons[mood]} />
        <span className="alerts-label">{text}</span>
      </button>
      <div className="alerts-panel" id={id} hidden={!open}>
        {open && <AlertsPanel />}
      </div>
    </div>
  );
}

/** While open: Escape, a press elsewhere, or the focus leaving closes. */
function useClosing(
  whole: RefObject<HTMLElement | null>,
  open: boolean,
  close: (byKey: boolean) => void,
): void {
  useEffect(() => {
    if (!open) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') close(true);
    };
    const onElsewhere = (event: Event): void => {
      if (event.target instanceof Node && whole.current?.contains(event.target) === false) close(false);
    };
    addEventListener('keydown', onKey);
    addEventListener('pointerdown', onElsewhere);
    addEventListener('focusin', onElsewhere);
    return () => {
      removeEventListener('keydown', onKey);
      removeEventListener('pointerdown', onElsewhere);
      removeEventListener('focusin', onElsewhere);
    };
  });
}

function AlertsPanel(): ReactNode {
  const words = useWords(alertWords);
  const { alerts } = useWallContext();
  const { settings, soundBlocked, permission } = useAlerts();
  const desktopNote =
    permission === 'unsupported'
      ? words.desktopUnsupported
      : permission === 'denied'
        ? words.desktopDenied
        : words.desktopHow;
  return (
    <>
      <h2>{words.heading}</h2>
      <Choice
        label={words.sound}
        note={settings.sound && soundBlocked ? words.soundBlocked : words.soundHow}
        on={settings.sound}
        set={(on) => void alerts.ask({ kind: 'sound.set', on })}
      />
      <Choice
        label={words.desktop}
        note={desktopNote}
        on={settings.desktop && permission === 'granted'}
        disabled={permission === 'unsupported'}
        set={(on) => void alerts.ask({ kind: 'desktop.set', on })}
      />
      <button
        type="button"
        className="button"
        disabled={!(settings.sound || settings.desktop)}
        onClick={() => void alerts.ask({ kind: 'test' })}
      >
        {words.test}
      </button>
      {(settings.sound || settings.desktop) && <Mute />}
    </>
  );
}

function Choice(props: {
  readonly label: string;
  readonly note: string;
  readonly on: boolean;
  readonly disabled?: boolean;
  readonly set: (on: boolean) => void;
}): ReactNode {
  const id = useId();
  return (
    <div className="alerts-choice">
      <label>
        <input
          type="checkbox"
          checked={props.on}
          disabled={props.disabled}
          aria-describedby={id}
          onChange={(event) => props.set(event.target.checked)}
        />
        {props.label}
      </label>
      <p className="muted" id={id}>
        {props.note}
      </p>
    </div>
  );
}

function Mute(): ReactNode {
  const words = useWords(alertWords);
  const { formats } = useSpeech();
  const { alerts } = useWallContext();
  const { settings } = useAlerts();
  const until = useTick((now) =>
    isMuted(settings, now) ? formats.minute(settings.mutedUntil ?? now, now) : '',
  );
  return (
    <fieldset className="alerts-mute">
      <legend>{words.mute}</legend>
      <p role="status">{until !== '' && words.muted(until)}</p>
      <div className="alerts-row">
        {until === '' ? (
          muteChoices.map((choice) => (
            <button
              key={choice}
              type="button"
              className="button"
              onClick={() => void alerts.ask({ kind: 'mute', choice })}
            >
              {words.muteFor[choice]}
            </button>
          ))
        ) : (
          <button type="button" className="button" onClick={() => void alerts.ask({ kind: 'unmute' })}>
            {words.unmute}
          </button>
        )}
      </div>
    </fieldset>
  );
}
