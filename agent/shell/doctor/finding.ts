// One answer of `vigia-agent doctor`: which check, how bad, what was found and what to do. What every check gives and what
// every check is given. Types and small makers only.
import type { Icmp } from '../../../shared/icmp/icmp.ts';
import type { Result } from '../../../shared/result.ts';
import type { Clock } from '../../core/input.ts';
import type { Status } from '../../core/status.ts';
import type { DoctorWords, Said } from '../../core/text/doctor-pt.ts';
import type { Words } from '../../core/text/pt.ts';
import type { PageProbe, Probe } from '../../probes/probe.ts';
import type { Identity } from '../identity.ts';
import type { Access, Reach } from '../reach.ts';
import type { SystemLookup } from '../resolve.ts';
import type { StatusTrouble } from '../status-schema.ts';

export type CheckName = keyof DoctorWords['checks'];
export type Level = 'ok' | 'warning' | 'error';

export interface Finding {
  readonly check: CheckName;
  readonly level: Level;
  /** Which link or server it speaks of, where there are several. */
  readonly of?: string;
  readonly text: string;
  readonly advice?: string;
  /** As the program tells it, in English; for whoever looks closer. */
  readonly detail?: string;
  /** The same in the patient's second speech, where it has one. */
  readonly second?: Said;
}

/** One language. */
export interface Speech {
  readonly words: Words;
  readonly doctor: DoctorWords;
}

/** The machine as doctor sees it. All of it only reads. */
export interface Tools {
  readonly clock: () => Clock;
  readonly userName: () => string;
  readonly platform: NodeJS.Platform;
  readonly openIcmp: () => Result<Icmp>;
  readonly pingProgram: Probe;
  readonly tcp: Probe;
  readonly dns: Probe;
  readonly page: PageProbe;
  readonly gateway: (link: {
    readonly source?: string;
    readonly interface?: string;
  }) => Promise<string | undefined>;
  readonly hasAddress: (address: string) => boolean;
  /** By this resolver, else by the system's. */
  readonly reach: (access: Access, ask?: SystemLookup) => Reach;
  readonly lookup: SystemLookup;
  readonly machineIds: (agent: string) => Promise<readonly string[]>;
  readonly processLives: (pid: number) => boolean;
  /** Files whose presence means that the agent is a service here. */
  readonly serviceFiles: readonly string[];
  readonly containerMarks: readonly string[];
}

/** What every check may use. */
export interface Place extends Speech {
  readonly stateDirectory: string;
  /** The other language in which findings are told. */
  readonly second?: Speech;
  /** undefined = not to be had; the check of that name says why. */
  readonly identity: Identity | undefined;
  readonly tools: Tools;
}

/** What the command sees besides: what the running agent wrote of itself. */
export interface Patient extends Place {
  readonly status: Result<Status, StatusTrouble>;
}

/** Told in each of the place's languages from one measurement. */
export function found(
  { words, doctor, second }: Place,
  what: Pick<Finding, 'check' | 'level' | 'of' | 'detail'>,
  say: (speech: Speech) => Said,
): Finding {
  const told = { ...what, ...say({ words, doctor }) };
  return second === undefined ? told : { ...told, second: say(second) };
}

export type Check = (patient: Patient) => Promise<readonly Finding[]>;

export function finding(
  check: CheckName,
  level: Level,
  said: Said,
  more: Pick<Finding, 'of' | 'detail'> = {},
): Finding {
  return { check, level, ...said, ...more };
}
