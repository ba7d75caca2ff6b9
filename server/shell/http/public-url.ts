// The address under which people and agents reach this server: as configured, else as this request reached it.
import type { FastifyRequest } from 'fastify';
import type { HttpSettings } from './parts.ts';

/** Without a slash at the end. The Host header is the caller's word, so it only ever goes back to that caller. */
export function publicUrlOf(request: FastifyRequest, { publicUrl }: HttpSettings): string {
  if (publicUrl !== undefined) return publicUrl;
  const asked = `${request.protocol}://${request.host}`;
  return URL.canParse(asked) ? new URL(asked).origin : 'http://127.0.0.1:7700';
}
