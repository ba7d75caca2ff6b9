// The doors before a socket exists: nonce, enrolment, upgrade. What is signed is written here once for both sides.
import { z } from 'zod';

/** HTTP paths of the agent's door. */
export const agentPaths = { socket: '/agent', nonce: '/agent/nonce', enrol: '/agent/enrolment' } as const;

/** Headers of the upgrade request. */
export const upgradeHeaders = {
  agent: 'vigia-agent',
  nonce: 'vigia-nonce',
  signature: 'vigia-signature',
} as const;

/**
 * The bytes an agent signs with its Ed25519 key to open a socket. The server's nonce (one use, 30 s) makes a
 * recorded upgrade worthless; the agent's id binds the signature to one key.
 */
export function upgradeProof(agent: string, nonce: string): string {
  return `vigia.v1 upgrade\n${agent}\n${nonce}`;
}

/** What an agent signs when it enrols: proves that it holds the private half of the key it hands in. */
export function enrolmentProof(token: string, publicKey: string): string {
  return `vigia.v1 enrolment\n${token}\n${publicKey}`;
}

export const nonceAnswerSchema = z.strictObject({ nonce: z.string().min(16).max(200) });

export const enrolmentRequestSchema = z.strictObject({
  token: z.string().min(16).max(200),
  /** Ed25519 public key, raw 32 bytes, base64url. */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'wanted: 32 bytes in base64url'),
  /** Ed25519 over `enrolmentProof`, base64url. */
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'wanted: 64 bytes in base64url'),
  hostName: z.string().min(1).max(200),
  agentVersion: z.string().max(40),
});
export type EnrolmentRequest = z.output<typeof enrolmentRequestSchema>;

export const enrolmentAnswerSchema = z.strictObject({
  agent: z.string().min(1).max(80),
  customer: z.string().max(63),
  site: z.string().max(63),
  host: z.string().max(63),
});
export type EnrolmentAnswer = z.output<typeof enrolmentAnswerSchema>;
