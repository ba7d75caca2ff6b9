// The configuration of a Telegram channel: a bot's token and the chats it may write to.
import { z } from 'zod';
import { apiUrlSchema, channelNameSchema, peopleSchema, recipientsSchema } from '../http/settings.ts';

const chatSchema = z.union([
  z.int().transform(String),
  z.string().regex(/^(-?\d{1,20}|@[A-Za-z]\w{3,31})$/, 'wanted: the number of a chat, or @name of a channel'),
]);

export const telegramConfigSchema = z.strictObject({
  name: channelNameSchema,
  kind: z.literal('telegram'),
  tokenFile: z.string().min(1),
  apiUrl: apiUrlSchema.default('https://api.telegram.org'),
  to: recipientsSchema(chatSchema),
  people: peopleSchema(chatSchema),
});
export type TelegramConfig = z.output<typeof telegramConfigSchema>;
