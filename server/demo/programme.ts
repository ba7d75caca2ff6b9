// What the terminal says while the demonstration runs, in the NOC's Portuguese: where the wall is, the timetable, and each
// scene as it begins. Pure text.
import { type Scene, scenes } from './scenes.ts';

export interface Welcome {
  readonly url: string;
  readonly signInLink: string;
  readonly customers: number;
  readonly speed: number;
}

export function welcomeText({ url, signInLink, customers, speed }: Welcome): string {
  const pace = speed === 1 ? '' : ` A história corre ${String(speed).replace('.', ',')} vezes mais rápido.`;
  return `
  Vigia, demonstração: ${customers} clientes inventados, agentes de mentira na conexão de verdade.
  Nada do seu computador é lido nem alterado; os dados somem no fim.${pace}

  Painel:  ${url}
  Entrar:  ${signInLink}
           (o link vale uma vez, por 15 minutos)
  Parar:   Ctrl+C

`;
}

/** When what happens and what to look at, on lines of at most 100 characters. */
export function timetableText(speed: number): string {
  const rows = scenes.map(({ at, what, look }) => {
    const first = `  ${clockText(at / speed)}  ${what}`;
    return [...folded(first, 8), ...folded(`        → ${look}`, 10)].join('\n');
  });
  return `  O que acontece, e o que olhar:\n\n${rows.join('\n')}\n\n`;
}

export function sceneText(scene: Scene, seconds: number): string {
  return folded(`  ${clockText(seconds)}  AGORA: ${scene.what}`, 8).join('\n');
}

export const calmText =
  '\n  Fim do primeiro ato. Tudo volta ao normal; daqui em diante, uma cena de cada vez, com calma.\n\n';

const lineMax = 100;

/** `0:35`. Seconds as they pass for whoever looks. */
function clockText(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function folded(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\S) /)) {
    if (line !== '' && line.length + 1 + word.length > lineMax) {
      lines.push(line);
      line = `${' '.repeat(indent)}${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
