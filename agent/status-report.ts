// Puts together what the running agent tells of itself for `vigia-agent status`: its parts asked at each writing. Stands
// beside app.ts. It decides nothing and holds nothing back but secrets, which none of these parts would tell.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentCore } from './core/agent.ts';
import type { Clock } from './core/input.ts';
import type { SpoolStatus, StatusNow } from './core/status.ts';
import type { PingMethods } from './probes/ping-method.ts';
import type { Enrolment } from './shell/identity.ts';
import type { Log } from './shell/log.ts';
import type { Spool } from './shell/spool.ts';
import { spoolFile } from './shell/spool-file.ts';
import { createStatusWriter, type StatusWriter, statusFile } from './shell/status-file.ts';
import { agentVersion } from './version.ts';

export interface StatusReportParts {
  readonly stateDirectory: string;
  readonly enrolment: Enrolment;
  readonly machine: string | undefined;
  readonly core: Pick<AgentCore, 'view'>;
  readonly pings: Pick<PingMethods, 'method' | 'reason'>;
  readonly spool: Pick<Spool, 'health'>;
  readonly clock: () => Clock;
  readonly log: Log;
}

export function createStatusReport(parts: StatusReportParts): StatusWriter {
  const { stateDirectory, enrolment, machine, clock, log } = parts;
  const { agent, customer, site, host, servers, proxy } = enrolment;
  return createStatusWriter({
    path: join(stateDirectory, statusFile),
    run: {
      version: agentVersion,
      pid: process.pid,
      started: clock(),
      agent,
      customer,
      site,
      host,
      servers,
      proxy: proxy?.address,
      machine,
    },
    now: () => present(parts),
    clock,
    log,
  });
}

async function present(parts: StatusReportParts): Promise<StatusNow | undefined> {
  const { core, pings, clock } = parts;
  const view = core.view(clock());
  if (view === undefined) return undefined;
  return {
    view,
    ping: { method: pings.method(), reason: pings.reason() },
    spool: await spoolStatus(parts),
    residentBytes: process.memoryUsage.rss(),
  };
}

async function spoolStatus({ spool, stateDirectory }: StatusReportParts): Promise<SpoolStatus> {
  const { reason: _reason, ...health } = spool.health();
  const path = join(stateDirectory, spoolFile);
  const sizes = await Promise.all([path, `${path}-wal`].map(sizeOf));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { ...health, bytes };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
