// The words of a pause of the contract's clock.
import type { Words } from '../../i18n/words.ts';

const pt = {
  act: 'Pausar prazo',
  heading: 'Pausar o prazo do SLA',
  meaning:
    'O prazo do contrato para e ninguém é chamado até o fim da pausa. O incidente continua aberto; se piorar, o prazo volta a correr.',
  reason: 'Motivo',
  reasonHint: 'Entra na linha do tempo e no chamado, com o seu nome.',
  howLong: 'Por quanto tempo',
  for: (duration: string) => `por ${duration}`,
  open: 'até alguém retomar',
  send: 'Pausar agora',
  sending: 'Enviando…',
  cancel: 'Cancelar',
  paused: 'Prazo em pausa.',
  resumed: 'Prazo retomado.',
  problem: 'Escreva o motivo.',
  active: 'Prazo em pausa',
  since: (since: string, by: string) => `desde ${since}, por ${by}`,
  until: (until: string, by: string) => `até ${until}, por ${by}`,
  resume: 'Retomar prazo',
} as const;

type PauseWords = {
  readonly [Key in keyof typeof pt]: (typeof pt)[Key] extends (...args: infer Args) => string
    ? (...args: Args) => string
    : string;
};

const en: PauseWords = {
  act: 'Pause SLA',
  heading: 'Pause the SLA clock',
  meaning:
    "The contract's clock stops and nobody is called until the pause ends. The incident stays open; if it gets worse, the clock runs again.",
  reason: 'Reason',
  reasonHint: 'Goes into the timeline and the ticket, with your name.',
  howLong: 'For how long',
  for: (duration) => `for ${duration}`,
  open: 'until somebody resumes it',
  send: 'Pause now',
  sending: 'Sending…',
  cancel: 'Cancel',
  paused: 'The clock is paused.',
  resumed: 'The clock runs again.',
  problem: 'Write the reason.',
  active: 'Clock paused',
  since: (since, by) => `since ${since}, by ${by}`,
  until: (until, by) => `until ${until}, by ${by}`,
  resume: 'Resume clock',
};

export const pauseWords: Words<PauseWords> = { pt, en };
