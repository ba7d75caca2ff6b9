// What every registry promises. Each adapter runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentRecord, EnrolmentToken, Registry } from '../../server/ports/registry.ts';
import { agentId } from '../../shared/ids.ts';
import { inventorySchema } from '../../shared/inventory/document.ts';
import { at, matriz } from './samples.ts';
import type { Kept } from './stores.ts';

export function registryContract(name: string, make: () => Kept<Registry>): void {
  describe(`registry on ${name}`, () => {
    let kept: Kept<Registry>;
    let registry: Registry;

    beforeEach(() => {
      kept = make();
      registry = kept.open();
    });
    afterEach(() => kept.remove());

    it('enrols with a good token and remembers the agent over a restart', () => {
      registry.saveToken(token());
      const agent = registry.enrol('d1', at(0), maker('a1', 'key-1'));
      expect(agent).toEqual(record('a1', 'key-1'));
      registry = kept.reopen();
      expect(registry.agent(agentId('a1'))).toEqual(agent);
      expect(registry.agents()).toEqual([agent]);
    });

    it('hands the token to the maker, with its site and host', () => {
      registry.saveToken(token({ host: 'srv-ad' }));
      let given: EnrolmentToken | undefined;
      registry.enrol('d1', at(0), (one) => {
        given = one;
        return record('a1', 'key-1');
      });
      expect(given).toEqual(token({ host: 'srv-ad' }));
    });

    it('refuses a token that is unknown, expired or used up', () => {
      registry.saveToken(token());
      expect(registry.enrol('d2', at(0), maker('a1', 'key-1'))).toBeUndefined();
      expect(registry.enrol('d1', at(1_000), maker('a1', 'key-1'))).toBeUndefined();
      expect(registry.enrol('d1', at(999), maker('a1', 'key-1'))).toBeDefined();
      expect(registry.enrol('d1', at(999), maker('a2', 'key-2'))).toBeUndefined();
      expect(registry.agents()).toHaveLength(1);
    });

    it('allows as many uses as the token has, also over a restart', () => {
      registry.saveToken(token({ usesLeft: 2 }));
      expect(registry.enrol('d1', at(0), maker('a1', 'key-1'))).toBeDefined();
      registry = kept.reopen();
      expect(registry.enrol('d1', at(0), maker('a2', 'key-2'))).toBeDefined();
      expect(registry.enrol('d1', at(0), maker('a3', 'key-3'))).toBeUndefined();
    });

    it('answers a repeated enrolment with the agent it made, even when the token is used up or expired', () => {
      registry.saveToken(token());
      registry.enrol('d1', at(0), maker('a1', 'key-1'));
      registry = kept.reopen();
      expect(registry.enrol('d1', at(5_000), maker('a9', 'key-1'))).toEqual(record('a1', 'key-1'));
      expect(registry.agents()).toHaveLength(1);
    });

    it('does not let a revoked key in again by its old token', () => {
      registry.saveToken(token());
      registry.enrol('d1', at(0), maker('a1', 'key-1'));
      registry.revoke(agentId('a1'), at(1));
      expect(registry.enrol('d1', at(2), maker('a9', 'key-1'))).toBeUndefined();
    });

    it('leaves the token unspent when the record cannot be made', () => {
      registry.saveToken(token());
      const failing = () => {
        throw new Error('no id');
      };
      expect(() => registry.enrol('d1', at(0), failing)).toThrow('no id');
      expect(registry.enrol('d1', at(0), maker('a1', 'key-1'))).toBeDefined();
    });

    it('never gives one id to two agents', () => {
      registry.saveToken(token({ usesLeft: 5 }));
      registry.enrol('d1', at(0), maker('a1', 'key-1'));
      expect(() => registry.enrol('d1', at(0), maker('a1', 'key-2'))).toThrow();
      expect(registry.agent(agentId('a1'))?.publicKey).toBe('key-1');
    });

    it('revokes once and says when', () => {
      registry.saveToken(token());
      registry.enrol('d1', at(0), maker('a1', 'key-1'));
      expect(registry.revoke(agentId('a1'), at(7))).toBe(true);
      expect(registry.revoke(agentId('a1'), at(8))).toBe(false);
      expect(registry.revoke(agentId('nobody'), at(8))).toBe(false);
      registry = kept.reopen();
      expect(registry.agent(agentId('a1'))?.revokedAt).toBe(at(7));
    });

    it('keeps the last inventory document', () => {
      expect(registry.inventory()).toBeUndefined();
      const document = (customer: string) =>
        inventorySchema.parse({
          version: 1,
          customers: [{ key: customer, name: 'Padaria Aurora', cnpj: '11.222.333/0001-81', plan: 'PRO' }],
        });
      registry.saveInventory(document('aurora'));
      registry.saveInventory(document('borba'));
      registry = kept.reopen();
      expect(registry.inventory()).toEqual(document('borba'));
    });
  });
}

function token(more: Partial<EnrolmentToken> = {}): EnrolmentToken {
  return { digest: 'd1', site: matriz, usesLeft: 1, expiresAt: at(1_000), ...more };
}

function record(id: string, publicKey: string): AgentRecord {
  return {
    id: agentId(id),
    site: matriz,
    host: 'srv-ad',
    publicKey,
    hostName: 'SRV-AD01',
    enrolledAt: at(0),
  };
}

function maker(id: string, publicKey: string): () => AgentRecord {
  return () => record(id, publicKey);
}
