// The configuration of a Slack channel: the address of its hook, which is a secret and therefore stands in a file.
import { z } from 'zod';
import { channelNameSchema } from '../http/settings.ts';

export const slackConfigSchema = z.strictObject({
  name: channelNameSchema,
  kind: z.literal('slack'),
  /** Holds the whole https address. */
  urlFile: z.string().min(1),
});
export type SlackConfig = z.output<typeof slackConfigSchema>;
