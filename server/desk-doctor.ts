// The command `desk doctor`: tells whether the configured desk can open tickets and what is missing. For a declarative desk
// it shows the exact requests without sending them and prints the questions for the vendor; other desks are asked only
// with --probe. Must never send anything else, and never show a secret.
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { failure, type Issue } from '../shared/failure.ts';
import { issuesOf } from '../shared/inventory/check.ts';
import type { Result } from '../shared/result.ts';
import { capabilitiesOf } from './adapters/desks/declarative/client.ts';
import { declarativeConfigSchema, mismatches } from './adapters/desks/declarative/config.ts';
import { type DryRun, dryRun } from './adapters/desks/declarative/dry-run.ts';
import { loadProfile, type Profile } from './adapters/desks/declarative/profile.ts';
import { missingForLive } from './adapters/desks/declarative/profile-check.ts';
import { vendorQuestions } from './adapters/desks/declarative/questions.ts';
import type { CommandLine } from './command-line.ts';
import { processEnvironment, readYaml } from './config.ts';
import { type DeskPlan, readDesk, splitUncertain, withoutAlias } from './desk-kinds.ts';
import type { DeskCapabilities, DeskClient } from './ports/desk-client.ts';
import { refused } from './refused.ts';
import { createSystemClock } from './shell/runtime/clock.ts';

type Command = Extract<CommandLine, { readonly kind: 'desk-doctor' }>;

/** Gives the exit code: 0 the desk can open tickets, 1 something is missing or the probe failed, 2 wrong configuration. */
export async function deskDoctor(command: Command): Promise<number> {
  const named = command.config ?? processEnvironment().VIGIA_CONFIG;
  const file = named === undefined || named.trim() === '' ? undefined : resolve(named);
  const document = file === undefined ? undefined : readYaml(file);
  if (document?.ok === false) return refused(document.failure);
  const section = z.looseObject({ desk: z.unknown().optional() }).safeParse(document?.value ?? {});
  const raw = withoutAlias(section.success ? section.data.desk : undefined);
  const folder = file === undefined ? process.cwd() : dirname(file);
  const isHttp = z.looseObject({ kind: z.literal('http') }).safeParse(raw).success;
  const report = isHttp ? declarativeReport(raw, folder) : await otherReport(raw, folder, command.probe);
  if (!report.ok) return refused(report.failure);
  process.stdout.write(`${report.value.lines.join('\n')}\n`);
  if (!isHttp || !command.probe || report.value.code !== 0) return report.value.code;
  const probed = await otherReport(raw, folder, true);
  if (!probed.ok) return refused(probed.failure);
  process.stdout.write(`${probed.value.lines.slice(-1).join('\n')}\n`);
  return probed.value.code;
}

export interface DoctorReport {
  readonly lines: readonly string[];
  readonly code: 0 | 1;
}

/** `raw` is what stands under `desk`. Fails with `config.invalid` when the profile itself has mistakes. */
export function declarativeReport(raw: unknown, folder: string): Result<DoctorReport> {
  // A mistake in it is told by `readDesk` below.
  const settings = declarativeConfigSchema.safeParse(splitUncertain(raw, []).own);
  if (!settings.success) return invalid(issuesOf(settings.error));
  const profile = loadProfile(settings.data.profile, folder);
  if (!profile.ok) return profile;
  const missing = [...missingForLive(profile.value), ...mismatches(settings.data, profile.value)];
  // Files are looked at only in a configuration that is otherwise complete: their names alone prove nothing.
  const unread: Issue[] = [];
  if (missing.length === 0) readDesk(raw, folder, unread);
  const open = [...missing, ...unread];
  const lines = [
    ...headLines(profile.value),
    '',
    ...requestLines(dryRun(profile.value, settings.data.vars)),
    '',
    ...(open.length === 0
      ? ['Pendências: nenhuma. Este perfil pode abrir chamados.']
      : ['Pendências:', ...open.map(({ path, message }) => `  ${path}: ${message}`)]),
    ...(missingForLive(profile.value).length === 0 ? [] : ['', ...questionLines(profile.value)]),
  ];
  return { ok: true, value: { lines, code: open.length === 0 ? 0 : 1 } };
}

/** Desks whose interface this release knows: what they can do, and with `probe` whether they answer. */
async function otherReport(raw: unknown, folder: string, probe: boolean): Promise<Result<DoctorReport>> {
  const issues: Issue[] = [];
  const plan = readDesk(raw, folder, issues);
  if (plan === undefined) return invalid(issues);
  if (plan.kind !== 'outside') return { ok: true, value: { lines: ownDeskLines(plan), code: 0 } };
  const client = plan.openClient({ clock: createSystemClock() });
  const lines = [`Central de chamados: ${client.name}`, ...capabilityLines(client.capabilities)];
  const probed = probe ? await probeLine(client) : undefined;
  await client.close();
  const value = {
    lines: [...lines, probed?.line ?? 'Nada foi enviado; com --probe a central e a credencial são testadas.'],
    code: probed?.ok === false ? (1 as const) : (0 as const),
  };
  return { ok: true, value };
}

async function probeLine(client: DeskClient): Promise<{ readonly ok: boolean; readonly line: string }> {
  const answer = await client.probe();
  if (answer.ok) return { ok: true, line: 'Teste: a central respondeu e aceitou a credencial.' };
  return { ok: false, line: `Teste: ${answer.failure.code}: ${answer.failure.message}` };
}

function ownDeskLines(plan: Exclude<DeskPlan, { kind: 'outside' }>): readonly string[] {
  if (plan.kind === 'local') return ['Central de chamados: a própria do Vigia. Nada a configurar.'];
  return [
    `Central de chamados: fila manual (${plan.config.name}).`,
    'Cada chamado espera na fila até que uma pessoa o registre e digite o protocolo. Relógio e alarmes seguem.',
  ];
}

function headLines(profile: Profile): readonly string[] {
  const status = profile.status === 'confirmed' ? 'confirmado' : 'NÃO confirmado com o fornecedor';
  return [
    `Central de chamados: ${profile.name} (perfil ${profile.id}, ${status})`,
    ...capabilityLines(capabilitiesOf(profile)),
  ];
}

function capabilityLines(given: DeskCapabilities): readonly string[] {
  const { externalId, search, rate } = given;
  const places = {
    field: 'em campo próprio',
    marker: 'no assunto, como [VIGIA-...]',
    none: 'em lugar nenhum',
  };
  const searches = {
    immediate: 'sim, na hora',
    lagging: `sim, com atraso de ${search.kind === 'lagging' ? search.lagMs / 1_000 : 0} s`,
    none: 'não: uma abertura sem resposta fica retida até uma pessoa conferir',
  };
  const yes = (value: boolean): string => (value ? 'sim' : 'não');
  return [
    `  identificador do Vigia: ${places[externalId]}`,
    `  pesquisa: ${searches[search.kind]}`,
    `  ler de volta: ${yes(given.read)}, com notas: ${yes(given.readsNotes)}`,
    `  anotar: ${yes(given.notes)}, concluir: ${yes(given.close)}, reabrir: ${yes(given.reopen)}, mudar prioridade: ${yes(given.raise)}`,
    `  limite: ${rate === undefined ? 'não conhecido' : `${rate.requests} requisições a cada ${rate.perMs / 1_000} s`}`,
  ];
}

function requestLines(runs: DryRun): readonly string[] {
  const lines = ['Requisições como seriam enviadas (nada foi enviado; segredos cobertos):'];
  for (const { name, request } of runs) {
    lines.push('', `[${name}]`);
    if (request === undefined) {
      lines.push('  ausente');
      continue;
    }
    if (!request.ok) {
      lines.push(`  não pode ser montada: ${request.failure.message}`);
      continue;
    }
    const { method, url, headers, body, replaced } = request.value;
    lines.push(`  ${method} ${url}`);
    for (const [header, value] of Object.entries(headers)) lines.push(`  ${header}: ${value}`);
    if (body !== undefined) lines.push('', ...body.split(/\r?\n/).map((line) => `  ${line}`));
    if (replaced.length > 0) lines.push(`  (caracteres substituídos: ${replaced.join(' ')})`);
  }
  return lines;
}

function questionLines({ name }: Profile): readonly string[] {
  return [
    `Perguntas ao fornecedor (${name}):`,
    ...vendorQuestions.map((question, index) => `  ${index + 1}. ${question}`),
  ];
}

function invalid(issues: readonly Issue[]): Result<never> {
  const message = `a seção desk tem ${issues.length} erro(s)`;
  return { ok: false, failure: failure('config.invalid', message, { issues }) };
}
