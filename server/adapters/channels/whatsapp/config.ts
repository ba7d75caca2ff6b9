// The configuration of a WhatsApp channel: Cloud API of the operator's own business account, one approved template.
import { z } from 'zod';
import { apiUrlSchema, channelNameSchema, peopleSchema, recipientsSchema } from '../http/settings.ts';

/** In international form; WhatsApp wants it without the plus. */
const telephoneSchema = z
  .string()
  .regex(/^\+[1-9]\d{7,14}$/, 'wanted: +5511912345678')
  .transform((text) => text.slice(1));

export const whatsappParameters = ['title', 'text', 'link'] as const;

export const whatsappConfigSchema = z.strictObject({
  name: channelNameSchema,
  kind: z.literal('whatsapp'),
  /** Of the sending number, as Meta shows it; not the telephone number. */
  phoneNumberId: z.string().regex(/^\d{5,30}$/, 'wanted: digits'),
  tokenFile: z.string().min(1),
  /** Approved by Meta, category UTILITY. */
  template: z.string().regex(/^[a-z0-9_]{1,512}$/, 'wanted: the name of an approved template'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(_[A-Z]{2})?$/, 'wanted: pt_BR')
    .default('pt_BR'),
  /** What stands in {{1}}, {{2}}, ... of the template's body. */
  parameters: z.array(z.enum(whatsappParameters)).min(1).max(3).default(['title', 'text']),
  apiUrl: apiUrlSchema.default('https://graph.facebook.com'),
  apiVersion: z
    .string()
    .regex(/^v\d{2}\.\d$/, 'wanted: v23.0')
    .default('v23.0'),
  to: recipientsSchema(telephoneSchema),
  people: peopleSchema(telephoneSchema),
});
export type WhatsappConfig = z.output<typeof whatsappConfigSchema>;
