// The words about whom to call, Portuguese first; `en` has the same keys. Apart from the page's other words because the
// incident's panel on the wall shows them as well.
import type { Words } from '../../i18n/words.ts';

interface ContactWords {
  readonly heading: string;
  readonly support: string;
  readonly noPhone: string;
  readonly circuit: string;
  readonly noCircuit: string;
  readonly copy: (circuit: string) => string;
  readonly copyAll: (count: string) => string;
  readonly copied: string;
  readonly failed: string;
  readonly more: (count: string) => string;
  readonly moreOnPage: (count: string) => string;
  readonly unlisted: (count: string) => string;
}

const pt: ContactWords = {
  heading: 'Operadora e circuitos',
  support: 'suporte',
  noPhone: 'telefone do suporte não cadastrado',
  circuit: 'circuito',
  noCircuit: 'circuito não cadastrado',
  copy: (circuit) => `Copiar circuito ${circuit}`,
  copyAll: (count) => `Copiar os ${count} circuitos`,
  copied: 'Copiado.',
  failed: 'O navegador não deixou copiar: selecione o texto.',
  more: (count) => `Mostrar mais ${count}`,
  moreOnPage: (count) => `Mais ${count} na página do incidente.`,
  unlisted: (count) => `Há mais ${count} além destes.`,
};

const en: ContactWords = {
  heading: 'Provider and circuits',
  support: 'support',
  noPhone: "support's telephone is not in the inventory",
  circuit: 'circuit',
  noCircuit: 'circuit is not in the inventory',
  copy: (circuit) => `Copy circuit ${circuit}`,
  copyAll: (count) => `Copy the ${count} circuits`,
  copied: 'Copied.',
  failed: 'The browser did not allow copying: select the text.',
  more: (count) => `Show ${count} more`,
  moreOnPage: (count) => `${count} more on the page of the incident.`,
  unlisted: (count) => `There are ${count} more than these.`,
};

export const contactWords: Words<ContactWords> = { pt, en };
