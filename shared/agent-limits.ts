// The agent's limits, each with its unit in the name and its reason beside it. Part of `limits`, which is what everybody
// reads. Where one bites, a counter says so.
import { day, hour, minute, second } from './time.ts';

export const agentLimits = {
  /** Agent: a good link's path is learned within this after it came up, and then about this often (routes change). */
  pathLearnSoonMs: 30 * second,
  pathLearnEveryMs: 10 * minute,
  /** Agent: distance between questions for the path of a link that comes into doubt again and again. */
  pathDoubtEveryMs: 10 * second,
  /** Agent: payload of a large ping: with its headers just under what the usual paths carry (1,492 by PPPoE). */
  largePingBytes: 1_400,
  /** Agent: after an anchor answered, the nearer router that shows its way is waited for this long. */
  wayGraceMs: 250,
  /** Agent: slots of a link's quality window; longer windows have longer slots, so its memory is bounded. */
  qualitySlotsMax: 240,
  /** Agent: rounds that wait for a proof by which link they left. Bursts of 1 s outlive no session by more. */
  roundsHeldMax: 16,
  /** Agent: routers seen behind more than one link, remembered as showing nothing. */
  ambiguousHopsMax: 16,
  /** Agent: after no step showed by which link probes leave, they are asked again after this. */
  wayRestMs: 10 * minute,
  /** Agent: addresses of its server. */
  serverAddressesMax: 4,
  /** Agent: network addresses tried for one address of the server; a lying DNS may answer with thousands. */
  reachAddressesMax: 6,
  /** Agent: the next address is tried beside one that has no connection after this (RFC 8305 has 250 ms) ... */
  reachConnectPatienceMs: 300,
  /** Agent: a resolver that has not answered in this time is taken for dead where an address is remembered. */
  resolvePatienceMs: 1_500,
  /** Agent: hosts whose last good address is remembered: servers and proxies, each by two families. */
  reachHostsMax: 16,
  /** Agent: bytes of the file of remembered addresses. */
  reachMemoryBytesMax: 16 * 1024,
  /** Agent: how often the file of remembered addresses is written although nothing in it moved. */
  reachMemoryEveryMs: day,
  /** Agent: reasons why there is no session that are remembered, so that each is told once. */
  troublesToldMax: 64,
  /** Agent: header of a proxy's answer to CONNECT. */
  proxyHeaderBytesMax: 8 * 1024,
  /** Agent: characters of `user:password` for a proxy; patterns of servers that are reached without it. */
  proxyCredentialsCharsMax: 512,
  proxyExceptionsMax: 64,
  /** Agent: a customer's CA file: bytes, and certificates in it. */
  caFileBytesMax: 64 * 1024,
  caCertificatesMax: 16,
  /** Agent: a proxy's date this far from the machine's clock makes the clock doubtful. */
  clockDoubtMs: 60 * minute,
  /** Agent spool: bytes on disk, and age of rollups. State changes go last. */
  spoolBytesMax: 64 * 1024 * 1024,
  spoolAgeMsMax: 7 * day,
  /** Agent: a round without an answer this long after its own timeout is written off as no evidence. */
  roundMarginMs: 1 * second,
  /** Agent: what has just gone down is measured in bursts this long, so that the end of a blip is known before it counts. */
  closeWatchMs: 20 * second,
  /** Agent: a link whose source address lives on another machine is tried in every n-th round only. */
  unmeasurableEveryRounds: 12,
  /** Agent: targets named in the evidence of one link change (the wire's own bound). */
  evidenceTargetsMax: 32,
  /** Agent: opening a socket, and the welcome after hello, before the next attempt. */
  agentOpenMs: 5 * second,
  agentWelcomeMs: 5 * second,
  /**
   * Agent: an unanswered beat ends the session (half-open). Short, so that a heartbeat, this wait and a dial stay within
   * 15 s; longer only where answers are slow. The beat sent on suspicion has the least patience.
   */
  beatReplyMsMin: 3 * second,
  beatReplyMsMax: 5 * second,
  probeBeatReplyMs: 3 * second,
  /** Agent: full-jitter backoff between dials. */
  dialBaseMs: 500,
  dialCapMs: 15 * second,
  dialFloorMs: 250,
  /** Agent: the same for a machine that the server refused as a clone: each dial costs its original a sign of life. */
  cloneDialCapMs: 5 * minute,
  /** Agent: after a link answers again, the next attempt comes within this time, whatever the backoff was. */
  wayBackJitterMs: 1 * second,
  /** Agent: an attempt under way for longer than this when a link answers again is begun anew. */
  wayBackOpeningMs: 500,
  /** Agent: a session that lived longer starts the backoff anew; one that died sooner than `sessionShortMs` waits. */
  sessionSettledMs: 30 * second,
  sessionShortMs: 5 * second,
  /** Agent: changes messages sent and not receipted. The gateway takes as many (`changesInFlightMax`). */
  streamWindowMessages: 4,
  /** Agent: estimated bytes of one message of a backlog: at first, and when receipts come quickly; well under
   * `messageBytesMax`. A window of the smallest takes two seconds at 128 kbit/s. */
  streamMessageBytesMin: 8 * 1024,
  streamMessageBytesMax: 160 * 1024,
  /** Agent: a receipt within this lets messages grow; one later than that makes them smaller. */
  receiptQuickMs: 500,
  receiptSlowMs: 1_500,
  /** Agent: distance between reads of the spool, so that a long replay stays under `messagesPerSecondMax`. */
  streamReadEveryMs: 100,
  /** Agent: no receipt for this long and what is unreceipted is sent again from the spool. */
  receiptWaitMs: 15 * second,
  /** Agent: the spool gave nothing although it should hold records: it is asked again after this. */
  streamEmptyRetryMs: 5 * second,
  /** Agent: the server was told that changes remain, but it has them all (their receipts were lost): after this the
   * agent says hello anew, because a server that waits for changes believes nothing. */
  resyncAfterMs: 1 * second,
  /** Agent: distance between messages of rollups; they are never urgent. */
  rollupsEveryMs: 1 * second,
  /** Agent: distance between reports of records that the spool dropped; in between they are summed. */
  lossReportEveryMs: minute,
  /** Agent: how often the machine's load is measured while a session is open. */
  loadEveryMs: minute,
  /** Agent: offset samples among which the one with the shortest round trip counts. */
  offsetSamplesMax: 10,
  /** Agent: from the stop to the end, however often the goodbye had to be said; below `agentStopMs`. */
  goodbyeMs: 3_800,
  /** Agent: who does not confirm the goodbye within this (by closing its side) is told again over a fresh connection. */
  goodbyeAnswerMs: 1_500,
  /** Agent: fresh connections tried for a goodbye, and how long each may take; both fit into `goodbyeMs`. */
  goodbyeDialsMax: 2,
  goodbyeDialMs: 1_200,
  /** Server: a machine back within this after its goodbye has not been away, it says it again. */
  goodbyeAgainMs: 5 * second,
  /** Agent: a session lost longer ago has been missed by the server already; nothing is dialled to say goodbye. */
  goodbyeLostMs: 30 * second,
  /** Agent: how often the liveness stamp is written and fsynced. */
  stampEveryMs: 10 * second,
  /** Agent: ends of runs remembered, so that a boot told twice counts once. Machines do not boot more often unnoticed. */
  endingsPerAgentMax: 8,
  /** Agent: returns after a goodbye from which its deadline is learned. */
  returnsPerAgentMax: 8,
  /** Agent: `ping` programs running at once (each costs a process on a customer's machine). */
  pingProcessesMax: 16,
  /** Agent: one question to the system's logs about the last end (wevtutil, journalctl), and bytes of its answer. */
  forensicsMs: 5 * second,
  forensicsBytesMax: 1024 * 1024,
  /** Agent: saved kernel dumps looked at; each is a few KiB, and old ones are never cleared by some systems. */
  pstoreFilesMax: 64,
  /** Agent: uptime from which a system has written its reports on the end before (systemd-pstore; Windows' 1001). */
  endingSettledMs: 30 * second,
  endingSettledWindowsMs: 2 * minute,
  /** Agent: how often Windows is asked whether it is going down; after that a program there has some seconds. */
  windowsShutdownEveryMs: second / 2,
  /** Agent: how often a better way to ping is looked for again. */
  pingRetryMs: 10 * minute,
  /** Agent: refusals by the system in a row after which the way to ping in use is tried anew, and left if it fails. */
  pingRefusalsMax: 20,
  /** Agent: ARP questions under way or waiting at once; each is a broadcast that the whole wire hears. */
  arpOutstandingMax: 64,
  /** Agent on Windows: ARP calls at once; each holds one of the four worker threads that disk and pings need too. */
  arpCallsMax: 2,
  /** Agent: TCP probes under way at once. */
  tcpProbesMax: 128,
  /** Agent: targets whose last answering TCP port is remembered. */
  tcpPortsRememberedMax: 1_024,
  /** Agent: records kept in memory while the disk refuses them. */
  spoolMemoryRecordsMax: 10_000,
  /** Agent: bytes of a spool that has no disk at all and lives in memory. */
  spoolMemoryBytesMax: 4 * 1024 * 1024,
  /** Agent: a file that is given up when the disk is full, so that state changes still find room (some 2,000 of them). */
  spoolBallastBytes: 1024 * 1024,
  /** Agent: how often a ballast that was given up is tried to be put back. */
  spoolBallastRetryMs: 5 * minute,
  /** Agent: pages of the spool's log before it is moved into the file; a long log is room lost on a full disk. */
  spoolLogPagesMax: 64,
  /** Agent: numbers skipped after a run that died with records only in memory, so that none is given twice. */
  spoolSeqJump: 1_000_000,
  /** Agent: highest number believed to be its own when a server names it; a million a second for two years. */
  spoolSeqMax: 2 ** 46,
  /** Agent: highest number a spool can have come to by itself; a higher one in its file is damage. */
  spoolSeqEnd: 2 ** 52,
  /** Agent: distance between complaints about the same trouble of the disk. */
  complainEveryMs: 10 * minute,
  /** Agent: pause between tries to write to a disk that refused. */
  spoolRetryMs: 5 * second,
  /** Agent: clock offsets remembered, one per session, newest last. */
  spoolOffsetsMax: 16,
  /** Agent: corrupt spools kept aside for a look; past it the oldest is removed. */
  spoolCorruptKeptMax: 3,
  /** Agent: inputs waiting for its core; past it measurements are dropped (they come again), nothing else. */
  agentInputsMax: 2_000,
  /** Agent: longest watchdog of a service manager that is believed (setInterval ends near 24 days), and how long the
   * `systemd-notify` program may take. */
  watchdogMsMax: 60 * minute,
  watchdogProgramMs: 2 * second,
  /** Agent: bytes of its status file (2 links and 5 hosts take 3 KiB); past it only hosts in trouble are told. */
  statusBytesMax: 128 * 1024,
  /** Agent: all checks of `vigia-agent doctor` together; a technician waits for them. */
  doctorMs: 15 * second,
  /** Agent: after its start it examines itself this late, and then this often; each spread by its share, so that a fleet
   * does not knock at its server at once. */
  selfExamFirstMs: 2 * minute,
  selfExamEveryMs: 6 * hour,
  selfExamSpreadMs: 30 * minute,
  /** Agent: after its network changed it examines itself when things have settled, spread again, and never sooner than
   * this after the last time. */
  selfExamSettleMs: minute,
  selfExamSettleSpreadMs: 4 * minute,
  selfExamPauseMs: 15 * minute,
  /** Agent: looks at its own rounds for one examination, and between two of them: long enough for two of the rounds that
   * ask for DNS (every sixth of 5 s by default), because what only one round saw is chance. */
  selfExamLooksMax: 30,
  selfExamLookEveryMs: 2_500,
  /** Wire: findings of one examination; the rest is a number. An agent has about ten checks, and four more per link. */
  findingsMax: 12,
  findingChecksMax: 1_000,
  /** Wire: characters of a finding: its name, whom it is of (an address of a server), a sentence. */
  findingNameCharsMax: 60,
  findingOfCharsMax: 120,
  findingTextCharsMax: 300,
  /** Agent: from the stop signal to the end of the program, at the latest; the service unit waits 5 s. */
  agentStopMs: 4_600,
  /** Agent: how often pages that only the start (or something rare) needed are given back. */
  giveBackEveryMs: minute,
  /** Agent: asking the nonce and opening the socket, each. */
  uplinkHandshakeMs: 5 * second,
  /** Agent: a closed socket's peer must confirm within this, else it is cut. */
  uplinkCloseMs: second,
  /** Agent: sockets open or opening at once (old session and its successors). */
  uplinkSocketsMax: 8,
  /** Agent: bytes of an HTTP answer of the server's door. */
  doorAnswerBytesMax: 64 * 1024,
} as const;
