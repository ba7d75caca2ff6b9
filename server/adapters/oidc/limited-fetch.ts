// The one way to a provider: no redirect is followed, no answer is read beyond its limit, and every call ends by the time
// limit of its caller. Must never hand a half answer on.
import type { CustomFetch } from 'openid-client';
import { limits } from '../../../shared/limits.ts';

/** Rejects as `fetch` does, and with an `Error` when the answer is larger than `limits.oidcAnswerBytesMax`. */
export const limitedFetch: CustomFetch = async (url, { body, headers, method, signal }) => {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, connection: 'close' },
    body: body ?? null,
    redirect: 'manual',
    signal: signal ?? AbortSignal.timeout(limits.oidcCallMs),
  });
  const bytes = await readLimited(answer);
  const { status, statusText, headers: given } = answer;
  // A body is forbidden by the constructor where HTTP has none.
  const bodyless = status === 204 || status === 205 || status === 304;
  return new Response(bodyless ? null : bytes, { status, statusText, headers: given });
};

async function readLimited(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream, and with it the connection.
    if (size > limits.oidcAnswerBytesMax)
      throw new Error(`the answer is larger than ${limits.oidcAnswerBytesMax} bytes`);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
