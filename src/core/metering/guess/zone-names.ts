import { ianaLegalTime } from '../../time/tz-zones.js';

/** What sources write for zones, and the zone of the IANA database that it is. */
const NAMES: readonly (readonly [pattern: RegExp, zone: string])[] = [
  [/\b(CET\s*\/\s*CEST|CE[S]?T\/CEST|Central European Time)\b/, 'Europe/Brussels'],
  [/\b(WET\s*\/\s*WEST)\b/, 'Europe/Lisbon'],
  [/\b(EET\s*\/\s*EEST)\b/, 'Europe/Helsinki'],
  [/\b(GMT\s*\/\s*BST)\b/, 'Europe/London'],
  [/\bSAST\b/, 'Africa/Johannesburg'],
  [/\bAEST\b(?!\s*\/)/, '+10:00'],
  [/\b(EST\s*\/\s*EDT|EPT|Eastern Prevailing Time)\b/, 'America/New_York'],
  [/\b(CST\s*\/\s*CDT|CPT|Central Prevailing Time)\b/, 'America/Chicago'],
  [/\b(PST\s*\/\s*PDT|PPT|Pacific Prevailing Time)\b/, 'America/Los_Angeles'],
];
const OFFSET = /\b(?:UTC|GMT)\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?\b/i;
const UTC = /(?:\b|_)(utc|gmt)\b/i;

/** The zone that a text states; null where none does. */
export function zoneIn(texts: readonly string[]): string | null {
  for (const text of texts) {
    const iana =
      /\b(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)\/[A-Za-z_/]+/.exec(
        text,
      )?.[0];
    if (iana !== undefined && ianaLegalTime(iana) !== null) return iana;
    const named = NAMES.find(([pattern]) => pattern.test(text));
    if (named !== undefined) return named[1];
    const [, sign, hours, minutes = '00'] = OFFSET.exec(text) ?? [];
    if (sign !== undefined) return `${sign}${hours!.padStart(2, '0')}:${minutes}`;
    if (UTC.test(text)) return 'UTC';
  }
  return null;
}
