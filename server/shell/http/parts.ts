// What the HTTP side of the server is made of; `app.ts` hands it in. Interfaces only, so that a test can bring fakes.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AgentId, EffectKey } from '../../../shared/ids.ts';
import type { Result } from '../../../shared/result.ts';
import type { Instant } from '../../../shared/time.ts';
import type { Findings, HostFacts } from '../../../shared/wire/messages.ts';
import type { ProbeMethod } from '../../../shared/words.ts';
import type { Seen } from '../../core/view/seen.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Correlator } from '../../ports/correlator.ts';
import type { IdentityProvider } from '../../ports/identity-provider.ts';
import type { Journal } from '../../ports/journal.ts';
import type { ManualQueue } from '../../ports/manual-queue.ts';
import type { PeopleStore } from '../../ports/people.ts';
import type { Registry } from '../../ports/registry.ts';
import type { Series } from '../../ports/series.ts';
import type { ConsoleSessions } from '../gateway/console-session.ts';
import type { NoticeBoard } from '../notices/board.ts';
import type { DossierKey } from '../report/dossier-key.ts';
import type { DeskWatch } from '../runtime/desk-watch.ts';
import type { PlannedBook } from '../runtime/planned-book.ts';
import type { Accounts } from './access/accounts.ts';
import type { ApiTokens } from './access/api-tokens.ts';
import type { AuditLog } from './access/audit-log.ts';
import type { FailedSignIns } from './access/failed-sign-ins.ts';
import type { Guard } from './access/guard.ts';
import type { Passwords } from './access/passwords.ts';
import type { SignIn } from './access/sign-in.ts';
import type { Metrics } from './metrics.ts';
import type { ReadingParts } from './reading.ts';
import type { DeskEventParts } from './routes/desk-events.ts';

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the gateway knows of an agent's present session. */
export interface LiveAgent {
  readonly connected: boolean;
  readonly lastHeardAt?: Instant;
  /** Server minus agent clock. */
  readonly clockOffsetMs?: number;
  readonly spoolDepth?: number;
  /** How it pings, and why so when that is not the best way. */
  readonly ping?: { readonly method: ProbeMethod; readonly reason?: string };
  readonly facts?: Pick<HostFacts, 'osName' | 'osVersion' | 'arch'>;
  /** What it found when it examined itself. */
  readonly findings?: Omit<Findings, 'kind'>;
}

export interface LiveAgents {
  live(agent: AgentId): LiveAgent | undefined;
  /** Ends the agent's socket at once, as revoked. */
  cut(agent: AgentId): void;
}

/** One thing that must hold before this server may be sent work. */
export interface ReadyCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly reason?: string;
}

export interface HttpSettings {
  /** How people and agents reach this server, without a slash at the end; absent = as the request came. */
  readonly publicUrl?: string;
  /** Addresses or networks whose X-Forwarded-* headers are believed. */
  readonly trustedProxy: readonly string[];
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Where the built console lies. */
  readonly consoleDirectory: string;
  /** Where the agents' archives lie (`npm run pack:agent`). */
  readonly agentPackages: string;
  /** The folder `install-scripts`. */
  readonly installScripts: string;
  readonly release: string;
}

export interface HttpParts extends ReadingParts {
  readonly settings: HttpSettings;
  readonly adminToken: string;
  readonly clock: Clock;
  /** As `Retention.agedAt`. */
  readonly agedAt: () => Instant | undefined;
  readonly correlator: Correlator;
  readonly journal: Pick<Journal, 'incident' | 'incidents' | 'incidentByProtocol' | 'evidence'>;
  readonly desk: DeskWatch;
  readonly registry: Registry;
  readonly series: Pick<Series, 'read' | 'presence'>;
  readonly planned: PlannedBook;
  /** With what dossiers are signed; made when first asked for. Absent: none are given. */
  readonly dossierKey?: () => Result<DossierKey>;
  /** Absent: the desk tells nothing by itself. */
  readonly deskEvents?: DeskEventParts['deskEvents'];
  /** Absent where nothing can wait for a person (the built-in desk). */
  readonly manual?: {
    readonly queue: ManualQueue;
    /** Tries the effect now instead of when its wait is over. */
    readonly nudge: (key: EffectKey) => unknown;
  };
  /** By which ways the NOC is told; absent: none. */
  readonly channels?: NoticeBoard;
  readonly agents: LiveAgents;
  readonly consoles: ConsoleSessions;
  readonly signIn: SignIn;
  /** By whom else people may sign in; absent: by nobody. */
  readonly identityProvider?: IdentityProvider | undefined;
  readonly people: PeopleStore;
  readonly passwords: Passwords;
  readonly metrics: Metrics;
  readonly log: FastifyBaseLogger;
  readonly ready: () => readonly ReadyCheck[];
  /** The agents' door before the API: true when it has taken the request (its paths are `agentPaths`). */
  readonly agentDoor?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** A failed assertion: the process must stop. */
  readonly onBug: (error: unknown) => void;
}

/** What every route file gets. */
export interface RouteParts extends HttpParts {
  readonly guard: Guard;
  readonly failures: FailedSignIns;
  readonly accounts: Accounts;
  readonly tokens: ApiTokens;
  readonly audit: AuditLog;
  /**
   * These parts as the caller of this request may see them. Every route that is not about the whole server reads through
   * here: what is another customer's is then the same as what does not exist.
   */
  readonly seenBy: (request: FastifyRequest) => RouteParts;
  /** Set in what `seenBy` gives to somebody who may see some customers only. */
  readonly seen?: Seen;
}
