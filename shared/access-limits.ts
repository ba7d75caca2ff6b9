// Limits of who may come in: links, sessions, passwords, tokens, scopes, the audit log. Part of `limits.ts`, which everybody
// reads; here only because one file may not grow without end.
import { day, minute, second } from './time.ts';

export const accessLimits = {
  /** Console: signed-in sessions, and sign-in links not yet used; the oldest goes first. */
  consoleSessionsMax: 1_000,
  signInLinksMax: 100,
  /** API: wrong credentials from one address in a minute before it is told to wait. */
  signInFailuresPerAddressPerMinuteMax: 10,
  /** API: addresses whose failures are counted at once. */
  signInAddressesMax: 10_000,
  /** One-time sign-in link. */
  signInLinkMs: 15 * minute,
  /** Console session. */
  consoleSessionMs: 12 * 60 * minute,
  /** People: accounts, customers in one person's scope (more than that is "all"), tokens of programs. */
  peopleMax: 500,
  customersPerPersonMax: 200,
  apiTokensMax: 200,
  /** Passwords: NIST SP 800-63B-4 asks for length, not for kinds of characters; the longest bounds the work of a hash. */
  passwordCharsMin: 12,
  passwordCharsMax: 200,
  /** Passwords: hashes at once, 32 MB each, and those that wait behind them; more are told to come back. */
  passwordHashesAtOnceMax: 2,
  passwordHashesWaitingMax: 20,
  /** Sign-in: wrong passwords for one login in a minute, from wherever, before it is not even looked at. */
  signInFailuresPerLoginPerMinuteMax: 5,
  /** Second factor: wrong codes for one login in an hour; a thief with the password has 60 in 10^6 that often. */
  signInCodesPerLoginPerHourMax: 20,
  /** Second factor: an offer of a new secret that nobody confirmed is forgotten. */
  totpOfferMs: 10 * minute,
  totpOffersMax: 100,
  /** OpenID Connect: one call to the provider, what of an answer is read (metadata and keys are some 10 KB). */
  oidcCallMs: 8 * second,
  oidcAnswerBytesMax: 256 * 1024,
  /** OpenID Connect: how long what the provider says of itself counts; the first and the longest pause while it is silent. */
  oidcMetadataKeptMs: 60 * minute,
  oidcRetryMs: 2 * second,
  oidcRetryMsMax: minute,
  /** OpenID Connect: from leaving to coming back, and then to the code; outstanding ones (the oldest goes); begun by one address. */
  oidcAttemptMs: 10 * minute,
  oidcAttemptsMax: 5_000,
  oidcAttemptsPerAddressPerMinuteMax: 30,
  /** OpenID Connect: codes exchanged at once; each is two calls to the provider, which anybody can cause. */
  oidcExchangesAtOnceMax: 20,
  /** OpenID Connect: what a provider sends back in an address; values of one role's mapping, and of one claim that are looked at. */
  oidcQueryCharsMax: 8_000,
  oidcRoleValuesMax: 50,
  oidcClaimValuesMax: 1_000,
  /** OpenID Connect: characters of a reason in the log. */
  oidcReasonCharsMax: 200,
  /** People: different sets of customers for which cut sources are kept ready; another one is made anew. */
  seenScopesMax: 100,
  /** Audit log: kept so long (a year and the time to ask), so many rows (the oldest go), pruned so often. */
  auditKeptMs: 400 * day,
  auditRowsMax: 1_000_000,
  auditPruneEveryMs: 60 * minute,
  auditDetailCharsMax: 400,
  /** Audit log: refused sign-ins written in a minute, over all addresses. */
  auditRefusalsPerMinuteMax: 60,
  /** API tokens: how often "last used" is written; every request would be a write each. */
  apiTokenTouchMs: 5 * minute,
  /** API: uses and life of an enrolment token. */
  enrolmentUsesMax: 1_000,
  enrolmentDefaultMs: day,
  enrolmentMsMax: 30 * day,
} as const;
