// The configuration of a Teams channel: the address of its hook, which is a secret and therefore stands in a file.
import { z } from 'zod';
import { channelNameSchema } from '../http/settings.ts';

export const teamsConfigSchema = z.strictObject({
  name: channelNameSchema,
  kind: z.literal('teams'),
  /** Holds the whole https address. */
  urlFile: z.string().min(1),
});
export type TeamsConfig = z.output<typeof teamsConfigSchema>;
