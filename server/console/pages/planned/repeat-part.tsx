// How often a window happens: a choice that follows from its start, or a rule as text.
import type { ReactNode } from 'react';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Field } from './field.tsx';
import {
  daysWith,
  isLastOfMonth,
  nthOf,
  type Repeat,
  type RuleChoice,
  repeats,
  ruleOf,
  spokenRule,
  weekdayOf,
  weekdays,
} from './rule.ts';
import { en, pt } from './words.ts';

interface Props {
  readonly rule: RuleChoice;
  /** Local start, as its field has it. */
  readonly starts: string;
  readonly mistake: string | undefined;
  readonly onRule: (rule: RuleChoice) => void;
}

export function RepeatPart({ rule, starts, mistake, onRule }: Props): ReactNode {
  const { form } = useWords({ pt, en });
  const day = starts.slice(0, 10);
  const offered = repeats.filter(
    (each) =>
      (each !== 'monthly-last' || isLastOfMonth(day) || rule.repeat === each) &&
      // A fifth one does not exist every month; the last always does.
      (each !== 'monthly-nth' || nthOf(day) < 5 || rule.repeat === each),
  );
  return (
    <fieldset className="planned-row">
      <legend>{form.repeat}</legend>
      <Field id="plan-repeat" label={form.frequency} hint={useRuleHint(rule, starts)}>
        {(ties) => (
          <select
            {...ties}
            value={rule.repeat}
            onChange={({ target }) => onRule({ ...rule, repeat: repeatOf(target.value) })}
          >
            {offered.map((each) => (
              <option key={each} value={each}>
                {form.repeats[each]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {rule.repeat === 'text' && (
        <Field id="plan-rule" label={form.text} hint={form.textHint} mistake={mistake}>
          {(ties) => (
            <input
              {...ties}
              type="text"
              maxLength={200}
              spellCheck={false}
              autoCapitalize="none"
              autoComplete="off"
              value={rule.text}
              onChange={({ target }) => onRule({ ...rule, text: target.value })}
            />
          )}
        </Field>
      )}
      {rule.repeat !== 'once' && rule.repeat !== 'text' && <EveryPart rule={rule} onRule={onRule} />}
      {rule.repeat === 'weekly' && <DaysPart rule={rule} day={day} onRule={onRule} />}
    </fieldset>
  );
}

function repeatOf(value: string): Repeat {
  return repeats.find((each) => each === value) ?? 'once';
}

/** The rule in words, as it follows from the start; for a text too, once it can be read. */
function useRuleHint(rule: RuleChoice, starts: string): string | undefined {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const made = starts === '' ? undefined : ruleOf(rule, starts);
  const spoken = made?.kind === 'rule' ? spokenRule(made.text) : undefined;
  if (spoken === undefined) return undefined;
  const said = words.rule(spoken, (each) => dateText(each, formats.locale));
  return spoken.monthDays.some((each) => each > 28) ? `${said}. ${words.form.monthEnd}` : said;
}

/** `31/12/2026` of `2026-12-31`. */
export function dateText(day: string, locale: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at)
    ? day
    : new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeZone: 'UTC' }).format(at);
}

function EveryPart({ rule, onRule }: Pick<Props, 'rule' | 'onRule'>): ReactNode {
  const { form } = useWords({ pt, en });
  const unit = rule.repeat === 'daily' || rule.repeat === 'weekly' ? rule.repeat : 'monthly';
  return (
    <>
      <Field id="plan-interval" label={`${form.interval} … ${form.intervalUnits[unit]}`}>
        {(ties) => (
          <input
            {...ties}
            type="number"
            min={1}
            max={52}
            value={rule.interval}
            onChange={({ target }) =>
              onRule({ ...rule, interval: Math.min(52, Math.max(1, Math.round(Number(target.value)) || 1)) })
            }
          />
        )}
      </Field>
      <Field id="plan-rule-until" label={form.ruleUntil}>
        {(ties) => (
          <input
            {...ties}
            type="date"
            value={rule.until}
            onChange={({ target }) => onRule({ ...rule, until: target.value })}
          />
        )}
      </Field>
    </>
  );
}

function DaysPart({
  rule,
  day,
  onRule,
}: Pick<Props, 'rule' | 'onRule'> & { readonly day: string }): ReactNode {
  const words = useWords({ pt, en });
  const chosen = day === '' ? rule.days : daysWith(rule.days, day);
  return (
    <fieldset className="planned-days" aria-describedby="plan-days-hint">
      <legend>{words.form.days}</legend>
      {weekdays.map((each) => (
        <label key={each}>
          <input
            type="checkbox"
            checked={chosen.includes(each)}
            disabled={day !== '' && each === weekdayOf(day)}
            aria-label={words.weekdaysLong[each]}
            onChange={({ target }) =>
              onRule({
                ...rule,
                days: target.checked ? [...rule.days, each] : rule.days.filter((other) => other !== each),
              })
            }
          />
          <span aria-hidden="true">{words.weekdaysShort[each]}</span>
        </label>
      ))}
      <p className="planned-hint" id="plan-days-hint">
        {words.form.daysHint}
      </p>
    </fieldset>
  );
}
