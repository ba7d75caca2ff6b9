// The two short-lived cookies of a sign-in by OpenID Connect: one binds an attempt to the browser that began it, the other the
// wait for a code. Both out of scripts' reach and sent to one path only. Must never be taken for a session.
import type { FastifyRequest } from 'fastify';
import { limits } from '../../../shared/limits.ts';
import { second } from '../../../shared/time.ts';

interface OidcCookie {
  readonly name: string;
  readonly path: string;
  /** Lax where the browser comes from the provider's page: a strict cookie would stay behind. */
  readonly sameSite: 'Lax' | 'Strict';
}

export const attemptCookie: OidcCookie = { name: 'vigia_oidc', path: '/sign-in/oidc', sameSite: 'Lax' };
export const codeCookie: OidcCookie = {
  name: 'vigia_oidc_code',
  path: '/api/v1/sign-in/oidc',
  sameSite: 'Strict',
};

/** Without `secret` it takes the cookie away. */
export function oidcCookieText(cookie: OidcCookie, request: FastifyRequest, secret = ''): string {
  const { name, path, sameSite } = cookie;
  const secure = request.protocol === 'https' ? '; Secure' : '';
  const maxAge = secret === '' ? 0 : limits.oidcAttemptMs / second;
  return `${name}=${secret}; Path=${path}; HttpOnly; SameSite=${sameSite}; Max-Age=${maxAge}${secure}`;
}
