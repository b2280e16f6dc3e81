/**
 * SHA-256 (FIPS 180-4), synchronous: a tree over hundreds of thousands of leaves asks for hundreds of thousands of
 * hashes, and WebCrypto makes a promise of each.
 */

import { means } from './means.js';

/** The first 32 bits of the fractional parts of the `power`th roots of the first `count` primes. */
function rootsOfPrimes(count, power) {
  const words = [];
  for (let candidate = 2; words.length < count; candidate += 1) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) {
      if (candidate % divisor === 0) isPrime = false;
    }
    if (isPrime) words.push(fractionOfRoot(BigInt(candidate), BigInt(power)));
  }
  return words;
}

/** Exact, by bisection: floating point would do here, and nobody should have to believe that. */
function fractionOfRoot(value, power) {
  const target = value << (32n * power);
  let low = 0n;
  let high = 1n << 64n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** power <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}

const START = Int32Array.from(rootsOfPrimes(8, 2));
const K = Int32Array.from(rootsOfPrimes(64, 3));
const BLOCK_BYTES = 64;
// One hash is made at a time: what it works on is kept, not made anew.
const schedule = new Int32Array(64);
const state = new Int32Array(8);
const block = new Uint8Array(BLOCK_BYTES);
const tail = new DataView(block.buffer);

/** Mixes the block of 64 bytes at `at` into `state`. */
function compress(bytes, at) {
  const w = schedule;
  for (let i = 0, from = at; i < 16; i += 1, from += 4) {
    w[i] = (bytes[from] << 24) | (bytes[from + 1] << 16) | (bytes[from + 2] << 8) | bytes[from + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

/**
 * Hashes `parts`, one after the other, as if they were one.
 *
 * @param {...Uint8Array} parts
 * @returns {Uint8Array} 32 bytes
 */
export function sha256(...parts) {
  return means.sha256 === null ? portableSha256(parts) : means.sha256(parts);
}

function portableSha256(parts) {
  state.set(START);
  let held = 0;
  let byteCount = 0;
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index];
    const end = part.length;
    byteCount += end;
    let at = 0;
    while (at < end) {
      if (held === 0 && at + BLOCK_BYTES <= end) {
        compress(part, at);
        at += BLOCK_BYTES;
        continue;
      }
      block[held] = part[at];
      held += 1;
      at += 1;
      if (held < BLOCK_BYTES) continue;
      compress(block, 0);
      held = 0;
    }
  }
  block.fill(0, held);
  block[held] = 0x80;
  if (held >= BLOCK_BYTES - 8) {
    compress(block, 0);
    block.fill(0);
  }
  tail.setUint32(BLOCK_BYTES - 8, Math.floor(byteCount / 2 ** 29));
  tail.setUint32(BLOCK_BYTES - 4, (byteCount * 8) % 2 ** 32);
  compress(block, 0);
  const digest = new Uint8Array(32);
  for (let i = 0; i < 32; i += 1) digest[i] = state[i >> 2] >>> (24 - (i & 3) * 8);
  return digest;
}
