// What the command line of `npm run demo` asks for: parsed once, all mistakes told together. Reads nothing else; the
// demonstration takes no folder, because it must never touch the data of a real installation.
import { parseArgs } from 'node:util';
import { failure, type Issue } from '../../shared/failure.ts';
import { fail, ok, type Result } from '../../shared/result.ts';

export interface DemoOptions {
  /** How many times faster than life; every waiting time of the server is shortened alike. 1 to 5. */
  readonly speed: number;
  /** The first port to try. 0 asks the system for a free one. */
  readonly port: number;
  /** Show the wall in this machine's browser. */
  readonly open: boolean;
}

export const demoUsage = `npm run demo -- [--speed N] [--port N] [--no-open]

  --speed N   N vezes mais rápido que a vida real, de 1 a 5 (padrão 1)
  --port N    primeira porta a tentar (padrão 8080; ocupada, tenta as seguintes)
  --no-open   não abre o navegador; só mostra o link`;

/** Faster, a busy machine's own pauses would look like agents that fell silent. */
const speedMax = 5;
const portMax = 65_535;
const given = {
  speed: { type: 'string' },
  port: { type: 'string' },
  'no-open': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** 'help' when only the usage is wanted. Fails with `config.invalid` and every mistake. `argv` is without node and script. */
export function parseDemoOptions(argv: readonly string[]): Result<DemoOptions | 'help'> {
  const { values, tokens } = parseArgs({
    args: [...argv],
    options: given,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  if (values.help === true) return ok('help');
  const issues = tokens.flatMap((token): Issue[] => {
    if (token.kind === 'positional') return [{ path: token.value, message: 'uma palavra a mais' }];
    if (token.kind !== 'option') return [];
    if (!(token.name in given)) return [{ path: token.rawName, message: 'opção desconhecida' }];
    const takesValue = token.name === 'speed' || token.name === 'port';
    if (!takesValue && token.value !== undefined) return [{ path: token.rawName, message: 'não leva valor' }];
    return [];
  });
  const speed = numberOf(values.speed, 1);
  if (speed === undefined || speed < 1 || speed > speedMax)
    issues.push({ path: '--speed', message: `esperado: um número de 1 a ${speedMax}` });
  const port = numberOf(values.port, 8080);
  if (port === undefined || !Number.isInteger(port) || port < 0 || port > portMax)
    issues.push({ path: '--port', message: `esperado: um número inteiro de 0 a ${portMax}` });
  if (speed === undefined || port === undefined || issues.length > 0)
    return fail(failure('config.invalid', `a linha de comando tem ${issues.length} erro(s)`, { issues }));
  return ok({ speed, port, open: values['no-open'] !== true });
}

/** undefined: no number was given where one is wanted. */
function numberOf(text: string | boolean | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  if (typeof text !== 'string' || !/^[0-9]+(\.[0-9]+)?$/.test(text)) return undefined;
  return Number(text);
}
