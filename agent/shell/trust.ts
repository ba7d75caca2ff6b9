// TLS towards the server: 1.2 at least, verified against the server's own name and the roots of Node, or against the
// customer's CA and nothing else. A refusal says what was seen and who issued it. Nothing here may ever skip a check;
// a wrong clock is told, not forgiven.
import type { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { failure } from '../../shared/failure.ts';
import { limits } from '../../shared/limits.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { errorCodeOf, messageOf } from './errors.ts';
import { inTrouble, type Trouble } from './reach-trouble.ts';

export interface TrustWish {
  /** Name or address of the server, without brackets. */
  readonly host: string;
  /** PEM of the only CAs that count; undefined = those of Node. */
  readonly ca?: string;
  /** The latest instant that this agent's server is known to have lived in. */
  readonly serverAtMs?: number;
  /** What a proxy on the way says the time is. */
  readonly proxyDateMs?: number;
}

/** TLS on an open socket. The caller bounds the time. */
export function secure(socket: Socket, wish: TrustWish): Promise<Result<TLSSocket, Trouble>> {
  const { promise, resolve } = Promise.withResolvers<Result<TLSSocket, Trouble>>();
  const tls = begin(socket, wish);
  let seen: PeerCertificate | undefined;
  // Before Node verifies, and ends a socket that fails it: who issued the certificate is only to be seen here.
  tls.prependOnceListener('secure', () => {
    seen = tls.getPeerCertificate();
  });
  tls.once('secureConnect', () => resolve(ok(tls)));
  tls.on('error', (error) => resolve(refusal(error, seen, wish)));
  tls.once('close', () =>
    resolve(inTrouble('tls-failed', `${wish.host} closed the connection while TLS began`)),
  );
  return promise;
}

function begin(socket: Socket, { host, ca }: TrustWish): TLSSocket {
  // By import it would unfold every root certificate into memory.
  const { connect } = process.getBuiltinModule('node:tls');
  return connect({
    socket,
    host,
    servername: isIP(host) === 0 ? host : '',
    ca,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  });
}

function refusal(
  error: unknown,
  seen: PeerCertificate | undefined,
  wish: TrustWish,
): ReturnType<typeof inTrouble> {
  const { host } = wish;
  const code = errorCodeOf(error) ?? '';
  const issuer = `issued by "${issuerOf(seen)}"`;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return inTrouble('tls-time', timeTrouble(seen, wish));
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = printable(seen?.subjectaltname ?? '').slice(0, 200);
    return inTrouble(
      'tls-wrong-name',
      `the certificate seen is for ${names === '' ? 'no name' : names}, not for ${host} (${issuer}): a wrong address, or a login page of this network in between`,
    );
  }
  if (seen !== undefined) {
    const cure = wish.ca === undefined ? '--ca-file' : 'the CA file of this agent';
    return inTrouble(
      'tls-untrusted',
      `the certificate of ${host} is ${issuer}, which is not trusted here (${code}): something in between opens the encryption (proxy, antivirus, login page), or the server has a CA of its own that ${cure} must name`,
    );
  }
  return inTrouble('tls-failed', `${host}: no TLS 1.2 or later: ${code === '' ? messageOf(error) : code}`);
}

/** Says what speaks for a wrong clock: the server's own last word, then the proxy's date. */
function timeTrouble(seen: PeerCertificate | undefined, wish: TrustWish): string {
  const nowMs = Date.now();
  const said = `the certificate of ${wish.host} is valid from ${seen?.valid_from ?? '?'} to ${seen?.valid_to ?? '?'}, and this machine's clock says ${isoOf(nowMs)}`;
  const { serverAtMs, proxyDateMs } = wish;
  if (serverAtMs !== undefined && serverAtMs > nowMs) {
    return `${said}; the server was spoken to at ${isoOf(serverAtMs)}, so the clock is wrong: set it`;
  }
  if (proxyDateMs !== undefined && Math.abs(proxyDateMs - nowMs) > limits.clockDoubtMs) {
    return `${said}; the proxy says it is ${isoOf(proxyDateMs)}: the clock may be wrong`;
  }
  return `${said}: the clock may be wrong, or the certificate was not renewed`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** What a certificate says about itself comes from a stranger. */
function issuerOf(seen: PeerCertificate | undefined): string {
  const { O: organisation, CN: name } = seen?.issuer ?? {};
  const words = [organisation, name].flat().filter((word) => word !== undefined);
  return printable(words.join(', ')).slice(0, 120);
}

function printable(text: string): string {
  return text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ');
}

/** A CA file as a person gave it: only whole certificates pass. Fails with `config.invalid`. */
export function parseCa(pem: string): Result<string> {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const invalid = (message: string) => fail(failure('config.invalid', message));
  if (blocks.length === 0) return invalid('no certificate in it; wanted: PEM (-----BEGIN CERTIFICATE-----)');
  if (blocks.length > limits.caCertificatesMax) {
    return invalid(`${blocks.length} certificates in it; at most ${limits.caCertificatesMax}`);
  }
  const bad = blocks.findIndex((block) => !isCertificate(block));
  if (bad >= 0) return invalid(`certificate ${bad + 1} in it is damaged`);
  return ok(`${blocks.join('\n')}\n`);
}

function isCertificate(pem: string): boolean {
  const { X509Certificate: Certificate } = process.getBuiltinModule('node:crypto');
  try {
    const parsed: X509Certificate = new Certificate(pem);
    return parsed.subject !== undefined;
  } catch {
    return false;
  }
}
