// Customer, site, link or host, chosen from what the wall knows: a plan about a misspelt link would protect nothing.
import type { ReactNode } from 'react';
import type { SiteRow } from '../../../../shared/api/wall.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { customersOf, linkName, type ScopeChoice, type Sites, sitesOf } from '../../scope.ts';
import { Field } from './field.tsx';
import { en, pt } from './words.ts';

export function ScopePicker(props: {
  readonly sites: Sites;
  readonly scope: ScopeChoice;
  readonly mistake: string | undefined;
  readonly onScope: (scope: ScopeChoice) => void;
}): ReactNode {
  const { sites, scope, mistake, onScope } = props;
  const { formats } = useSpeech();
  const { form } = useWords({ pt, en });
  const row = sites.get(`${scope.customer}/${scope.site}`);
  return (
    <fieldset className="planned-row">
      <legend>{form.scope}</legend>
      <Field id="plan-customer" label={form.customer} mistake={mistake}>
        {(ties) => (
          <select
            {...ties}
            required
            value={scope.customer}
            onChange={({ target }) => onScope({ customer: target.value, site: '', thing: '' })}
          >
            <option value="">{form.chooseCustomer}</option>
            {customersOf(sites, formats.locale).map(({ key, name }) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field id="plan-site" label={form.site}>
        {(ties) => (
          <select
            {...ties}
            value={scope.site}
            disabled={scope.customer === ''}
            onChange={({ target }) => onScope({ ...scope, site: target.value, thing: '' })}
          >
            <option value="">{form.allSites}</option>
            {sitesOf(sites, scope.customer, formats.locale).map(({ key, name }) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <ThingField row={row} scope={scope} onScope={onScope} />
    </fieldset>
  );
}

function ThingField(props: {
  /** Of the chosen site; undefined: none is chosen. */
  readonly row: SiteRow | undefined;
  readonly scope: ScopeChoice;
  readonly onScope: (scope: ScopeChoice) => void;
}): ReactNode {
  const { row, scope, onScope } = props;
  const { form } = useWords({ pt, en });
  return (
    <Field id="plan-thing" label={form.thing}>
      {(ties) => (
        <select
          {...ties}
          value={scope.thing}
          disabled={row === undefined}
          onChange={({ target }) => onScope({ ...scope, thing: target.value })}
        >
          <option value="">{form.wholeSite}</option>
          <optgroup label={form.links}>
            {row?.links.map((link) => (
              <option key={link.key} value={`link/${link.key}`}>
                {linkName(link)}
              </option>
            ))}
          </optgroup>
          <optgroup label={form.hosts}>
            {row?.hosts.map(({ key, name }) => (
              <option key={key} value={`host/${key}`}>
                {name}
              </option>
            ))}
          </optgroup>
        </select>
      )}
    </Field>
  );
}
