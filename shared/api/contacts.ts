// Whom to call about a link, as the incident's detail tells it. Field names are fixed by the manual.
import { z } from 'zod';

export const contactSchema = z.object({
  /** Key and name of who sells the link. */
  provider: z.string(),
  providerName: z.string(),
  /** Of the provider's support, as the inventory writes it. */
  phone: z.string().nullable(),
  circuit: z.string().nullable(),
  publicAddress: z.string().nullable(),
  link: z.string(),
  linkName: z.string(),
  customer: z.string(),
  customerName: z.string(),
  site: z.string(),
  siteName: z.string(),
});
export type ContactRow = z.output<typeof contactSchema>;
