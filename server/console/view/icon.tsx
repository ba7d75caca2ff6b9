// The wall's icons: small inline drawings, one shape per meaning, so that no state is told by colour alone.
// Always beside a word, hence hidden from screen readers.
import type { ReactNode } from 'react';

const shapes = {
  // States: filled circle with a check, a triangle, an octagon with a cross, a ring with a question, a clock.
  up: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="m5.2 8.2 1.9 1.9 3.7-4" />
    </>
  ),
  degraded: (
    <>
      <path d="M8 2.2 14.4 13.5H1.6Z" />
      <path d="M8 6.5v3.2M8 11.6v.1" />
    </>
  ),
  down: (
    <>
      <path d="M5.3 1.75h5.4l3.55 3.55v5.4l-3.55 3.55H5.3L1.75 10.7V5.3Z" />
      <path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.25" strokeDasharray="2.6 2.3" />
      <path d="M6.3 6.4a1.75 1.75 0 1 1 2.4 1.65c-.5.2-.7.55-.7 1.05M8 11.3v.1" />
    </>
  ),
  waiting: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 4.6V8l2.2 1.5" />
    </>
  ),
  // Severity: a shield cut in two.
  unprotected: (
    <>
      <path d="M8 1.75 13.25 3.6v4.15c0 3.1-2.2 5.3-5.25 6.5-3.05-1.2-5.25-3.4-5.25-6.5V3.6Z" />
      <path d="M8.6 2.2 6.9 6.4l2.4 2-1.7 4.4" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 7.4v3.8M8 4.8v.1" />
    </>
  ),
  carries: <path d="M1.5 8h11m-3.7-3.7L12.5 8l-3.7 3.7" />,
  person: (
    <>
      <circle cx="8" cy="5.2" r="2.7" />
      <path d="M2.9 13.8c.5-2.7 2.5-4.1 5.1-4.1s4.6 1.4 5.1 4.1" />
    </>
  ),
  ticket: (
    <>
      <path d="M1.75 4h12.5v2.5a1.5 1.5 0 0 0 0 3V12H1.75V9.5a1.5 1.5 0 0 0 0-3Z" />
      <path d="M10 4.3v1.2m0 2v1.2m0 2v1" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.75" />
      <path d="m10.6 10.6 3.7 3.7" />
    </>
  ),
  // A clock that rings.
  alarm: (
    <>
      <circle cx="8" cy="8.8" r="5" />
      <path d="M8 6.2v2.9l1.8 1M1.8 4.4 4 2.4m10.2 2L12 2.4" />
    </>
  ),
  bell: (
    <path d="M3 11.6h10c-1-1-1.5-2-1.5-4.6C11.5 4.7 10.2 3.2 8 3.2S4.5 4.7 4.5 7c0 2.6-.5 3.6-1.5 4.6Zm3.7 1.9a1.4 1.4 0 0 0 2.6 0M8 3.2V1.9" />
  ),
  'bell-off': (
    <path d="M5.1 4.6A3.4 3.4 0 0 1 8 3.2c2.2 0 3.5 1.5 3.5 3.8 0 1.3.1 2.2.4 2.9M10.6 11.6H3c1-1 1.5-2 1.5-4.6M6.7 13.5a1.4 1.4 0 0 0 2.6 0M8 3.2V1.9M2 2l12 12" />
  ),
  screen: (
    <>
      <path d="M1.75 3h12.5v8.5H1.75Z" />
      <path d="M5.5 13.8h5" />
    </>
  ),
  levels: <path d="M2 13.2h3.4V9.6H9V6h3.4V2.6" />,
  pen: <path d="m2.4 13.6.9-3.2 7.6-7.6 2.3 2.3-7.6 7.6Zm7-9.3 2.3 2.3" />,
  // An open hand: here a person must act.
  hand: (
    <path d="M4.9 9V3.9a1 1 0 0 1 2 0V7.4m0-.2V2.7a1 1 0 0 1 2 0v4.6m0-.3V3.5a1 1 0 0 1 2 0V8m0-.6V5.5a1 1 0 0 1 2 0v4.6c0 2.6-1.7 4.2-4 4.2-2.1 0-3.3-1-4.3-2.9L2.8 8.7c-.5-1 .9-1.7 1.5-.8l.6 1.1" />
  ),
  copy: (
    <>
      <path d="M5.5 5.5h8v8h-8Z" />
      <path d="M10.5 5.3V2.5h-8v8h2.8" />
    </>
  ),
  close: <path d="m3.5 3.5 9 9m0-9-9 9" />,
  chevron: <path d="m6 3.5 4.5 4.5L6 12.5" />,
  eye: (
    <>
      <path d="M1.3 8C3 4.9 5.3 3.3 8 3.3s5 1.6 6.7 4.7C13 11.1 10.7 12.7 8 12.7S3 11.1 1.3 8Z" />
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  blind: (
    <>
      <path d="M1.3 8C3 4.9 5.3 3.3 8 3.3s5 1.6 6.7 4.7C13 11.1 10.7 12.7 8 12.7S3 11.1 1.3 8Z" />
      <path d="m2.5 13.5 11-11" />
    </>
  ),
  flapping: <path d="M1.5 8h2.3l1.7-4.5 3 9 2-6.5 1 2h3" />,
} as const satisfies Readonly<Record<string, ReactNode>>;

export type IconName = keyof typeof shapes;

export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {shapes[name]}
    </svg>
  );
}
