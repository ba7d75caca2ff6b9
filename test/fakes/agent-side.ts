// The agent's side of the wire for tests of the gateway: keys, proofs, messages, and a socket without a network.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Site, Topology } from '../../server/core/topology.ts';
import type { AgentRecord, EnrolmentToken } from '../../server/ports/registry.ts';
import type { AgentSocket, CloseCode } from '../../server/shell/gateway/agent-socket.ts';
import { agentId, customerKey, siteId } from '../../shared/ids.ts';
import { type Instant, instant } from '../../shared/time.ts';
import { decodeServerMessage } from '../../shared/wire/codec.ts';
import {
  type EnrolmentRequest,
  enrolmentProof,
  upgradeHeaders,
  upgradeProof,
} from '../../shared/wire/door.ts';
import type { AgentMessage, ServerMessage, StateChange } from '../../shared/wire/messages.ts';

export const matriz = siteId('aurora', 'matriz');

export interface AgentKey {
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

export function newKey(): AgentKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey: publicKey.export({ format: 'jwk' }).x ?? '', privateKey };
}

export function signed(key: AgentKey, text: string): string {
  return sign(null, Buffer.from(text), key.privateKey).toString('base64url');
}

export function upgradeHeadersOf(agent: string, nonce: string, key: AgentKey): Record<string, string> {
  return {
    [upgradeHeaders.agent]: agent,
    [upgradeHeaders.nonce]: nonce,
    [upgradeHeaders.signature]: signed(key, upgradeProof(agent, nonce)),
  };
}

export function enrolmentRequest(
  key: AgentKey,
  token: string,
  more: Partial<EnrolmentRequest> = {},
): EnrolmentRequest {
  return {
    token,
    publicKey: key.publicKey,
    signature: signed(key, enrolmentProof(token, key.publicKey)),
    hostName: 'SRV-AD01',
    agentVersion: '0.1.0',
    ...more,
  };
}

export function enrolmentToken(token: string, more: Partial<EnrolmentToken> = {}): EnrolmentToken {
  return {
    digest: createHash('sha256').update(token).digest('hex'),
    site: matriz,
    usesLeft: 1,
    expiresAt: instant(4_000_000_000_000),
    ...more,
  };
}

export function agentRecord(id: string, more: Partial<AgentRecord> = {}): AgentRecord {
  return {
    id: agentId(id),
    site: matriz,
    host: 'srv-ad',
    publicKey: 'k'.repeat(43),
    hostName: 'SRV-AD01',
    enrolledAt: instant(1_000),
    ...more,
  };
}

export function site(more: Partial<Site> = {}): Site {
  return {
    id: matriz,
    key: 'matriz',
    name: 'Matriz',
    customer: customerKey('aurora'),
    customerName: 'Padaria Aurora Ltda',
    plan: 'PREMIUM',
    city: 'São Paulo',
    state: 'SP',
    timeZone: 'America/Sao_Paulo',
    origin: 'document',
    links: [
      { key: 'vivo', name: 'Vivo', provider: 'vivo', role: 'primary', publicAddress: '198.51.100.10' },
      { key: 'claro', name: 'Claro', provider: 'claro', role: 'backup', gateway: '192.168.10.2' },
    ],
    hosts: [
      { key: 'srv-ad', name: 'SRV-AD01', address: '192.168.10.5', role: 'server' },
      { key: 'srv-erp', name: 'SRV-ERP', address: '192.168.10.6', role: 'server', parent: 'srv-ad' },
      { key: 'catraca', name: 'Catraca', role: 'other' },
    ],
    ...more,
  };
}

export function topologyOf(sites: readonly Site[], revision = 7): Topology {
  return { revision, providers: new Map(), sites: new Map(sites.map((each) => [each.id, each])) };
}

type MessageOf<K extends AgentMessage['kind']> = Extract<AgentMessage, { readonly kind: K }>;

export function findings(more: Partial<MessageOf<'findings'>> = {}): MessageOf<'findings'> {
  return {
    kind: 'findings',
    examinedAt: instant(900),
    good: 11,
    more: 0,
    items: [
      {
        check: 'dns',
        level: 'error',
        of: 'vivo',
        pt: { name: 'DNS', text: 'nenhum dos 2 responde', advice: 'veja o firewall (UDP 53)' },
        en: { name: 'DNS', text: 'none of 2 answers', advice: 'see to the firewall (UDP 53)' },
      },
      {
        check: 'service',
        level: 'warning',
        detail: 'no unit file',
        pt: { name: 'serviço', text: 'não há serviço instalado' },
        en: { name: 'service', text: 'no service is installed' },
      },
    ],
    ...more,
  };
}

export function hello(more: Partial<MessageOf<'hello'>> = {}): MessageOf<'hello'> {
  return {
    kind: 'hello',
    version: 1,
    minor: 0,
    agentVersion: '0.1.0',
    epoch: 5,
    bootId: 'boot-1',
    agentClockMs: 12.5,
    spoolDepth: 3,
    pingMethod: 'icmp',
    facts: {
      hostName: 'SRV-AD01',
      platform: 'linux',
      osName: 'Debian',
      osVersion: '13',
      arch: 'x64',
      cpuCount: 2,
      memoryBytes: 4_000_000_000,
    },
    ...more,
  };
}

export function beat(n: number, more: Partial<MessageOf<'beat'>> = {}): MessageOf<'beat'> {
  return { kind: 'beat', n, agentClockMs: n * 10_000, spoolDepth: 0, ...more };
}

export function linkDown(seq: number, at: Instant = instant(1_773_144_000_000)): StateChange {
  return {
    kind: 'link.changed',
    seq,
    at,
    atErrorMs: 5,
    link: 'vivo',
    status: 'down',
    layer: 'provider',
    since: at,
    recovering: false,
    evidence: [{ target: '1.1.1.1', role: 'anchor', method: 'icmp', sent: 3, lost: 3 }],
  };
}

export function changes(seqs: readonly number[], more: Partial<MessageOf<'changes'>> = {}) {
  return {
    kind: 'changes',
    epoch: 5,
    remaining: 0,
    items: seqs.map((seq) => linkDown(seq)),
    ...more,
  } as const;
}

export function rollups(seqs: readonly number[], epoch = 5) {
  const items = seqs.map((seq) => ({ seq, at: instant(seq * 60_000), link: 'vivo', sent: 12, lost: 0 }));
  return { kind: 'rollups', epoch, items } as const;
}

export interface FakeSocket extends AgentSocket {
  readonly sent: readonly ServerMessage[];
  readonly closes: readonly CloseCode[];
  readonly pings: () => number;
  readonly isPaused: () => boolean;
  readonly isDestroyed: () => boolean;
  /** What `bufferedBytes` says from now on. */
  stall(bytes: number): void;
}

/** Parses what is sent to it by the agent's own codec: a message that the agent would refuse fails the test. */
export function createFakeSocket(): FakeSocket {
  const sent: ServerMessage[] = [];
  const closes: CloseCode[] = [];
  let pings = 0;
  let paused = false;
  let destroyed = false;
  let buffered = 0;
  return {
    sent,
    closes,
    pings: () => pings,
    isPaused: () => paused,
    isDestroyed: () => destroyed,
    stall(bytes) {
      buffered = bytes;
    },
    send(text) {
      const decoded = decodeServerMessage(text);
      if (!decoded.ok) throw new Error(`the agent would refuse: ${JSON.stringify(decoded.failure)}`);
      sent.push(decoded.value);
    },
    ping() {
      pings += 1;
    },
    close(why) {
      closes.push(why);
    },
    destroy() {
      destroyed = true;
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
    },
    bufferedBytes: () => buffered,
  };
}
