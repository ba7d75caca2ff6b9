// What the console's forms share: sending without the browser's own messages, and why a form as a whole was refused. What
// is wrong with one field stands at the field.
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

/** The policy of this page forbids forms that the browser sends: everything goes through `onSubmit`. */
export function Form(props: {
  readonly busy: boolean;
  readonly onSubmit: (form: HTMLFormElement) => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <form
      className="form"
      noValidate
      aria-busy={props.busy}
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit(event.currentTarget);
      }}
    >
      {props.children}
    </form>
  );
}

/** Said at once by screen readers. */
export function FormAlert({ text }: { readonly text: string }): ReactNode {
  return (
    <p className="form-alert" role="alert">
      <Icon name="down" />
      <span>{text}</span>
    </p>
  );
}
