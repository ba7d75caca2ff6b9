// The words of sound and desktop notices. Portuguese first; English has the same keys.
import type { Words } from '../i18n/words.ts';

const pt = {
  heading: 'Avisos de novos críticos',
  off: 'Avisos desligados',
  on: 'Avisos ligados',
  blocked: 'Som bloqueado',
  mutedUntil: (clock: string) => `Mudo até ${clock}`,
  sound: 'Som',
  soundHow: 'Um toque a cada novo crítico, no máximo um a cada 10 s.',
  soundBlocked: 'O navegador segura o som até alguém clicar nesta página.',
  desktop: 'Notificação na área de trabalho',
  desktopHow: 'Aparece mesmo com o mural em outra aba.',
  desktopDenied: 'O navegador recusou a permissão. Libere nas configurações do site.',
  desktopUnsupported: 'Este navegador só mostra notificações em endereço seguro (https).',
  test: 'Testar',
  mute: 'Silenciar neste navegador',
  muteFor: { quarter: '15 min', hour: '1 hora', morning: 'até as 8 h' },
  muted: (clock: string) => `Mudo até ${clock}. Volta a tocar por si só.`,
  unmute: 'Voltar a avisar agora',
  one: (where: string) => `Novo crítico: ${where}`,
  many: (count: number) => `${count} novos críticos`,
  andMore: (count: number) => `e mais ${count}`,
  testTitle: 'Teste de aviso do Vigia',
  testBody: 'É assim que um novo crítico aparece aqui.',
};

const en: typeof pt = {
  heading: 'Alerts of new criticals',
  off: 'Alerts off',
  on: 'Alerts on',
  blocked: 'Sound blocked',
  mutedUntil: (clock) => `Muted until ${clock}`,
  sound: 'Sound',
  soundHow: 'A tone for each new critical, at most one every 10 s.',
  soundBlocked: 'The browser holds the sound back until somebody clicks on this page.',
  desktop: 'Desktop notification',
  desktopHow: 'Shown even while the wall is in another tab.',
  desktopDenied: 'The browser refused the permission. Allow it in the site’s settings.',
  desktopUnsupported: 'This browser shows notifications at a secure address (https) only.',
  test: 'Test',
  mute: 'Mute in this browser',
  muteFor: { quarter: '15 min', hour: '1 hour', morning: 'until 8:00' },
  muted: (clock) => `Muted until ${clock}. It comes back by itself.`,
  unmute: 'Alert again now',
  one: (where) => `New critical: ${where}`,
  many: (count) => `${count} new criticals`,
  andMore: (count) => `and ${count} more`,
  testTitle: 'Test alert of Vigia',
  testBody: 'This is how a new critical is shown here.',
};

export const alertWords: Words<typeof pt> = { pt, en };
export type AlertWords = typeof pt;
