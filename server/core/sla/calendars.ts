// The calendars of all plans and places of one configuration, each made when first asked for and kept. A changed
// configuration is a new set. This is what `sla.ts` and `escalation.ts` are handed.
import { limits } from '../../../shared/limits.ts';
import type { SlaPolicies } from '../../../shared/sla-policy.ts';
import type { Plan } from '../../../shared/words.ts';
import { type Calendar, createCalendar } from './calendar.ts';
import type { Place } from './holidays.ts';
import { supportHours } from './support-hours.ts';
import { cityKey } from './town-rules.ts';
import { type Zone, zoneOf } from './zone.ts';

export interface Calendars {
  readonly policies: SlaPolicies;
  of(plan: Plan, place: Place): Calendar;
  zone(name: string): Zone;
  /** How often calendars or their days were thrown away because they were too many. */
  cleared(): number;
}

/** `readZone` is the zone data; a test hands in rules that no zone has yet. */
export function createCalendars(policies: SlaPolicies, readZone: (name: string) => Zone = zoneOf): Calendars {
  const calendars = new Map<string, Calendar>();
  const zones = new Map<string, Zone>();
  let cleared = 0;
  const zone = (name: string): Zone => {
    const known = zones.get(name) ?? readZone(name);
    zones.set(name, known);
    return known;
  };
  return {
    policies,
    zone,
    of(plan, place) {
      const key = `${plan}/${place.timeZone}/${place.state}/${cityKey(place.city)}`;
      const known = calendars.get(key);
      if (known !== undefined) return known;
      if (calendars.size >= limits.slaCalendarsMax) {
        for (const each of calendars.values()) cleared += each.cleared;
        calendars.clear();
        cleared += 1;
      }
      const { holidays } = policies;
      const made = createCalendar({
        hours: supportHours(plan, policies),
        place,
        zone: zone(place.timeZone),
        switches: holidays,
      });
      calendars.set(key, made);
      return made;
    },
    cleared() {
      let sum = cleared;
      for (const each of calendars.values()) sum += each.cleared;
      return sum;
    },
  };
}
