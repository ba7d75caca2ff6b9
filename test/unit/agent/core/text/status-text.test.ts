// A status as people read it, in both languages: what stands first, which words a link's state gets, how ages are told.
import { describe, expect, it } from 'vitest';
import { judgeStatus, type Problem, type Status } from '../../../../../agent/core/status.ts';
import { durationText, languageOfLocale, wordsOf } from '../../../../../agent/core/text/languages.ts';
import { problemText, statusLines, verdictLines } from '../../../../../agent/core/text/status-text.ts';
import { clockAt } from '../../../../fakes/agent-records.ts';
import { linkOf, sessionOf, statusOf } from '../../../../fakes/agent-status.ts';

const now = clockAt(10_004_000);
const pt = wordsOf('pt');
const en = wordsOf('en');

function textOf(status: Status, words = pt, at = now): string {
  const judgement = judgeStatus({ kind: 'found', status, processLives: true }, at);
  const { old } = judgement;
  return [...verdictLines(judgement, status, words), ...statusLines(status, { now: at, words, old })].join(
    '\n',
  );
}

describe('agent: status: text', () => {
  it('says in one line that all is well, then what is watched', () => {
    const text = textOf(statusOf());
    expect(text.split('\n')[0]).toBe('Tudo certo: 1 link observado, 1 equipamento, conectado ao servidor.');
    for (const part of [
      'vivo (principal): no ar, há 1 h',
      'sondas presas a 192.168.10.20',
      'roteador 1 de 1 (0,8 ms) · âncoras 3 de 3 (12 ms) · DNS 1 de 2 · página 204 ok',
      'srv-erp (192.168.10.6): responde, há 1 min',
      'conectado a https://noc.example.com há 2 h',
      'o servidor vê esta unidade em 198.51.100.10',
      'último recibo há 10 min',
      'certo, menos de 1 s de diferença',
      '0 mudanças e 2 resumos por entregar, 1,2 MB em disco',
      'ICMP nativo',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('puts the trouble first, one line each', () => {
    const status = statusOf(
      {},
      {
        links: [
          linkOf({ status: 'down', layer: 'provider', inDoubt: true }),
          linkOf({ key: 'claro', mode: 'never' }),
        ],
        session: sessionOf({ state: 'disconnected', confirmedAt: undefined }),
      },
    );
    const lines = textOf(status).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'Atenção: sem contato com o servidor desde que o agente iniciou. Rode "vigia-agent doctor".',
      'Atenção: link vivo fora do ar há 1 h (operadora).',
      'Atenção: link claro não pode ser avaliado daqui: cadastre o endereço de origem (source) ou o endereço público dele.',
    ]);
    expect(lines).toContain('  vivo (principal): FORA DO AR, há 1 h, operadora, em dúvida, medindo de perto');
    expect(lines).toContain('  sem sessão; tentando https://noc.example.com');
  });

  it('marks an old status as history and counts its ages from then', () => {
    const text = textOf(statusOf({ stopped: true }), pt, clockAt(10_000_000 + 7_200_000));
    expect(text).toContain('Atenção: o agente está parado: foi encerrado em ordem há 2 h.');
    expect(text).toContain('O que segue é de há 2 h, não de agora:');
    expect(text).toContain('vivo (principal): no ar, há 1 h');
  });

  it('tells why a link shows no measurement, and what a degraded one suffers from', () => {
    const quality = {
      by: ['loss', 'jitter'],
      windowMs: 120_000,
      lossRatio: 0.125,
      rttMs: 80.4,
      jitterMs: 130,
    } as const;
    const links = [
      linkOf({ status: 'degraded', quality: { ...quality, by: [...quality.by] } }),
      linkOf({
        key: 'claro',
        mode: 'egress',
        publicAddress: '203.0.113.10',
        status: 'unknown',
        round: undefined,
      }),
      linkOf({
        key: 'oi',
        status: 'unknown',
        round: { at: statusOf().view.at, counted: false, local: 'no-address', answers: {} },
      }),
      linkOf({ key: 'tim', mode: 'free', round: { at: statusOf().view.at, counted: false, answers: {} } }),
    ];
    const text = textOf(statusOf({}, { links }));
    for (const part of [
      'Atenção: link vivo degradado: perda, variação.',
      'perda 12,5 %, latência 80 ms, variação 130 ms',
      'avaliado quando a saída é 203.0.113.10',
      'a saída agora é por outro link, ou ainda não há sessão',
      'o endereço de origem não existe nesta máquina',
      'a última rodada não contou: saiu por outro link ou sem prova',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('shows proxy, source, clock and a disk that refused', () => {
    const status = statusOf(
      { proxy: 'http://10.0.0.9:3128', spool: { ...statusOf().spool, refused: 2, droppedRollups: 5 } },
      { clockOffsetMs: 86_400_000, session: sessionOf({ source: '192.168.10.21' }) },
    );
    const text = textOf(status);
    for (const part of [
      'pelo proxy http://10.0.0.9:3128',
      'saindo por 192.168.10.21',
      'Atenção: o relógio desta máquina está 1 d atrasado.',
      'o disco recusou 2 gravações desde o início',
      '5 resumos antigos descartados',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('says the same in English', () => {
    const text = textOf(statusOf({ ping: { method: 'ping', reason: 'no right' } }), en);
    expect(text.split('\n')[0]).toBe('All is well: 1 link and 1 host watched, connected to the server.');
    expect(text).toContain('router 1 of 1 (0.8 ms)');
    expect(text).toContain('the ping program, because no right');
    expect(text).not.toMatch(/[áéíóúãõç]/);
  });

  it('has a sentence for every problem in both languages', () => {
    const ageMs = 90_000;
    const problems: readonly Problem[] = [
      { kind: 'not-enrolled' },
      { kind: 'none' },
      { kind: 'forbidden' },
      { kind: 'damaged' },
      { kind: 'stopped', ageMs },
      { kind: 'gone', ageMs },
      { kind: 'hangs', ageMs },
      { kind: 'cloned' },
      { kind: 'revoked' },
      { kind: 'nothing-to-watch' },
      { kind: 'no-session', forMs: ageMs },
      { kind: 'no-session' },
      { kind: 'link-down', link: 'vivo' },
      { kind: 'link-degraded', link: 'vivo', by: [], layer: 'dns' },
      { kind: 'link-unjudged', link: 'vivo' },
      { kind: 'link-unmeasured', link: 'vivo' },
      { kind: 'host-down', host: 'srv' },
      { kind: 'clock-off', offsetMs: -ageMs },
      { kind: 'disk-refuses', records: 1 },
      { kind: 'changes-lost', records: 2 },
    ];
    for (const words of [pt, en]) {
      const texts = problems.map((problem) => problemText(problem, words));
      expect(new Set(texts).size).toBe(problems.length);
      for (const text of texts) expect(text).toMatch(/^.{15,}\.$/s);
    }
    expect(problemText({ kind: 'cloned' }, pt)).toContain('imagem clonada');
  });
});

describe('agent: text: durations and languages', () => {
  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [45_000, '45 s'],
    [60_000, '1 min'],
    [754_000, '12 min'],
    [3_600_000, '1 h'],
    [11_549_000, '3 h 12 min'],
    [93_600_000, '1 d 2 h'],
    [-5, '0 s'],
  ])('%d ms is %s', (ms, text) => expect(durationText(ms, pt)).toBe(text));

  it('reads the language from a locale, and nothing from one that names neither', () => {
    expect(['pt_BR.UTF-8', 'PT', 'en_US', 'C', 'de_DE', '', undefined].map(languageOfLocale)).toEqual([
      'pt',
      'pt',
      'en',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
