// Every limit of the program, with its unit in the name and its reason beside it. Where one bites, a counter says so.
import { accessLimits } from './access-limits.ts';
import { agentLimits } from './agent-limits.ts';
import { journalLimits } from './journal-limits.ts';
import { planLimits } from './plan-limits.ts';
import { day, hour, minute, second } from './time.ts';

export const limits = {
  ...accessLimits,
  ...agentLimits,
  ...journalLimits,
  ...planLimits,
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
  /** Server: scripts and archives of the agent fetched from one address in a minute (a site with tens of machines behind
   * one NAT needs three each), archives being sent at once, and how long one may take. */
  downloadsPerAddressPerMinuteMax: 120,
  downloadsAtOnceMax: 32,
  downloadMs: 20 * minute,
  /** Gateway: life of an upgrade nonce. */
  nonceMs: 30 * second,
  /** Gateway: nonces remembered as used (each lives `nonceMs`). */
  noncesUsedMax: 50_000,
  /** Gateway: nonce requests, and upgrades, from one address in a minute: all its sessions may come back at once, twice. */
  noncesPerAddressPerMinuteMax: 1_000,
  upgradesPerAddressPerMinuteMax: 1_000,
  /** Gateway: addresses whose rates are remembered; past it the oldest is forgotten. */
  addressesRememberedMax: 50_000,
  /** Gateway: an enrolment's body (its fields sum to under 1 KiB). */
  enrolmentBodyBytesMax: 4 * 1024,
  /** Gateway: from upgrade to hello. */
  helloMs: 10 * second,
  /** Gateway: nothing heard on a socket for this long, although beats are due, and it is given up as half-open. */
  halfOpenMs: 20 * second,
  /** Gateway: wait for a peer's half of the closing handshake before its socket is destroyed. */
  closeHandshakeMs: 1 * second,
  /** Gateway: a challenged agent must show a sign of life within this. */
  challengeMs: 3 * second,
  /** Gateway: machines that wait at once to take the place of one agent's session, and how often the core hears of clones. */
  claimsPerAgentMax: 4,
  cloneTellEveryMs: minute,
  /** Gateway: changes messages of one session between arrival and commit; past it the socket is not read. */
  changesInFlightMax: 4,
  /** Gateway: messages of one session that were already read when its socket was paused. */
  messagesWaitingMax: 256,
  /** Gateway: frames of one session a second, measured over `messageRateWindowMs`; past it the session is closed. */
  messagesPerSecondMax: 50,
  messageRateWindowMs: 5 * second,
  /** Gateway: chunks of one unfinished message in memory (256 KiB in the smallest usual packets is about 500). */
  socketChunksMax: 1_024,
  /** Gateway: pongs owed to one peer at once. */
  pongsOwedMax: 8,
  /** Gateway: agents whose last known facts are kept for the screens after their session ended. */
  agentViewsMax: 20_000,
  /** Gateway, outside-in: news waiting for a full inbox; past it the oldest is dropped. */
  newsWaitingMax: 50_000,
  /** Gateway, outside-in: pause before news refused by a full inbox is offered again. */
  newsRetryMs: 500,
  /** Liveness: a timer this late means that beats lie unread; they are read before anyone is judged. */
  stallMs: 250,
  /** Liveness: stopped for this long, this server cannot tell who fell silent: all agents get the grace of a start. */
  stallGraceMs: 5 * second,
  /** Outside-in: probes under way at once. */
  outsideInConcurrencyMax: 1_024,
  /** Outside-in: distance between tries of an address that never answered ICMP. */
  outsideInRetryMs: minute,
  /** Server inbox: inputs waiting for the correlator; past it sockets are paused by not receipting. */
  inboxInputsMax: 20_000,
  /** Correlator: inputs in one commit. */
  batchInputsMax: 256,
  /** Outbox: rows performed at once: fifty incidents of one moment are told within 2 s at 0.1 s a request. */
  outboxConcurrencyMax: 16,
  /** Outbox: failed deliveries in a row after which the desk is only probed, one row at a time ... */
  deskFailuresMax: 8,
  /** ... at most this far apart: soon enough to notice its return, too seldom to hold it down. */
  deskProbeMsMax: 10 * second,
  /** An answer of a desk longer than this is not read. */
  deskAnswerBytesMax: 2 * 1024 * 1024,
  /** Outbox: one delivery as the worker waits for it: the desk's own limit and room for its answer. */
  outboxCallMs: 12 * second,
  /** Outbox: how long an orderly stop waits for deliveries under way; what is cut off is repeated after the start. */
  outboxStopMs: 3 * second,
  /** Correlator: wait before time is told again when the core still wants an instant that has passed (no spinning). */
  deadlineFloorMs: 50,
  /** Correlator: longest single timer; longer waits are armed again (setTimeout overflows at 2^31 ms). */
  timerMsMax: 60 * minute,
  /** Store: how long one statement waits for another process's lock, and tries to switch a new file to WAL. */
  databaseBusyMs: 5 * second,
  databaseOpenTriesMax: 50,
  /** Built-in desk: tickets in one listing. */
  deskTicketsPageMax: 500,
  /** Desk: one request; a slower one counts as uncertain. */
  deskCallMs: 8 * second,
  /** Desk: after a request without an answer it may still be at work this long; only then an empty search is believed. */
  deskSettleMs: 10 * second,
  /** Desk: one worker's right to an incident (several requests long), and how soon another asks for it again. */
  deskLeaseMs: 30 * second,
  deskLeaseAskMs: second,
  /** Desk: how long a proof of our credential is believed. */
  deskProbeFreshMs: minute,
  /** Desk: how soon a row that found no room within its rate asks again; its own wait where 429 names none. */
  deskRateAskMs: second,
  deskLimitedMs: 15 * second,
  /** Desk: how often a delivery that waits for a person is tried without one (somebody may have acted at the desk). */
  deskHeldAskMs: 10 * minute,
  /** Desk: how often an idle one is asked; told are its absence (with a request < 1 min), a critical that waits so long. */
  deskWatchMs: 25 * second,
  deskDownToldMs: 20 * second,
  deskLateToldMs: minute,
  /** Desk: added to each stretch of its request limit, because requests arrive closer together than they left. */
  deskRateMarginMs: second,
  /** Desk: times it may say "done" of what is not there before a person must look. */
  deskLiesMax: 5,
  /** Desk: a title with its marker (RT takes 200, Redmine 255), a text, and notes told again in a ticket made anew. */
  deskTitleCharsMax: 190,
  deskBodyCharsMax: 30_000,
  deskHistoryNotesMax: 50,
  /** Desk: times one note is told again to a desk that lost it; a person may be deleting it. */
  deskTellAgainMax: 3,
  /** Desk: what was sent is remembered this long after the incident's last delivery. */
  deskAttemptsKeptMs: 400 * day,
  /** Desk: characters of its own words that are quoted in a refusal, for a person to read on one line. */
  deskQuoteMax: 300,
  /** Desk: longest wait a Retry-After is believed; a desk that asks for a day would keep a critical ticket for a day. */
  deskRetryAfterMsMax: hour,
  /** Desk: records of one incident that are read; more than these are duplicates beyond any repair by a program. */
  deskFoundMax: 50,
  /** Desk: records in one look at what changed; the rest comes with the next look, which starts where this one ended. */
  deskChangedMax: 100,
  /** Desk: notes of one record searched for our marks, newest first. */
  deskNotesMax: 500,
  /** Desk: people's notes read from one record, and told in one look: the newest; twice the first are known as heard. */
  deskPeopleNotesMax: 100,
  deskNotesToldMax: 5,
  /** Desk: a text longer than this is not looked into for our marks; our own are a few kilobytes. */
  deskTextBytesMax: 64 * 1024,
  /** Desk: texts kept so that they are read once, where a desk never changes them. */
  deskTextsKeptMax: 500,
  /** Desk: pages read in one look at what changed, where the desk only lists the newest first. */
  deskChangedPagesMax: 5,
  /** Desk: a signed event older than this is a recording; desks repeat for hours what did not arrive. */
  deskHintAgeMsMax: day,
  /** Desk: an event with Vigia's own signature is signed when it is sent; older is a recording, or the clocks differ. */
  deskSignatureAgeMsMax: 5 * minute,
  /** Desk: one event of it (Jira and GLPI send the whole record), read before anything proves who sent it. */
  deskEventBytesMax: 512 * 1024,
  /** Desk: events taken and not yet looked at; beyond it the desk is told to come again. */
  deskEventsWaitingMax: 1_000,
  /** Desk: how long, and how many, ids of events are remembered to know a repetition. */
  deskEventsKeptMs: 7 * day,
  deskEventsKeptMax: 20_000,
  /** Desk: looks at a record after an event before it is left to the slow poll. */
  deskEventTriesMax: 8,
  /** Desk: how often people's changes are asked for, and the spread that keeps servers out of step. */
  deskPollMs: minute,
  deskPollJitterMs: 10 * second,
  /** Desk: looks again this far behind the newest change seen: searches lag and some desks count whole minutes. */
  deskPollOverlapMs: 2 * minute,
  /** Desk: how far the very first look goes back: more than any wrong time zone. */
  deskPollFirstMs: day,
  /** Desk: records read one by one in one look, at desks that cannot tell what changed; the next look goes on. */
  deskPollReadsMax: 20,
  /** Desk: tickets looked for in one audit, which costs a request each; 300 standing ones are through in half an hour. */
  deskAuditsMax: 10,
  /** Desk: times the audit lets one incident's ticket be made anew; somebody removes it on purpose. */
  deskRenewalsMax: 3,
  /** Desk: a secret by which events are believed, characters; shorter ones can be guessed. */
  deskSecretCharsMin: 16,
  /** Desk: characters of a person's name as the desk gives it. */
  deskNameCharsMax: 200,
  /** Declarative desk: a profile's file, and how much of one text a pattern looks at. */
  deskProfileBytesMax: 128 * 1024,
  deskPatternTextMax: 64 * 1024,
  /** Declarative desk: a pattern or path as written, and instructions a pattern may become (work is text times these). */
  deskPathCharsMax: 200,
  deskPatternStepsMax: 500,
  /** Declarative desk: nesting and elements of an XML answer; a bomb is refused long before it costs memory. */
  deskXmlDepthMax: 64,
  deskXmlNodesMax: 20_000,
  /** Manual queue: waiting items in one listing, and a note or protocol as a person types it. */
  manualQueuePageMax: 500,
  protocolCharsMax: 60,
  /** Console: live viewers. */
  viewersMax: 200,
  /** Console: the wall's stream carries a `wall.heartbeat` at least this often when nothing else is sent. */
  wallHeartbeatMs: 10 * second,
  /** Console: without an event or heartbeat for this long the wall says that its data is old (three beats). */
  wallSilenceMs: 30 * second,
  /** Console: silence after which the wall takes the stream for half-open and opens a new one. */
  wallReopenMs: 45 * second,
  /** Console: longest wait between two attempts to open the stream; a person is looking at the wall. */
  wallReconnectMsMax: 15 * second,
  /** Console: new criticals within this long are told by one sound and one notice: a storm is one thing to hear. */
  wallAlarmGapMs: 10 * second,
  /** Console: no mute of the alerts lasts longer (the longest choice is until the next morning). */
  wallMuteMsMax: 24 * 60 * minute,
  /** Console: the list of agents is asked for again this often while it is looked at; sooner after news of an agent. */
  agentsRenewMs: 30 * second,
  agentsNewsMs: 10 * second,
  /** Plans: causes that one window or silence is said to have hidden, those told by name, how often what is held is seen to. */
  hiddenPerPlanMax: 1_000,
  hiddenCausesMax: 20,
  hiddenTurnMs: 10 * second,
  /** Television: how long each page of problems stands; how often it tries to come back by itself. */
  televisionPageMs: 10 * second,
  televisionReturnMs: 20 * second,
  /** Console: tickets on the wall, newest first. */
  wallTicketsMax: 100,
  /** Console: news of one flush are sent together; people cannot read faster than 5 times a second. */
  wallFlushMs: 200,
  /** Console: how often the wall asks again about tickets that are not delivered in full. */
  wallTicketsAskMs: second,
  /** Console, browser: a larger snapshot is read a little at a time; so many messages may wait behind it. */
  wallReadAtOnceChars: 256 * 1024,
  wallMessagesBehindMax: 200,
  /** Console: a whole wall is made so many new rows at a time (a few ms each), so that no agent's beat waits for it. */
  wallStepRows: 200,
  /** Console: a wall is written in pieces of this many bytes, and so many to all viewers in one turn of the loop. */
  wallPieceBytes: 64 * 1024,
  wallTurnBytes: 512 * 1024,
  /** Console: deltas kept behind a wall that is on its way (20 s of them, one text for all); after that the wall is given anew. */
  wallDeltasWaitingMax: 100,
  /** Console: a viewer that has not taken what it was sent for this long is dropped. */
  viewerDrainMs: 30 * second,
  /** Server: from the stop signal to the end of the program, at the latest. */
  serverStopMs: 4_800,
  /** Embedded: from asking its agent to stop until it is killed. */
  embeddedAgentStopMs: 2 * second,
  /** API: bytes of a request that is no inventory. */
  smallBodyBytesMax: 64 * 1024,
  /** API: rows of one answer. */
  listRowsMax: 500,
  /** API: the longest stretch of one series question (a month of one-minute points). */
  seriesRangeMs: 31 * day,
  /** Inventory: YAML aliases followed; a small file must not unfold into a huge one. */
  yamlAliasesMax: 100,
  /** API: a request body (an inventory of 10,000 sites is about 6 MB). */
  bodyBytesMax: 16 * 1024 * 1024,
  /** Inventory: sizes that keep one document importable in one commit. */
  customersMax: 20_000,
  sitesPerCustomerMax: 500,
  linksPerSiteMax: 16,
  hostsPerSiteMax: 500,
  anchorsMax: 16,
  /** Path: routers asked on the way to an anchor; the first dead one lies near. */
  pathHopsMax: 16,
  /** Path: how long its routers may take to answer; short, so that the verdict can carry it. */
  pathTimeoutMs: second,
  /** ... or that has one, but no tunnel and no TLS after this (a path that drops large packets). */
  reachSecurePatienceMs: 900,
  /** Incident: entries of its timeline and notes. Past it the oldest but the first are folded into a count. */
  timelineEntriesMax: 200,
  noteCharsMax: 4_000,
  /** Incident: the name of whoever it is assigned to; stands in the ticket. */
  assigneeCharsMax: 120,
  /** Site: closed incidents whose cause late evidence may still amend. Bounds the memory of a site that closes many. */
  closedIncidentsPerSiteMax: 8,
  /** An agent's spool holds 7 days; what it tells later than that amends nothing. */
  closedIncidentKeptMs: 7 * day,
  /** Alarms of Vigia's own trouble, and the dead-man ping: one call; news waiting for one alarm (then the oldest goes). */
  alarmCallMs: 10 * second,
  deadManCallMs: 8 * second,
  alarmsWaitingMax: 16,
  /** Notices: one call, what of its answer is read, the longest wait asked for, end of trying (then it is on the wall). */
  noticeCallMs: 10 * second,
  noticeAnswerBytesMax: 64 * 1024,
  noticeRetryAfterMsMax: 15 * minute,
  noticeTriesMsMax: day,
  /** Notices: waiting deliveries and unsent messages; past it new ones are counted and stand on the wall only. */
  noticesWaitingMax: 10_000,
  /** Notices: deliveries looked at in one turn, incidents read, news taken (an fsync each), and the distance between turns:
   * agents' beats must not wait behind a storm. */
  noticesPerTurnMax: 1_000,
  noticeReadsPerTurnMax: 500,
  noticeTakesPerTurnMax: 20,
  noticeTurnMs: second,
  /** Notices: lines of a list in one message, characters of a title (Teams and telephones cut at more) and of a text. */
  noticeListMax: 10,
  noticeTitleCharsMax: 200,
  noticeTextCharsMax: 2_000,
  /** Notices: window of the storm cap; at a start nothing older is told; how long keys are known. */
  noticeStormWindowMs: 5 * minute,
  noticeAgeMsMax: 7 * day,
  noticesKeptMs: 400 * day,
  /** Channels, recipients of one, and routes. */
  channelsMax: 20,
  channelRecipientsMax: 50,
  noticeRoutesMax: 50,
  /** Channels: one test of each in so long, how long one may last (a channel may not answer), and past notices shown. */
  channelTestEveryMs: 30 * second,
  channelTestMs: 20 * second,
  pastNoticesShownMax: 50,
  /** Escalation: pause before a step refused by a full inbox is told again. */
  escalationRetryMs: 5 * second,
  /** Correlator: distance between counts of all quiet sites; each costs milliseconds with 10,000 of them. */
  massCountEveryMs: 1 * second,
  /** Provider: fresh losses remembered (chance needs under 20 of 100,000 links; the rest joins), and for how long. */
  providerLossesMax: 64,
  providerLossKeptMs: 5 * minute,
  /** Provider's outage: children whose recovery is watched (they stand for all), effects named, lines in its ticket. */
  outageChildrenMax: 200,
  outageSymptomsMax: 50,
  outageLinesMax: 40,
  /** Provider's outage: from the opening to the note that names who joined, and between such notes. */
  outageTellAfterMs: minute,
  outageTellEveryMs: 10 * minute,
  /** Site: finished outages remembered for the history in a ticket's text. */
  pastOutagesMax: 60,
  /** Tickets' text: files of a folder of hints, characters of one file, of one hint's step, steps of a hint. */
  hintFilesMax: 500,
  ticketFileCharsMax: 20_000,
  hintStepCharsMax: 600,
  hintStepsMax: 12,
  /** Tickets' text: how often the operator's folders are read again. A person who edits looks again within a minute. */
  ticketFilesReadEveryMs: 30 * second,
  /** Site: downs of one link or host kept to tell whether it flaps (`flapDownsMin` may ask for 20), links and hosts watched. */
  flapDownsMax: 24,
  flapWatchesMax: 64,
  /** Incident page: the longest chart of a link (a week of one-minute points), its points, rows of its table, history, circuits. */
  incidentChartMs: 7 * day,
  incidentChartPointsMax: 1_500,
  incidentTableRowsMax: 120,
  incidentHistoryRowsMax: 25,
  incidentContactsMax: 200,
  /** Reports: incidents read for one (the rest is told as missing), and how long before the month one may have begun. */
  reportIncidentsMax: 20_000,
  reportLookbackMs: 400 * day,
  /** Reports: measurements this far apart leave no hole (an agent restarts); so much of them is asked at once. */
  reportBridgeMs: 5 * minute,
  reportSliceMs: 7 * day,
  /**
   * Ranking of all providers: made at most this often; so many sites between two breaths; how long before its days a closed
   * outage may have begun (one that still runs is known whenever it began).
   */
  providersKeptMs: minute,
  providersSitesPerTurn: 40,
  providersLookbackMs: 31 * day,
  /** Reports and dossiers being made at once; each reads much. */
  reportsAtOnceMax: 2,
  /** Dossier: evidence is looked for from so long before the first failing sign. */
  dossierLeadMs: 5 * minute,
  /** Dossier: inputs of the journal looked at (a busy fleet's days), between two breaths, and taken as evidence. */
  dossierInputsMax: 500_000,
  dossierTurnInputs: 250,
  dossierEntriesMax: 2_000,
  /** Dossier: the largest file that the verifier reads. */
  dossierBytesMax: 64 * 1024 * 1024,
  /** Agents' clocks: an instant further ahead of the server than this is pulled back to receivedAt. */
  futureInstantMs: 2 * second,
  /** Epochs remembered per agent for deduplication. */
  epochsPerAgentMax: 4,
  /** ICMP: pings outstanding at once in one process (the server's outside-in bursts; an agent needs tens). */
  icmpOutstandingMax: 4_096,
  /** ICMP: sockets kept open, one per family, source address and interface. */
  icmpSocketsMax: 64,
  /** ICMP: an idle socket is opened anew after this, because a device may have come back under the same name. */
  icmpSocketAgeMs: minute,
  /** ICMP: packets taken from one socket in one go, so that a flood of strange replies cannot hold the loop. */
  icmpDrainPacketsMax: 256,
} as const;
