// The word with which a browser comes back from the company's own sign-in is read from the address and taken out of it.
import { expect, test } from 'vitest';
import { splitSignInReturn } from '../../../../server/console/sign-in-return.ts';

test.each([
  ['', undefined, ''],
  ['?lang=en', undefined, '?lang=en'],
  ['?sign-in=refused', 'refused', ''],
  ['?sign-in=code&lang=en', 'code', '?lang=en'],
  ['?lang=en&sign-in=constructor', undefined, '?lang=en'],
  ['?sign-in=%3Cscript%3E', undefined, ''],
])('%s', (given, word, search) => {
  expect(splitSignInReturn(given)).toEqual({ word, search });
});
