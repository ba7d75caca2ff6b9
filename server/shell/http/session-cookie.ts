// The one cookie of the console: strict, out of scripts' reach, as long as a session. Must never carry anything but the
// session's secret.
import type { FastifyRequest } from 'fastify';
import { limits } from '../../../shared/limits.ts';
import { second } from '../../../shared/time.ts';
import { sessionCookie } from './access/guard.ts';

/** Of a new session. */
export function sessionCookieText(secret: string, request: FastifyRequest): string {
  return cookieText(secret, request, limits.consoleSessionMs / second);
}

/** Takes the cookie away. */
export function noCookieText(request: FastifyRequest): string {
  return cookieText('', request, 0);
}

function cookieText(value: string, request: FastifyRequest, maxAgeSeconds: number): string {
  const secure = request.protocol === 'https' ? '; Secure' : '';
  return `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`;
}
