// Parts that the configurations of several channels share: names, people, addresses. Knows no channel.
import { z } from 'zod';
import { limits } from '../../../../shared/limits.ts';

/** As people call the channel; it stands in addresses of the API. */
export const channelNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'wanted: a-z, 0-9 and -, at most 40 characters');

/** Whom the channel tells when nobody is named. */
export const recipientsSchema = <T extends z.ZodType<string>>(address: T) =>
  z.array(address).min(1, 'wanted: one recipient at least').max(limits.channelRecipientsMax);

/** From the names of rota and routes to addresses. */
export const peopleSchema = <T extends z.ZodType<string>>(address: T) =>
  z.record(z.string().trim().min(1).max(120), address).default({});

/** An https address; plain http on this machine only. */
export const apiUrlSchema = z
  .string()
  .refine(isSafe, 'wanted: an https address (http on this machine only)')
  .transform((text) => text.replace(/\/+$/, ''));

/** The secret in a hook's file must be such an address. */
export function isSafe(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(url.hostname);
}

export interface Directory {
  readonly to: readonly string[];
  readonly people: Readonly<Record<string, string>>;
}

/** The addresses of the names that this channel knows; of none: whom it tells by default, so that nobody is missed. */
export function addressesOf(names: readonly string[], { to, people }: Directory): readonly string[] {
  const known = names.flatMap((name) => (Object.hasOwn(people, name) ? (people[name] ?? []) : []));
  return [...new Set(known.length === 0 ? to : known)];
}

/** One room that everybody reads. */
export const room: readonly string[] = ['room'];

/** In a room, whom it concerns. */
export function toLine(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`Para: ${names.join(', ')}`];
}
