// The registry in memory, for tests and the simulator. Must behave as the sqlite one does; the contract holds them equal.
import { assert } from '../../../shared/assert.ts';
import type { AgentId } from '../../../shared/ids.ts';
import type { InventoryDocument } from '../../../shared/inventory/document.ts';
import type { AgentRecord, EnrolmentToken, Registry } from '../../ports/registry.ts';

export function createMemoryRegistry(): Registry {
  const tokens = new Map<string, EnrolmentToken>();
  const agents = new Map<AgentId, AgentRecord>();
  /** `digest key` -> agent: the same pair again is a lost answer, not a second use. */
  const enrolments = new Map<string, AgentId>();
  let inventory: InventoryDocument | undefined;
  return {
    saveToken: (token) => {
      tokens.set(token.digest, token);
    },
    enrol: (digest, now, make) => {
      const token = tokens.get(digest);
      if (token === undefined) return undefined;
      const record = make(token);
      const pair = `${digest} ${record.publicKey}`;
      const earlier = enrolments.get(pair);
      if (earlier !== undefined) {
        const agent = agents.get(earlier);
        return agent?.revokedAt === undefined ? agent : undefined;
      }
      if (token.expiresAt <= now || token.usesLeft === 0) return undefined;
      assert(!agents.has(record.id), `agent id ${record.id} is new`);
      tokens.set(digest, { ...token, usesLeft: token.usesLeft - 1 });
      agents.set(record.id, record);
      enrolments.set(pair, record.id);
      return record;
    },
    agent: (id) => agents.get(id),
    agents: () => [...agents.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    revoke: (id, at) => {
      const agent = agents.get(id);
      if (agent === undefined || agent.revokedAt !== undefined) return false;
      agents.set(id, { ...agent, revokedAt: at });
      return true;
    },
    inventory: () => inventory,
    saveInventory: (document) => {
      inventory = document;
    },
    close: () => {},
  };
}
