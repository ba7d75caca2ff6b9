// Sentences as the NOC reads them.
import { describe, expect, test } from 'vitest';
import type { Witness } from '../../../../../server/core/incident.ts';
import type { Topology } from '../../../../../server/core/topology.ts';
import { catalogueEn } from '../../../../../server/core/view/catalogue-en.ts';
import {
  portuguese,
  sentenceOfInstant,
  sentenceOfRefusal,
  sentenceOfSymptom,
  sentenceOfTimeline,
  sentenceOfTitle,
  sentenceOfVerdict,
  sentenceOfWitness,
} from '../../../../../server/core/view/sentences.ts';
import { siteId } from '../../../../../shared/ids.ts';
import { at, incident, topology } from './samples.ts';

const speech = portuguese(topology);

describe('titles', () => {
  test('a link that is down is named with its role, customer and site', () => {
    expect(sentenceOfTitle(incident(), speech)).toBe(
      'Link Vivo Empresas (principal) fora do ar — Padaria Aurora, Matriz',
    );
    expect(sentenceOfTitle(incident({ link: 'claro' }), speech)).toContain('Link Claro (reserva) fora do ar');
  });

  test('a host is a servidor or an equipamento by its role', () => {
    const host = { kind: 'host-down', link: undefined } as const;
    expect(sentenceOfTitle(incident({ ...host, host: 'srv-ad' }), speech)).toMatch(/^Servidor SRV-AD01 fora/);
    expect(sentenceOfTitle(incident({ ...host, host: 'camera' }), speech)).toMatch(/^Equipamento Câmera 1/);
  });

  test('flapping is a mark on the title', () => {
    expect(sentenceOfTitle(incident({ flapping: true }), speech)).toMatch(/ \(oscilando\)$/);
  });

  test('what was retired from the inventory is still named by its keys', () => {
    const gone = incident({ site: siteId('velha', 'filial'), link: 'oi' });
    expect(sentenceOfTitle(gone, speech)).toBe('Link oi fora do ar — velha, filial');
  });

  test('no placeholder is left open in any kind of title, in both languages', () => {
    for (const kind of [
      'link-down',
      'link-degraded',
      'site-offline',
      'host-down',
      'host-degraded',
      'agent-lost',
      'provider-outage',
      'own-outage',
    ] as const) {
      const bare = incident({ kind, site: undefined, link: undefined });
      for (const each of [incident({ kind, host: 'srv-ad', provider: 'vivo' }), bare]) {
        expect(sentenceOfTitle(each, speech)).not.toContain('{');
        expect(sentenceOfTitle(each, { topology, catalogue: catalogueEn })).not.toContain('{');
      }
    }
  });
});

describe('witnesses', () => {
  const say = (witness: Witness) => sentenceOfWitness(witness, incident({ host: 'srv-ad' }), speech);

  test('a link verdict names link, observer, layer, measures and since when in local time', () => {
    const witness: Witness = {
      source: 'link-verdict',
      who: 'vivo',
      says: 'link-down',
      since: at,
      facts: { agent: 'srv-ad', layer: 'provider', anchors: '0/9' },
    };
    expect(say(witness)).toBe(
      'O link Vivo Empresas está fora do ar, segundo SRV-AD01 (falha dentro da rede da operadora; âncoras que responderam: 0/9), desde 22/11/2026 09:00:00',
    );
  });

  test('of what has no site it is said in Brasília’s time, named as such', () => {
    const { site: _site, link: _link, ...own } = incident({ kind: 'own-outage' });
    const witness: Witness = { source: 'own-anchors', who: 'vigia', says: 'anchors-lost', since: at };
    expect(sentenceOfWitness(witness, own, speech)).toMatch(/, desde 22\/11\/2026 09:00:00 \(Brasília\)$/);
  });

  test('a neighbour speaks about another machine', () => {
    const witness: Witness = {
      source: 'neighbour',
      who: 'camera',
      says: 'host-unreachable',
      facts: { host: 'srv-ad' },
    };
    expect(say(witness)).toBe('SRV-AD01 não responde na rede da unidade, segundo Câmera 1');
  });

  test('a moved egress names the link that carries now', () => {
    const witness: Witness = {
      source: 'session',
      who: 'srv-ad',
      says: 'egress-moved',
      facts: { link: 'claro' },
    };
    expect(say(witness)).toBe('O tráfego da unidade sai pelo link Claro');
  });

  test('a fact nobody knows a label for is shown by its own name', () => {
    expect(say({ source: 'own-anchors', who: 'vigia', says: 'anchors-lost', facts: { odd: 3 } })).toBe(
      'O próprio Vigia perdeu o acesso à internet (odd: 3)',
    );
  });
});

describe('verdict, timeline, symptoms', () => {
  test('a refused hypothesis says which and why', () => {
    expect(sentenceOfRefusal({ kind: 'host-down', because: 'neighbour-reaches-host' }, speech)).toBe(
      'Não é "Servidor fora do ar": um vizinho ainda alcança a máquina',
    );
  });

  test('a verdict says how sure it is', () => {
    const verdict = { ...incident().verdict, confidence: 'single' as const };
    expect(sentenceOfVerdict(verdict, speech)).toBe('Link fora do ar (uma só testemunha)');
  });

  test('a person is named, their words are kept, machine words are translated', () => {
    const line = (entry: Parameters<typeof sentenceOfTimeline>[0]) =>
      sentenceOfTimeline(entry, incident(), speech);
    expect(line({ at, kind: 'noted', by: 'Maria', text: 'reiniciado {x}' })).toBe(
      'Anotação por Maria: reiniciado {x}',
    );
    expect(line({ at, kind: 'cause-known', text: 'power' })).toBe('Causa identificada: falta de energia');
    expect(line({ at, kind: 'symptom-joined', text: 'host:srv-ad' })).toBe(
      'Efeito ligado a este incidente: máquina SRV-AD01',
    );
  });

  test('a symptom reads as its name, an unknown form as it is', () => {
    expect(sentenceOfSymptom('aurora/matriz/link:vivo', incident(), speech)).toBe('link Vivo Empresas');
    expect(sentenceOfSymptom('aurora/matriz', incident(), speech)).toBe('unidade Matriz');
    expect(sentenceOfSymptom('own', incident(), speech)).toBe('o próprio Vigia');
    expect(sentenceOfSymptom('???', incident(), speech)).toBe('???');
  });

  test('an instant is local where the zone is known and says Brasília where there is none', () => {
    expect(sentenceOfInstant(at, 'America/Manaus')).toBe('22/11/2026 08:00:00');
    expect(sentenceOfInstant(at, undefined)).toBe('22/11/2026 09:00:00 (Brasília)');
  });
});

describe('sentences: a name that begins with its own kind', () => {
  test('is not said twice', () => {
    const [site] = topology.sites.values();
    if (site === undefined) throw new Error('the sample has a site');
    const named: Topology = {
      ...topology,
      sites: new Map([
        [
          site.id,
          {
            ...site,
            links: site.links.map((link) => ({ ...link, name: 'Link serra' })),
            hosts: site.hosts.map((host) => ({ ...host, name: 'Servidor' })),
          },
        ],
      ]),
    };
    const title = (fields: Parameters<typeof incident>[0]) =>
      sentenceOfTitle(incident(fields), portuguese(named));
    expect(title({ kind: 'link-degraded', link: 'claro' })).toBe(
      'Link serra (reserva) degradado — Padaria Aurora, Matriz',
    );
    // A name that is nothing but that word adds nothing.
    expect(title({ kind: 'host-down', host: 'srv-ad' })).toBe('Servidor fora do ar — Padaria Aurora, Matriz');
  });
});
