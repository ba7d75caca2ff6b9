// The part of vigia.yaml about a desk without an interface (`desk.kind: manual`): people register what Vigia asks for and
// type the protocol into the console.
import { z } from 'zod';

export const manualConfigSchema = z.strictObject({
  kind: z.literal('manual'),
  /** As the NOC calls the system in which tickets are registered; shown beside every protocol. */
  name: z.string().trim().min(1).max(40).default('manual'),
});
export type ManualDeskConfig = z.output<typeof manualConfigSchema>;
