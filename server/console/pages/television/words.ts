// The words of the television. Portuguese first; English has the same keys. Short: they are read from across a room.
import type { Words } from '../../i18n/words.ts';

const pt = {
  name: 'Televisão',
  leave: 'Sair do modo TV',
  problems: 'Problemas',
  range: (first: number, last: number, all: number) =>
    all === 1
      ? '1 problema'
      : first === 1 && last === all
        ? `${all} problemas`
        : `${first}–${last} de ${all}`,
  page: (page: number, pages: number) => `página ${page} de ${pages}`,
  more: (count: number) => (count === 1 ? '+1 ligado a este' : `+${count} ligados a este`),
  resolved: (count: number) => (count === 1 ? '1 resolvido há pouco' : `${count} resolvidos há pouco`),
  watched: (sites: string, links: string) => `unidades: ${sites} · links: ${links}`,
  since: (clock: string, age: string) => `desde ${clock} · há ${age}`,
  nobody: 'ninguém assumiu',
  old: {
    connecting: 'Aguardando o servidor',
    silent: 'DADOS PARADOS: o servidor não dá sinal',
    reconnecting: 'DADOS PARADOS: reconectando',
    unreadable: 'DADOS PARADOS: versão diferente, recarregando',
    'signed-out': 'SESSÃO ENCERRADA: entre de novo neste navegador',
  },
  oldSince: (clock: string, age: string) => `última notícia às ${clock}, há ${age}`,
  blind: (age: string) => `O Vigia está sem visão há ${age}`,
  deskDown: (desk: string, age: string) => `A central ${desk} não responde há ${age}`,
  deskLate: (desk: string, age: string) => `Chamado crítico sem registro na central ${desk} há ${age}`,
  held: (count: number) =>
    count === 1 ? '1 envio espera por uma pessoa' : `${count} envios esperam por uma pessoa`,
};

const en: typeof pt = {
  name: 'Television',
  leave: 'Leave TV mode',
  problems: 'Problems',
  range: (first, last, all) =>
    all === 1 ? '1 problem' : first === 1 && last === all ? `${all} problems` : `${first}–${last} of ${all}`,
  page: (page, pages) => `page ${page} of ${pages}`,
  more: (count) => `+${count} because of this`,
  resolved: (count) => `${count} resolved lately`,
  watched: (sites, links) => `sites: ${sites} · links: ${links}`,
  since: (clock, age) => `since ${clock} · ${age} ago`,
  nobody: 'nobody has it',
  old: {
    connecting: 'Waiting for the server',
    silent: 'OLD DATA: the server gives no sign',
    reconnecting: 'OLD DATA: reconnecting',
    unreadable: 'OLD DATA: different release, reloading',
    'signed-out': 'SIGNED OUT: sign in again in this browser',
  },
  oldSince: (clock, age) => `last heard at ${clock}, ${age} ago`,
  blind: (age) => `Vigia has been blind for ${age}`,
  deskDown: (desk, age) => `The desk ${desk} has not answered for ${age}`,
  deskLate: (desk, age) => `Critical ticket not registered at the desk ${desk} for ${age}`,
  held: (count) => (count === 1 ? '1 delivery waits for a person' : `${count} deliveries wait for a person`),
};

export const televisionWords: Words<typeof pt> = { pt, en };
