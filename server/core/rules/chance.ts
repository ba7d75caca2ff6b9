// Could so many links have failed together by chance? The exact binomial tail, and the one sentence of statistics that
// `provider-outage.ts` asks. Pure arithmetic: knows no incident, no provider and no clock.
import { assert } from '../../../shared/assert.ts';
import { day } from '../../../shared/time.ts';

/**
 * P(X >= k) for X ~ Binomial(n, p), summed upwards from its k-th term, so that tails of 1e-30 keep their digits (one
 * minus the lower sum would lose all of them). `n` and `k` whole numbers >= 0, `p` in 0..1.
 */
export function binomialTail(k: number, n: number, p: number): number {
  assert(Number.isInteger(n) && n >= 0 && Number.isInteger(k), 'links are counted');
  assert(p >= 0 && p <= 1, 'a probability');
  if (k <= 0) return 1;
  if (k > n || p === 0) return 0;
  if (p === 1) return 1;
  if (k <= n * p) return Math.max(0, 1 - lowerSum(k, n, p));
  const odds = p / (1 - p);
  let term = Math.exp(logTerm(k, n, p));
  let sum = 0;
  for (let i = k; i <= n; i += 1) {
    sum += term;
    term *= ((n - i) / (i + 1)) * odds;
    // Above the mean the terms only shrink: what is left is less than one part in 1e16.
    if (term < sum * 1e-18) break;
  }
  return Math.min(1, sum);
}

/** P(X < k), for a `k` not above the mean: there the tail is large and its first term may be too small for a double. */
function lowerSum(k: number, n: number, p: number): number {
  let sum = 0;
  for (let i = 0; i < k; i += 1) sum += Math.exp(logTerm(i, n, p));
  return sum;
}

/** ln C(n, k) p^k (1-p)^(n-k), by the shorter of the two products. */
function logTerm(k: number, n: number, p: number): number {
  const few = Math.min(k, n - k);
  let log = k * Math.log(p) + (n - k) * Math.log1p(-p);
  for (let i = 1; i <= few; i += 1) log += Math.log((n - few + i) / i);
  return log;
}

export interface Coincidence {
  /** Distinct customers that lost a link within `spreadMs`. */
  readonly customers: number;
  /** Watched links of the provider (in the city), the lost ones included. */
  readonly links: number;
  readonly spreadMs: number;
}

export interface ChancePolicy {
  /** Prior: outages of one link in 30 days. */
  readonly providerOutagesPerLinkMonth: number;
  readonly providerAlpha: number;
  readonly providerWindowMsMin: number;
  readonly providerWindowMsMax: number;
}

/** How probable it is that so many links fail together, each for its own reason. In 0..1. */
export function chanceOf({ customers, links, spreadMs }: Coincidence, policy: ChancePolicy): number {
  const windowMs = Math.min(Math.max(spreadMs, policy.providerWindowMsMin), policy.providerWindowMsMax);
  const p = Math.min(1, (policy.providerOutagesPerLinkMonth * windowMs) / (30 * day));
  return binomialTail(customers, links, p);
}

/**
 * At least two customers, and less probable by chance than `providerAlpha`. Customers are counted against links: a
 * customer with three links of one provider counts once, so the true chance is never larger than the figure.
 *
 * The arithmetic of the defaults, 0.5 outages a link and month and alpha 3e-10. One link fails within 15 s with
 * p = 0.5 x 15 s / 30 d = 2.9e-6, k of n with (np)^k / k!, so k customers are beyond chance in a pool of up to
 *   k = 2: np <= sqrt(2 alpha)  = 2.4e-5, n <= 8;    k = 3: np <= (6 alpha)^(1/3)  = 1.2e-3, n <= 420;
 *   k = 4: np <= (24 alpha)^(1/4) = 9.2e-3, n <= 3,180.
 * Each loss opens a window, so a pool errs (n x rate) x (np)^(k-1) / (k-1)! times a year:
 *   two of 8 links:    8 x 6.1 losses a year x 2.0e-5 = 0.001;    three of 420: 2,560 x 7.4e-7 = 0.002.
 * 1,000 sites with 1,500 links in pools of the worst size, 8 links each, would see 0.2 in a year; fleets whose cities
 * hold more or fewer links of a provider see less than a tenth of that, and only losses that outlived a blip count.
 */
export function isBeyondChance(coincidence: Coincidence, policy: ChancePolicy): boolean {
  return coincidence.customers >= 2 && chanceOf(coincidence, policy) <= policy.providerAlpha;
}
