// How the agent's shell speaks to its log: the few calls of pino that are used, so that a test can listen. Lines are
// JSON on stderr; the message is a fixed English sentence, what varies is in the fields.

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
