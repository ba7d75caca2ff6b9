// Addresses of desks: what may stand in the configuration, and when a request may leave without TLS. Shared by every
// adapter under `adapters/desks`; must never show an address in a message, because some carry a token.
import { z } from 'zod';

/** `https://chamados.exemplo.com.br/redmine`: http or https, no user, query or fragment; a slash at the end is dropped. */
export const deskBaseUrlSchema = z
  .string()
  .refine((text) => {
    const url = parse(text);
    return url !== undefined && url.search === '' && url.hash === '';
  }, 'wanted: an http(s) address without user, query or fragment')
  .transform((text) => text.replace(/\/+$/, ''));

/** Like the base address, but a query may stand in it (some receivers carry their token there). */
export const deskHookUrlSchema = z
  .string()
  .refine((text) => parse(text)?.hash === '', 'wanted: an http(s) address without user or fragment');

/** `allowInsecure: true` in a desk's configuration: plain HTTP to another machine. */
export const allowInsecureSchema = z.boolean().default(false);

/** For `.superRefine` of a desk's configuration: plain HTTP leaves this machine only when the operator says so. */
export function refineAddress(
  config: { readonly url: string; readonly allowInsecure: boolean },
  context: z.RefinementCtx,
): void {
  const url = parse(config.url);
  const problem = url === undefined ? undefined : addressProblem(url, config.allowInsecure);
  if (problem !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: problem });
}

/** Why nothing may be sent there; undefined = it may. */
export function addressProblem(url: URL, allowInsecure: boolean): string | undefined {
  if (url.protocol === 'https:' || allowInsecure || isLoopback(url.hostname)) return undefined;
  return 'plain HTTP to another machine; wanted: https, or allowInsecure: true';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function parse(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  return web && url.username === '' && url.password === '' ? url : undefined;
}
