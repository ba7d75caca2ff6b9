// Why the agent ends a socket: the codes its server reads. Data only; what the server's codes are stands in
// shared/wire/messages.ts.

/** Codes with which the agent ends a socket (private range of RFC 6455), and why. */
export const agentCloses = {
  goodbye: { code: 1000, reason: 'goodbye' },
  unopened: { code: 4100, reason: 'no socket in time' },
  noWelcome: { code: 4101, reason: 'no welcome in time' },
  unanswered: { code: 4102, reason: 'a beat stayed unanswered' },
  resync: { code: 4103, reason: 'nothing remains to be sent' },
} as const;
