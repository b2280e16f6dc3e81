import { MINUTE_MS } from '../../../time/interval.js';
import { dateMs } from '../../../time/local-stamp.js';

const two = (bytes: Uint8Array, at: number): number => bytes[at]! * 10 + bytes[at + 1]! - 528;
const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/** Reads `YYYY-MM-DD?HH:MM[:SS]` from its digits; −1 for anything else. */
export function plainReader(): (bytes: Uint8Array, from: number, to: number) => number {
  let [dateKey, dayStartMs] = [-1, 0];
  return (bytes, from, to) => {
    const length = to - from;
    if ((length !== 19 && length !== 16) || !isPlain(bytes, from, length)) return -1;
    const [month, day] = [two(bytes, from + 5), two(bytes, from + 8)];
    const year = two(bytes, from) * 100 + two(bytes, from + 2);
    const key = (year * 100 + month) * 100 + day;
    if (key !== dateKey) {
      const ms = dateMs(year, month, day);
      if (ms === null || ms < 0) return -1;
      [dateKey, dayStartMs] = [key, ms];
    }
    const [hour, minute] = [two(bytes, from + 11), two(bytes, from + 14)];
    const second = length === 19 ? two(bytes, from + 17) : 0;
    if (hour > 23 || minute > 59 || second > 59) return -1;
    return dayStartMs + (hour * 60 + minute) * MINUTE_MS + second * 1000;
  };
}

/** `YYYY-MM-DD?HH:MM` or `YYYY-MM-DD?HH:MM:SS`, by its digits and marks. */
function isPlain(bytes: Uint8Array, at: number, length: number): boolean {
  for (let place = 0; place < length; place += 1) {
    const byte = bytes[at + place]!;
    if (place === 4 || place === 7) {
      if (byte !== 45) return false;
    } else if (place === 10) {
      if (byte !== 84 && byte !== 32) return false;
    } else if (place === 13 || place === 16) {
      if (byte !== 58) return false;
    } else if (!isDigit(byte)) return false;
  }
  return true;
}
