// Outstanding sign-ins by OpenID Connect: full, over, used, and one secret for each purpose.
import { expect, test } from 'vitest';
import { createOidcAttempts } from '../../../../../../server/shell/http/access/oidc-attempts.ts';
import { limits } from '../../../../../../shared/limits.ts';
import { virtualClock } from '../harness.ts';

function attemptsWithCount() {
  const clock = virtualClock();
  let givenUp = 0;
  const onGivenUp = (): void => {
    givenUp += 1;
  };
  return { clock, attempts: createOidcAttempts({ clock, onGivenUp }), givenUp: () => givenUp };
}

test('past the limit the oldest is given up and counted; what is over makes room without a loss', () => {
  const { clock, attempts, givenUp } = attemptsWithCount();
  const first = attempts.begin();
  const second = attempts.begin();
  for (let n = 2; n <= limits.oidcAttemptsMax; n += 1) attempts.begin();
  expect(givenUp()).toBe(1);
  expect(attempts.take(first.state, first.browser)).toBeUndefined();
  expect(attempts.take(second.state, second.browser)?.verifier).toBe(second.verifier);
  clock.advance(limits.oidcAttemptMs);
  for (let n = 0; n < limits.oidcAttemptsMax; n += 1) attempts.begin();
  expect(givenUp()).toBe(1);
});

test('state, nonce, verifier and the cookie are four different secrets', () => {
  const { attempts } = attemptsWithCount();
  const { state, nonce, verifier, browser } = attempts.begin();
  expect(new Set([state, nonce, verifier, browser]).size).toBe(4);
  expect(attempts.take(state, verifier)).toBeUndefined();
  expect(attempts.take(state, browser)).toBeUndefined();
});

test('a wait for a code ends by itself, and with the right code', () => {
  const { clock, attempts } = attemptsWithCount();
  const identity = { issuer: 'https://id.example', subject: 's' };
  const [late, done] = [attempts.waitForCode(identity), attempts.waitForCode(identity)];
  expect([attempts.waiting(late), attempts.waiting('guessed')]).toEqual([identity, undefined]);
  attempts.done(done);
  expect(attempts.waiting(done)).toBeUndefined();
  clock.advance(limits.oidcAttemptMs);
  expect(attempts.waiting(late)).toBeUndefined();
});
