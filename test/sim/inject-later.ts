// Makes the kinds of later-kinds.ts happen to the virtual world: copies of disks started and ended, writes torn. What
// people plan is told by injector.ts, which also does the work itself.
import { minute, second } from '../../shared/time.ts';
import { drawEnding } from './endings.ts';
import type { SiteFault } from './faults.ts';
import type { Happened } from './injector.ts';
import type { Kernel } from './kernel.ts';
import type { Machine } from './machine.ts';
import type { SiteNet } from './network.ts';

/** While a copy dials, its site and its first's are computed: it dials again within five minutes. */
const watchEveryMs = minute;

/** Kernel times at which the site must be awake for this fault, beside its beginning and its end. */
export function laterTimes(fault: SiteFault): readonly number[] {
  if (fault.kind === 'agent.cloned') {
    const looks = Math.ceil((fault.until - fault.at) / watchEveryMs);
    return Array.from({ length: looks }, (_, look) => fault.at + look * watchEveryMs);
  }
  if (fault.kind !== 'work.planned') return [];
  const { plan } = fault;
  if (plan.kind === 'silence') return [plan.endsAt];
  return [plan.startsAt, plan.endsAt, ...(plan.returnBy === undefined ? [] : [plan.returnBy])];
}

/** Whether a site's machines have to do with this fault. */
export function touches(fault: SiteFault, site: string): boolean {
  return fault.site === site || (fault.kind === 'agent.cloned' && fault.runsAt === site);
}

/** What was planned is done all the same; everything else is what it says. */
export function deedOf(fault: SiteFault): SiteFault {
  return fault.kind === 'work.planned' ? fault.work : fault;
}

type At = (time: number, run: () => void) => void;

export function cloneAgent(
  fault: Extract<SiteFault, { readonly kind: 'agent.cloned' }>,
  machine: Machine,
  { runsAt, at }: { readonly runsAt: SiteNet; readonly at: At },
): void {
  at(fault.until, machine.clone(runsAt));
}

interface Tearing {
  readonly kernel: Kernel;
  readonly seed: number;
  readonly at: At;
  readonly boot: (machine: Machine) => void;
  readonly record: Happened;
}

/** A write of this kind that does not come within a minute finds nothing to tear: the program is killed anyhow. */
export function tearWrite(
  { kernel, seed, at, boot, record }: Tearing,
  fault: Extract<SiteFault, { readonly kind: 'agent.torn-write' }>,
  machine: Machine,
): void {
  const { bootMs } = fault;
  let dead = false;
  const died = (): void => {
    if (dead) return;
    dead = true;
    const movedMs = kernel.now() - fault.at;
    record.at += movedMs;
    record.restoredAt += movedMs;
    if (bootMs === undefined) return at(fault.until + movedMs, () => machine.startAgent());
    const { id, site, host, until } = fault;
    const off = { ...{ id, site, host, bootMs, until }, at: fault.at, kind: 'host.down' } as const;
    machine.fail({ ...drawEnding(seed, machine.site.spec, off, machine.spec), ...powerEnding });
    at(until + movedMs + bootMs, () => boot(machine));
  };
  if (fault.during === 'append') machine.killAgentWriting('append', died);
  else {
    // A program that has just started has something to tell, and removes it once the server has it.
    machine.killAgent();
    at(fault.at + restartMs, () => {
      machine.startAgent();
      machine.killAgentWriting('trim', died);
    });
  }
  kernel.after(65_000, () => {
    if (dead) return;
    machine.killAgent();
    died();
  });
}

const restartMs = 2 * second;
const powerEnding = { truth: 'power', told: 'power' } as const;
