// Which links an incident took down, and what an agent's report reads like: what a provider is asked for credit by.
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../../../server/core/incident.ts';
import { dossierWordsEn, dossierWordsPt } from '../../../../../server/core/report/dossier-words.ts';
import { linksReached, refusalOfLink } from '../../../../../server/core/report/links-reached.ts';
import { statementOf } from '../../../../../server/core/report/statement.ts';
import { instant } from '../../../../../shared/time.ts';
import type { HostChanged, LinkChanged } from '../../../../../shared/wire/messages.ts';
import { causes } from '../../../../../shared/words.ts';
import { transcriptTopology as fleet } from '../../../../scenario/fleet.ts';
import { aurora, incidentOf, origin } from './incidents.ts';

function keys(kind: Incident['kind'], more: Partial<Incident>): readonly string[] {
  return linksReached(incidentOf({ id: 'inc-1-0', kind, from: 0, to: 10, more }), fleet).map(
    ({ key }) => key,
  );
}

describe('links that an incident took down', () => {
  it('of a whole site are all of them where the links failed or nobody could tell, and none otherwise', () => {
    const reached = causes.filter((cause) => keys('site-offline', { cause }).length > 0);
    expect(reached).toEqual(['links', 'provider', 'unknown']);
    for (const cause of reached) expect(keys('site-offline', { cause })).toEqual(['vivo', 'claro']);
  });

  it('of a power cut are none, even where the links are recorded as its effect', () => {
    expect(keys('site-offline', { cause: 'power', symptoms: ['link:vivo'] })).toEqual([]);
  });

  it('of a link are that one, also when it has left the inventory; of planned work none', () => {
    expect(keys('link-down', { link: 'claro' })).toEqual(['claro']);
    expect(keys('link-down', { link: 'oi' })).toEqual(['oi']);
    expect(keys('link-down', { link: 'claro', cause: 'planned' })).toEqual([]);
  });

  it('hold what has left the inventory but is recorded as an effect', () => {
    expect(keys('site-offline', { cause: 'links', symptoms: ['link:oi', 'host:srv-ad'] })).toEqual([
      'vivo',
      'claro',
      'oi',
    ]);
  });

  it('of a machine, an agent, a provider as a whole or Vigia itself are none', () => {
    expect(keys('host-down', { host: 'srv-ad', symptoms: ['link:vivo'] })).toEqual([]);
    expect(keys('agent-lost', { host: 'srv-ad' })).toEqual([]);
    expect(keys('provider-outage', { site: undefined, provider: 'vivo' })).toEqual([]);
    expect(keys('own-outage', {})).toEqual([]);
  });

  it('are named in the refusal of any other', () => {
    const link = incidentOf({ id: 'inc-1-0', kind: 'link-down', from: 0, to: 10, more: { link: 'vivo' } });
    expect(refusalOfLink(link, 'vivo', fleet)).toBeUndefined();
    expect(refusalOfLink(link, 'claro', fleet)).toMatchObject({ kind: 'not-reached' });
    expect(refusalOfLink(link, 'oi', fleet)).toMatchObject({ kind: 'no-such-link' });
    const power = incidentOf({
      ...{ id: 'inc-2-0', kind: 'site-offline', from: 0, to: 10 },
      more: { cause: 'power' },
    });
    expect(refusalOfLink(power, 'vivo', fleet)?.message).toContain('it took no link down');
  });
});

describe('what an agent reported', () => {
  const place = fleet.sites.get(aurora);
  const since = instant(origin);
  const numbered = { seq: 1, at: since, atErrorMs: 0, since, evidence: [] };
  const link = (more: Partial<LinkChanged>): LinkChanged => {
    return { ...numbered, kind: 'link.changed', link: 'vivo', status: 'down', recovering: false, ...more };
  };

  it('reads in Portuguese and English, in the site’s local time, with the inventory’s names', () => {
    const pt = { place, words: dossierWordsPt };
    const en = { place, words: dossierWordsEn };
    expect(statementOf(link({}), pt)).toBe('link Vivo fora do ar desde 01/10/2026 00:00:00');
    expect(statementOf(link({ recovering: true }), pt)).toBe(
      'link Vivo fora do ar desde 01/10/2026 00:00:00, com sinais de volta',
    );
    expect(statementOf(link({ link: 'claro', status: 'up' }), en)).toBe(
      'link Claro up since 01/10/2026 00:00:00',
    );
    const host: HostChanged = {
      ...numbered,
      kind: 'host.changed',
      host: 'srv-ad',
      status: 'down',
      recovering: false,
    };
    expect(statementOf(host, pt)).toBe('SRV-AD não responde desde 01/10/2026 00:00:00');
  });

  it('of a place that has left the inventory is told by its keys', () => {
    expect(statementOf(link({ link: 'oi' }), { place: undefined, words: dossierWordsPt })).toContain(
      'link oi ',
    );
  });
});
