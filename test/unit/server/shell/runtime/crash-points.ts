// Where the crash test kills the correlator: between every two steps of its loop and of a delivery.

export const crashPoints = [
  'before-commit',
  'inside-commit',
  'after-commit',
  'after-receipt',
  'before-perform',
  'after-perform',
  'before-report',
  'after-report',
  'before-done',
  'after-done',
  'after-note',
  'before-snapshot',
  'after-snapshot',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** One outage each. */
export const crashNames: readonly string[] = ['a', 'b', 'c', 'd', 'e'];
