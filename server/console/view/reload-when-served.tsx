// Loads the page anew without a hand: another release, a script that failed. Must never reload while the server does not
// answer: the browser's own error page never comes back.
import { type ReactNode, useEffect } from 'react';
import { limits } from '../../../shared/limits.ts';

/** As long as it is there: asks every `limits.televisionReturnMs` for the page, and loads it anew when it is served. */
export function ReloadWhenServed(): ReactNode {
  useEffect(() => {
    const timer = setInterval(() => void reloadIfServed(), limits.televisionReturnMs);
    return () => clearInterval(timer);
  }, []);
  return null;
}

async function reloadIfServed(): Promise<void> {
  try {
    const answer = await fetch('/', { cache: 'no-store' });
    if (answer.ok) location.reload();
  } catch {
    // Nobody answers: the next turn asks again.
  }
}
