// Security headers of every answer. The console is one script and one style sheet of this server, so its policy allows
// nothing else; the few pages written here bring their style inline and name it by its digest.
import { createHash } from 'node:crypto';
import { reportStyle } from '../../core/report/page.ts';
import { pageStyle } from './pages.ts';
import type { Api, HttpSettings } from './parts.ts';

const styles = [pageStyle, reportStyle]
  .map((style) => `'sha256-${createHash('sha256').update(style, 'utf8').digest('base64')}'`)
  .join(' ');

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${styles}`,
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function securityHeaders(api: Api, settings: HttpSettings): void {
  api.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', contentSecurityPolicy);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('x-frame-options', 'DENY');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    // Only where this server itself speaks TLS: behind a proxy that promise is the proxy's.
    if (settings.tls !== undefined) reply.header('strict-transport-security', 'max-age=31536000');
  });
}
