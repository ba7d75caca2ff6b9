// One labelled field with its hint and its mistake tied to it, so that a screen reader says all three. Knows no form.
import type { ReactNode } from 'react';

export interface FieldTies {
  readonly id: string;
  readonly className: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

export function Field(props: {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly mistake?: string | undefined;
  readonly children: (ties: FieldTies) => ReactNode;
}): ReactNode {
  const { id, label, hint, mistake, children } = props;
  const described = [mistake === undefined ? '' : `${id}-mistake`, hint === undefined ? '' : `${id}-hint`]
    .filter((each) => each !== '')
    .join(' ');
  return (
    <div className="planned-field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        className: 'field',
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': mistake === undefined ? undefined : true,
      })}
      {mistake !== undefined && (
        <p className="planned-mistake" id={`${id}-mistake`}>
          {mistake}
        </p>
      )}
      {hint !== undefined && (
        <p className="planned-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
