// What level 1 tries first (contract: up to 30 minutes with the knowledge base, "restart the modem"), per verdict and
// layer. Portuguese, imperative, one or two sentences.
import { assertNever } from '../../../shared/assert.ts';
import type { Layer } from '../../../shared/words.ts';
import type { Incident } from '../incident.ts';

export function firstStep(incident: Pick<Incident, 'kind' | 'layer' | 'cause'>): string {
  switch (incident.kind) {
    case 'link-down':
      return linkStep(incident.layer);
    case 'link-degraded':
      return incident.layer === 'dns' || incident.layer === 'captive-portal'
        ? linkStep(incident.layer)
        : qualityStep(incident.layer);
    case 'site-offline':
      return 'ligar para a unidade: há energia? Se houver, pedir para reiniciar modem e roteador (30 s desligados) e acionar as operadoras.';
    case 'host-down':
    case 'host-degraded':
      return incident.cause === 'planned'
        ? 'a máquina foi desligada em ordem e não voltou no prazo: confirmar com a unidade se deve ser religada.'
        : 'ligar para a unidade: a máquina está ligada, com luz de rede? Se estiver desligada, religar e acompanhar a partida.';
    case 'agent-lost':
      return 'a máquina parece viva: verificar o serviço vigia-agent por acesso remoto e reiniciá-lo.';
    case 'provider-outage':
      return 'abrir um só chamado na operadora com a lista dos circuitos e avisar os clientes.';
    case 'own-outage':
      return 'verificar a internet e a energia da central do Vigia.';
    default:
      return assertNever(incident.kind);
  }
}

/** `provider` is what vanishing large packets are blamed on; without a layer it is loss, latency or jitter. */
function qualityStep(layer: Layer | undefined): string {
  return layer === undefined
    ? 'ver se há backup, atualização ou download ocupando o link; se não houver, pedir para reiniciar o modem e abrir chamado na operadora com as medidas acima.'
    : 'pacotes grandes somem no caminho: reduzir o MTU (MSS) no roteador, por exemplo para 1400, e abrir chamado na operadora.';
}

function linkStep(layer: Layer | undefined): string {
  switch (layer) {
    case 'lan':
      return 'verificar cabo, placa e porta do switch da máquina do agente.';
    case 'gateway':
      return 'pedir à unidade para verificar energia e cabos do roteador e reiniciá-lo (30 s desligado).';
    case 'dns':
      return 'trocar o DNS do roteador para um público e testar a navegação.';
    case 'captive-portal':
      return 'abrir um navegador na unidade: a operadora pode estar pedindo login ou avisando de bloqueio por fatura.';
    case 'provider':
    case 'internet':
    case undefined:
      return 'pedir à unidade para reiniciar o modem (30 s desligado); se não voltar, abrir chamado na operadora com o circuito acima.';
    default:
      return assertNever(layer);
  }
}
