// Ed25519 at the door: does this signature over this text come from the holder of this key? And the digest under which
// an enrolment token is stored. Nothing here knows who may come in.
import { createHash, createPublicKey, verify } from 'node:crypto';

/** `publicKey` (32 bytes) and `signature` (64 bytes) in base64url. False for anything malformed; never throws. */
export function isProof(proof: {
  readonly publicKey: string;
  readonly signature: string;
  readonly text: string;
}): boolean {
  try {
    const key = createPublicKey({
      format: 'jwk',
      key: { kty: 'OKP', crv: 'Ed25519', x: proof.publicKey },
    });
    return verify(null, Buffer.from(proof.text, 'utf8'), key, Buffer.from(proof.signature, 'base64url'));
  } catch {
    // node:crypto throws for keys that are no points and the like: to the door that is simply no proof.
    return false;
  }
}

/** 43 characters can spell 32 bytes in four ways; only one of them is accepted, so that a key has one name. */
export function isCanonicalKey(publicKey: string): boolean {
  const bytes = Buffer.from(publicKey, 'base64url');
  return bytes.length === 32 && bytes.toString('base64url') === publicKey;
}

/** SHA-256 in hex, as `EnrolmentToken.digest`. Tokens are random, so a plain digest is enough. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}
