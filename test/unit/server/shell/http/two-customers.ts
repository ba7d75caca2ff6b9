// A server with two customers of which one must never hear of the other: what the tests of scope speak about. Everything of
// the second one has a name that stands nowhere else.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryManualQueue } from '../../../../../server/adapters/memory/manual-queue.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import { openDossierKey } from '../../../../../server/shell/report/dossier-key.ts';
import type { Role } from '../../../../../shared/api/people.ts';
import {
  agentId,
  customerKey,
  effectKey,
  incidentId,
  incidentIdFrom,
  siteIdFrom,
} from '../../../../../shared/ids.ts';
import { day, hour, plus } from '../../../../../shared/time.ts';
import { agent, incident, openEffect, report } from '../../core/view/samples.ts';
import { agentRecord, bearer, importInventory, inventoryYaml, startAt, startHarness } from './harness.ts';

const borealYaml = `  - key: boreal
    name: Boreal Calçados
    cnpj: 11.444.777/0001-61
    plan: PREMIUM
    sites:
      - key: loja-sul
        name: Loja Sul
        city: Curitiba
        state: PR
        links:
          - { key: oi-sul, provider: oi, role: primary, publicAddress: 198.51.100.77, circuit: CPS-777 }
          - { key: vivo-sul, provider: vivo, role: backup }
        hosts:
          - { key: srv-pdv, name: SRV-PDV07, address: 192.168.77.5, role: server }
`;
const bothYaml = `${inventoryYaml.replace('customers:', '  - { key: oi, name: Oi Fibra }\ncustomers:')}${borealYaml}`;

/** What belongs to the other customer, by what it is. */
export const foreign = {
  customer: 'boreal',
  site: 'loja-sul',
  siteId: 'boreal/loja-sul',
  link: 'oi-sul',
  host: 'srv-pdv',
  agent: 'agente-77',
  incident: 'inc-77-0',
  closed: 'inc-76-0',
  outage: 'inc-78-0',
  protocol: 'ZZ-4711',
  key: 'inc-77-0:open',
  window: 'janela-77',
  silence: 'silencio-77',
} as const;
export type Kind = keyof typeof foreign;

/** The same in form, but nothing has these names. */
export const unknown: Readonly<Record<Kind, string>> = {
  customer: 'nenhum',
  site: 'lugar-00',
  siteId: 'nenhum/lugar-00',
  link: 'lk-000',
  host: 'maq-000',
  agent: 'agente-00',
  incident: 'inc-99-9',
  closed: 'inc-98-9',
  outage: 'inc-97-9',
  protocol: 'YY-0000',
  key: 'inc-99-9:open',
  window: 'janela-00',
  silence: 'silencio-00',
};

/** Nothing of this may stand in any byte that the scoped caller gets. */
export const secrets =
  /boreal|calçados|loja.sul|curitiba|oi-sul|oi fibra|vivo-sul|cps-777|srv-pdv|pdv07|agente-77|inc-7[678]-|zz-4711|janela-77|silencio-77|198\.51\.100\.77|192\.168\.77|segredo/i;

const other = siteIdFrom('boreal/loja-sul');

export async function twoCustomers() {
  const queue = createMemoryManualQueue();
  const nudged: string[] = [];
  const keys = mkdtempSync(join(tmpdir(), 'vigia-scope-'));
  const harness = await startHarness({
    parts: {
      manual: { queue, nudge: (key) => nudged.push(key) },
      dossierKey: () => openDossierKey(keys),
    },
  });
  const imported = await importInventory(harness, bothYaml);
  if (imported.statusCode !== 200) throw new Error(imported.body);
  enrol(harness);
  await happen(harness);
  plan(harness);
  for (const id of ['inc-7-0', 'inc-77-0']) {
    queue.wait({
      key: effectKey(`${id}:open`),
      incident: incidentIdFrom(id),
      task: 'ticket.open',
      reason: 'manual',
      desk: 'MySuite',
      title: id === 'inc-7-0' ? 'Padaria Aurora sem internet' : 'Boreal Calçados sem internet',
      text: id === 'inc-7-0' ? 'texto' : 'segredo',
      priority: 'critical',
      since: startAt,
    });
  }
  const tokenOf = async (
    role: Role,
    customers: readonly string[] | null,
  ): Promise<{ authorization: string }> => {
    const made = await harness.api.inject({
      method: 'POST',
      url: '/api/v1/api-tokens',
      headers: bearer,
      payload: { name: `${role} de teste`, role, customers, expiresAt: null },
    });
    return { authorization: `Bearer ${made.json().token}` };
  };
  return { harness, queue, nudged, tokenOf };
}

export type TwoCustomers = Awaited<ReturnType<typeof twoCustomers>>;

type Harness = Awaited<ReturnType<typeof startHarness>>;

function enrol({ registry, series }: Harness): void {
  const digest = 'd'.repeat(64);
  registry.saveToken({ digest, site: other, usesLeft: 9, expiresAt: plus(startAt, day) });
  registry.enrol(digest, startAt, () => agentRecord('agent-1', plus(startAt, -40 * day)));
  registry.enrol(digest, startAt, () => ({
    ...agentRecord('agente-77', plus(startAt, -40 * day)),
    site: other,
    host: 'srv-pdv',
    hostName: 'SRV-PDV07',
  }));
  const items = (link: string) => [
    { seq: 1, at: plus(startAt, -hour), link, sent: 12, lost: 3, rttAvgMs: 9 },
  ];
  series.save({ agent: agentId('agente-77'), site: other, epoch: 1, items: items('oi-sul') });
  series.save({
    agent: agentId('agent-1'),
    site: siteIdFrom('aurora/matriz'),
    epoch: 1,
    items: items('vivo'),
  });
}

/** An incident of each, a closed one, an outage of a provider that hit both, one that hit the other only, and Vigia's own. */
export function otherIncident(fields: Partial<Incident> = {}): Incident {
  return incident({
    id: incidentIdFrom(foreign.incident),
    site: other,
    link: 'oi-sul',
    causeKey: 'link:oi-sul',
    timeline: [
      { at: startAt, kind: 'first-evidence' },
      { at: startAt, kind: 'noted', by: 'Maria', text: 'segredo da Boreal' },
    ],
    ticket: { state: 'registered', effect: effectKey(foreign.key), desk: 'MySuite', protocol: 'ZZ-4711' },
    ...fields,
  });
}

const providerOutage = (id: Incident['id'], fields: Partial<Incident>): Incident => {
  const { site: _site, link: _link, ...plain } = incident({ id });
  const facts = { customers: 2, sites: 2 };
  return {
    ...plain,
    kind: 'provider-outage',
    cause: 'provider',
    causeKey: `provider:${id}`,
    verdict: {
      kind: 'provider-outage',
      confidence: 'confirmed',
      witnesses: [{ source: 'link-verdict', who: 'vivo', says: 'customers-lost-together', facts }],
      refused: [],
    },
    timeline: [
      { at: startAt, kind: 'opened' },
      { at: startAt, kind: 'symptom-joined', text: 'boreal/loja-sul/link:vivo-sul' },
      { at: startAt, kind: 'noted', by: 'Maria', text: 'segredo: Boreal também' },
    ],
    ticket: { state: 'registered', effect: effectKey(`${id}:open`), desk: 'MySuite', protocol: `VIG-${id}` },
    ...fields,
  };
};

export const sharedOutage = (): Incident =>
  providerOutage(incidentId(30, 0), {
    provider: 'vivo',
    symptoms: ['aurora/matriz/link:vivo', 'boreal/loja-sul/link:vivo-sul'],
  });

async function happen(harness: Harness): Promise<void> {
  const ticket = {
    state: 'registered',
    effect: effectKey('inc-7-0:open'),
    desk: 'MySuite',
    protocol: 'VIG-7',
  } as const;
  const own = incident({ parent: incidentId(30, 0), ticket });
  const { site: _site, link: _link, ...blind } = incident({ id: incidentId(31, 0), causeKey: 'own' });
  const foreignOutage = providerOutage(incidentIdFrom(foreign.outage), {
    provider: 'oi',
    region: 'Curitiba/PR',
    symptoms: ['boreal/loja-sul/link:oi-sul'],
  });
  const opened = [
    own,
    otherIncident(),
    sharedOutage(),
    foreignOutage,
    {
      ...blind,
      kind: 'own-outage' as const,
      timeline: [{ at: startAt, kind: 'noted' as const, text: 'segredo' }],
    },
  ];
  await harness.commit(
    [
      { kind: 'agent.observed', agent: agent() },
      { kind: 'agent.observed', agent: agent({ id: agentId('agente-77'), site: other, host: 'srv-pdv' }) },
      { kind: 'site.observed', site: report() },
      { kind: 'site.observed', site: report({ id: other }) },
      ...opened.map((each) => ({ kind: 'incident.opened' as const, incident: each })),
      {
        kind: 'incident.recorded',
        incident: otherIncident({
          id: incidentIdFrom(foreign.closed),
          state: 'closed',
          retro: true,
          causeKey: 'host:srv-pdv',
        }),
      },
      {
        kind: 'provider.observed',
        provider: {
          key: 'vivo',
          losses: [
            {
              site: other,
              link: 'vivo-sul',
              causeKey: 'link:vivo-sul',
              since: startAt,
              rests: 'direct',
              ready: true,
            },
          ],
          outages: [
            {
              incident: incidentId(30, 0),
              since: startAt,
              children: [own.id, incidentIdFrom(foreign.incident)],
              joined: 2,
              told: 2,
              tellAt: startAt,
            },
          ],
        },
      },
    ],
    opened.map((each) => openEffect(each)),
  );
}

function plan({ plannedStore }: Harness): void {
  for (const [id, customer] of [
    ['janela-1', 'aurora'],
    ['janela-77', 'boreal'],
  ] as const) {
    const scope = { customer: customerKey(customer) };
    const reason = customer === 'aurora' ? 'troca do switch' : 'segredo';
    const startsAt = plus(startAt, day);
    const endsAt = plus(startsAt, hour);
    plannedStore.addWindow({ id, scope, startsAt, endsAt, reason, by: 'Maria', createdAt: startAt });
    const silence = id.replace('janela', 'silencio');
    plannedStore.addSilence({ id: silence, scope, startsAt: startAt, until: endsAt, by: 'Maria', reason });
  }
}
