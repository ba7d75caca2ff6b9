// The configuration of an e-mail channel: one SMTP server, by TLS unless it is this machine. Holds shapes only; the password
// comes from a file.
import { z } from 'zod';
import { channelNameSchema, peopleSchema, recipientsSchema } from '../http/settings.ts';

const addressSchema = z.email('wanted: an e-mail address');

export const emailConfigSchema = z
  .strictObject({
    name: channelNameSchema,
    kind: z.literal('email'),
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535).default(587),
    /** `starttls` refuses to send when the server does not offer it. */
    security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
    user: z.string().min(1).max(320).optional(),
    passwordFile: z.string().min(1).optional(),
    from: addressSchema,
    to: recipientsSchema(addressSchema),
    people: peopleSchema(addressSchema),
  })
  .refine(({ user, passwordFile }) => (user === undefined) === (passwordFile === undefined), {
    path: ['passwordFile'],
    message: 'wanted: user and passwordFile together, or neither',
  })
  .refine(({ security, host }) => security !== 'none' || /^(localhost|::1|127(\.\d{1,3}){3})$/.test(host), {
    path: ['security'],
    message: 'wanted: starttls or tls (none on this machine only)',
  });
export type EmailConfig = z.output<typeof emailConfigSchema>;
