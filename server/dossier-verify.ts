// The command `dossier verify FILE`: says whether a dossier is exactly as the server signed it. Needs nothing but the file:
// no server, no configuration, no network. Reads only.
import { readFileSync, statSync } from 'node:fs';
import type { DossierHeader } from '../shared/api/dossier.ts';
import { assertNever } from '../shared/assert.ts';
import { limits } from '../shared/limits.ts';
import type { CommandLine } from './command-line.ts';
import { momentText } from './core/report/figures.ts';
import { sentenceOfDuration } from './core/view/duration.ts';
import { checkDossier, type DossierCheck, type DossierRefusal } from './shell/report/dossier-seal.ts';

export interface DossierVerdict {
  /** 0 sound, 1 refused or unreadable. */
  readonly exitCode: 0 | 1;
  readonly text: string;
}

/** Portuguese first, English below. */
export function verifyDossier({
  file,
  fingerprint,
}: Pick<Extract<CommandLine, { readonly kind: 'dossier-verify' }>, 'file' | 'fingerprint'>): DossierVerdict {
  const bytes = readBytes(file);
  if (typeof bytes === 'string') {
    return {
      exitCode: 1,
      text: `Não foi possível ler o arquivo "${file}": ${bytes}\nThe file cannot be read.`,
    };
  }
  const check = checkDossier(bytes, fingerprint);
  return check.kind === 'sound'
    ? { exitCode: 0, text: soundText(check, fingerprint !== undefined) }
    : { exitCode: 1, text: refusedText(check) };
}

function readBytes(file: string): Buffer | string {
  try {
    if (statSync(file).size > limits.dossierBytesMax) return `mais de ${limits.dossierBytesMax} bytes`;
    return readFileSync(file);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function soundText(
  { dossier, fingerprint }: Extract<DossierCheck, { readonly kind: 'sound' }>,
  keyWasGiven: boolean,
): string {
  const { header, entries } = dossier;
  const zone = header.site.timeZone;
  const advice = keyWasGiven
    ? 'A chave é a esperada.'
    : 'Compare a impressão digital com a publicada pelo prestador (--fingerprint): a assinatura prova que nada mudou, não de quem é a chave.';
  return [
    'DOSSIÊ ÍNTEGRO: nenhum byte foi alterado desde a assinatura.',
    `  Ocorrência: ${header.incident.title}`,
    ...linkLine(header),
    `  Incidente: ${header.incident.id}; primeira evidência em ${momentText(header.incident.detectedAt, zone)} (${zone})`,
    `  Fora do ar: ${sentenceOfDuration(header.downMs)}; evidências: ${entries.length}${header.evidence.complete ? '' : ' (incompletas: havia registros demais)'}`,
    `  Emitido em: ${momentText(header.generatedAt, zone)}`,
    `  Chave: ${fingerprint}`,
    `  ${advice}`,
    'SOUND: not one byte has changed since it was signed.',
  ].join('\n');
}

/** Whose circuit the claim is about; of a whole site's dossier nothing. */
function linkLine({ link, provider }: DossierHeader): readonly string[] {
  if (link === null) return [];
  const circuit = link.circuit === null ? [] : [`circuito ${link.circuit}`];
  return [`  Link: ${[link.name, ...circuit, ...(provider === null ? [] : [provider.name])].join(', ')}`];
}

function refusedText({ because, entry }: Extract<DossierCheck, { readonly kind: 'refused' }>): string {
  const where = entry === undefined ? '' : ` (nº ${entry})`;
  const head =
    because === 'other-key'
      ? 'DOSSIÊ RECUSADO: foi assinado com outra chave.'
      : 'DOSSIÊ RECUSADO: o arquivo não é o que foi assinado.';
  return `${head}\n  ${reasonOf(because)}${where}\nREFUSED: ${because}${entry === undefined ? '' : ` ${entry}`}`;
}

function reasonOf(because: DossierRefusal): string {
  switch (because) {
    case 'too-large':
      return `O arquivo é maior que ${limits.dossierBytesMax} bytes.`;
    case 'not-json':
      return 'O arquivo não é um texto JSON em UTF-8.';
    case 'not-a-dossier':
      return 'O conteúdo não tem a forma de um dossiê do Vigia.';
    case 'not-canonical':
      return 'O texto foi alterado ou gravado de novo por outro programa: os bytes não são os originais.';
    case 'header':
      return 'O cabeçalho (ocorrência, datas, períodos ou chave) foi alterado.';
    case 'entry':
      return 'Uma evidência foi alterada, retirada, incluída ou trocada de lugar';
    case 'final':
      return 'Faltam evidências no fim, ou o resumo final foi alterado.';
    case 'signature':
      return 'A assinatura não confere com a chave do dossiê.';
    case 'other-key':
      return 'A impressão digital da chave não é a esperada; o conteúdo em si está íntegro.';
    default:
      return assertNever(because);
  }
}
