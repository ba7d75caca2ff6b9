// Every limit of the program, with its unit in the name and its reason beside it. Where one bites, a counter says so.
import { day, minute, second } from './time.ts';

export const limits = {
  /** Wire: a message's bytes. A day of one site's changes fits many times; a hostile peer's memory is bounded. */
  messageBytesMax: 256 * 1024,
  /** Wire: fragments of one message (ws default is 16,384: tiny fragments are a memory attack). */
  messageFragmentsMax: 64,
  /** Wire: bytes waiting in one socket before the peer is ended as too slow. */
  socketBufferedBytesMax: 1024 * 1024,
  /** Wire: state changes in one message; keeps a batch's commit short. */
  changesPerMessageMax: 200,
  /** Wire: rollups in one message. */
  rollupsPerMessageMax: 300,
  /** Gateway: sockets whose upgrade has not finished. */
  upgradeMs: 10 * second,
  /** Gateway: agents' sockets from one address (a customer behind one NAT has tens of agents, not thousands). */
  sessionsPerAddressMax: 500,
  /** Gateway: enrolments and nonce requests from one address in a minute. */
  enrolmentsPerAddressPerMinuteMax: 30,
  /** Gateway: life of an upgrade nonce. */
  nonceMs: 30 * second,
  /** Gateway: nonces remembered as used (each lives `nonceMs`). */
  noncesUsedMax: 50_000,
  /** Server inbox: inputs waiting for the correlator; past it sockets are paused by not receipting. */
  inboxInputsMax: 20_000,
  /** Correlator: inputs in one commit. */
  batchInputsMax: 256,
  /** Correlator: inputs between snapshots. */
  snapshotEveryInputs: 5_000,
  /** Outbox: rows performed at once. */
  outboxConcurrencyMax: 8,
  /** Desk: one call. */
  deskCallMs: 10 * second,
  /** Console: live viewers. */
  viewersMax: 200,
  /** API: a request body (an inventory of 10,000 sites is about 6 MB). */
  bodyBytesMax: 16 * 1024 * 1024,
  /** Inventory: sizes that keep one document importable in one commit. */
  customersMax: 20_000,
  sitesPerCustomerMax: 500,
  linksPerSiteMax: 16,
  hostsPerSiteMax: 500,
  anchorsMax: 16,
  /** Agent spool: bytes on disk, and age of rollups. State changes go last. */
  spoolBytesMax: 64 * 1024 * 1024,
  spoolAgeMsMax: 7 * day,
  /** Agent: how often the liveness stamp is written and fsynced. */
  stampEveryMs: 10 * second,
  /** Incident: entries of its timeline and notes. Past it the oldest but the first are folded into a count. */
  timelineEntriesMax: 200,
  noteCharsMax: 4_000,
  /** Agents' clocks: an instant further ahead of the server than this is pulled back to receivedAt. */
  futureInstantMs: 2 * second,
  /** Epochs remembered per agent for deduplication. */
  epochsPerAgentMax: 4,
  /** One-time sign-in link. */
  signInLinkMs: 15 * minute,
  /** Console session. */
  consoleSessionMs: 12 * 60 * minute,
} as const;
