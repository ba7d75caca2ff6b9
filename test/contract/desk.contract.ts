// What every desk promises. Each adapter runs this suite.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TicketEffect } from '../../server/core/effect.ts';
import type { Desk } from '../../server/ports/desk.ts';
import { incidentIdFrom } from '../../shared/ids.ts';
import { closeEffect, noteEffect, openEffect, reopenEffect } from './samples.ts';
import type { Kept } from './stores.ts';

export function deskContract(name: string, make: () => Kept<Desk>): void {
  describe(`desk: ${name}`, () => {
    let kept: Kept<Desk>;
    let desk: Desk;

    beforeEach(() => {
      kept = make();
      desk = kept.open();
    });
    afterEach(() => kept.remove());

    const protocolOf = async (effect: TicketEffect): Promise<string> => {
      const answer = await desk.perform(effect);
      return answer.ok ? answer.value.protocol : `failed: ${answer.failure.code}`;
    };
    const found = async (id: string) => {
      const answer = await desk.find(incidentIdFrom(id));
      if (!answer.ok) throw new Error(answer.failure.message);
      return answer.value;
    };

    it('opens a ticket and finds it by its incident', async () => {
      expect(await found('a')).toBeUndefined();
      const protocol = await protocolOf(openEffect('a'));
      expect(await found('a')).toEqual({
        protocol,
        incident: 'a',
        title: openEffect('a').text.title,
        open: true,
      });
    });

    it('answers the same key with the same protocol, also after a restart', async () => {
      const protocol = await protocolOf(openEffect('a'));
      expect(await protocolOf(openEffect('a'))).toBe(protocol);
      desk = kept.reopen();
      expect(await protocolOf(openEffect('a'))).toBe(protocol);
      expect(await protocolOf(openEffect('b'))).not.toBe(protocol);
    });

    it('keeps one ticket per incident, whatever the key', async () => {
      const protocol = await protocolOf(openEffect('a'));
      expect(await protocolOf(openEffect('a', { key: 'a:open:again' }))).toBe(protocol);
    });

    it('answers notes, closing and reopening with the protocol of the ticket', async () => {
      const protocol = await protocolOf(openEffect('a'));
      expect(await protocolOf(noteEffect('a', 1))).toBe(protocol);
      expect(await protocolOf(closeEffect('a'))).toBe(protocol);
      expect((await found('a'))?.open).toBe(false);
      expect(await protocolOf(reopenEffect('a'))).toBe(protocol);
      expect((await found('a'))?.open).toBe(true);
    });

    it('does not act twice on a late repetition', async () => {
      await protocolOf(openEffect('a'));
      await protocolOf(closeEffect('a'));
      await protocolOf(reopenEffect('a'));
      await protocolOf(closeEffect('a'));
      expect((await found('a'))?.open).toBe(true);
    });

    it('refuses a note to a ticket that does not exist', async () => {
      expect(await protocolOf(noteEffect('nobody', 1))).toBe('failed: desk.refused');
      expect(await protocolOf(closeEffect('nobody'))).toBe('failed: desk.refused');
    });
  });
}
