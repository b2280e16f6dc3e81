#!/usr/bin/env node
// Mizan: checks an attestation pack (docs/method/PACK.md). Apache-2.0. Generated from src/verifiers/source by `npm run verifiers`.
// src/verifiers/source/command.js
import { isAscii } from "node:buffer";
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import zlib from "node:zlib";

// src/verifiers/source/base/means.js
var means = {
  /** @type {((parts: Uint8Array[]) => Uint8Array) | null} SHA-256 of parts one after the other */
  sha256: null,
  /** @type {((bytes: Uint8Array) => string) | null} base64, padded */
  base64: null,
  /** @type {((bytes: Uint8Array) => string | null) | null} text of ASCII alone; null for other bytes */
  ascii: null
};

// src/verifiers/source/base/bytes.js
var HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));
var encoder = new TextEncoder();
var decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function toHex(bytes) {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}
var isHash = (text) => typeof text === "string" && /^[0-9a-f]{64}$/.test(text);
function fromHex(text) {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = Number.parseInt(text.slice(at * 2, at * 2 + 2), 16);
  }
  return bytes;
}
var utf8 = (text) => encoder.encode(text);
function fromUtf8(bytes) {
  if (bytes[0] === 239 && bytes[1] === 187 && bytes[2] === 191) return null;
  try {
    return means.ascii?.(bytes) ?? decoder.decode(bytes);
  } catch {
    return null;
  }
}
function toBase64(bytes) {
  if (means.base64 !== null) return means.base64(bytes);
  let units = "";
  for (let at = 0; at < bytes.length; at += 32768) {
    units += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return btoa(units);
}
var toBase64Url = (bytes) => toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
function fromBase64(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  try {
    const bytes = Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
    return toBase64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}
function fromBase64Url(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text)) return null;
  const padding = "=".repeat((4 - text.length % 4) % 4);
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + padding);
}
function sameBytes(a, b) {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

// src/verifiers/source/base/archive.js
var END_BYTES = 22;
var COMMENT_MAX = 65535;
var LOCAL_BYTES = 30;
var LISTED_BYTES = 46;
var SIGNATURE = { local: 67324752, listed: 33639248, end: 101010256 };
var STORED = 0;
var DEFLATED = 8;
var UTF8_FLAG = 2048;
var DATED = { date: 33, time: 0 };
var FILE_BYTES_MAX = 2 ** 30;
var TOTAL_BYTES_MAX = 2 ** 31;
var DEFLATE_RATIO_MAX = 1032;
var CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value >>> 1 ^ (value & 1 ? 3988292384 : 0);
  return value;
});
function crc32(bytes) {
  let crc = -1;
  for (let at = 0; at < bytes.length; at += 1) {
    crc = crc >>> 8 ^ CRC_TABLE[(crc ^ bytes[at]) & 255];
  }
  return ~crc >>> 0;
}
var PORTABLE = { inflated, crc32 };
function endOfArchive(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const first = Math.max(0, bytes.length - END_BYTES - COMMENT_MAX);
  for (let at = bytes.length - END_BYTES; at >= first; at -= 1) {
    if (view.getUint32(at, true) === SIGNATURE.end) return at;
  }
  return -1;
}
async function readArchive(bytes, end, { fail, unpacking }, breathe) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const files = /* @__PURE__ */ new Map();
  if (bytes.length !== end + END_BYTES || view.getUint16(end + 20, true) !== 0) {
    fail("zip.after_end", null);
  }
  const entries = directoryOf(bytes, view, end, fail);
  let free = 0;
  let total = 0;
  let before = null;
  for (const entry of entries) {
    const { path, offset, size } = entry;
    if (before !== null && !isBefore(before.name, entry.name)) {
      fail(sameBytes(before.name, entry.name) ? "zip.twice" : "zip.order", path);
    }
    before = entry;
    total += size;
    if (size > FILE_BYTES_MAX || total > TOTAL_BYTES_MAX) {
      fail("zip.too_large", path, { byteCount: size });
      return files;
    }
    const start = startOfBytes(bytes, view, entry);
    if (start === null) {
      fail("zip.headers_differ", path);
      continue;
    }
    if (offset !== free) fail("zip.between", path);
    free = start + entry.packedSize;
    const content = await contentOf(bytes.subarray(start, free), entry, { fail, unpacking });
    if (content === null) continue;
    if (files.has(path)) fail("zip.twice", path);
    else files.set(path, content);
    await breathe();
  }
  if (free !== view.getUint32(end + 16, true)) fail("zip.between", null);
  return files;
}
function directoryOf(bytes, view, end, fail) {
  const count = view.getUint16(end + 10, true);
  const listedBytes = view.getUint32(end + 12, true);
  let at = view.getUint32(end + 16, true);
  const isPlain = view.getUint32(end + 4, true) === 0 && view.getUint16(end + 8, true) === count && at + listedBytes === end;
  if (!isPlain) {
    fail("zip.directory", null);
    return [];
  }
  const entries = [];
  for (let index = 0; index < count; index += 1) {
    const nameBytes = at + LISTED_BYTES <= end ? view.getUint16(at + 28, true) : 0;
    const next = at + LISTED_BYTES + nameBytes;
    if (next > end || view.getUint32(at, true) !== SIGNATURE.listed) {
      fail("zip.directory", null);
      return entries;
    }
    const entry = listedEntry(bytes, view, at);
    if (entry.path === null) {
      fail("zip.name", null, { index });
      return entries;
    }
    const flaw = flawOf(view, at, entry);
    if (flaw !== null) fail(flaw, entry.path);
    if (flaw === "zip.extra") return entries;
    entries.push(entry);
    at = next;
  }
  if (at !== end) fail("zip.directory", null);
  return entries;
}
function listedEntry(bytes, view, at) {
  const name = bytes.subarray(at + LISTED_BYTES, at + LISTED_BYTES + view.getUint16(at + 28, true));
  return {
    name,
    path: fromUtf8(name),
    /** Version needed, flags, method, time, date, CRC-32, both sizes, length of the name: as the local header repeats them. */
    facts: bytes.subarray(at + 6, at + 30),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packedSize: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true)
  };
}
function flawOf(view, at, { path, flags, method, packedSize, size, offset }) {
  const [extraBytes, commentBytes] = [view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
  if (extraBytes !== 0 || commentBytes !== 0) return "zip.extra";
  if ((flags & ~UTF8_FLAG) !== 0 || view.getUint16(at + 34, true) !== 0) return "zip.flags";
  if (method !== STORED && method !== DEFLATED) return "zip.method";
  if ([packedSize, size, offset].includes(4294967295)) return "zip.flags";
  if (path.endsWith("/")) return "zip.folder";
  const isDated = view.getUint16(at + 12, true) === DATED.time && view.getUint16(at + 14, true) === DATED.date;
  return isDated ? null : "zip.dated";
}
function startOfBytes(bytes, view, { name, facts, offset, packedSize }) {
  const start = offset + LOCAL_BYTES + name.length;
  if (start + packedSize > bytes.length || view.getUint32(offset, true) !== SIGNATURE.local) {
    return null;
  }
  const isSame2 = sameBytes(bytes.subarray(offset + 4, offset + 28), facts) && view.getUint16(offset + 28, true) === 0 && sameBytes(bytes.subarray(offset + LOCAL_BYTES, start), name);
  return isSame2 ? start : null;
}
async function contentOf(packed, { path, method, size, crc }, { fail, unpacking }) {
  const isPossible = size <= packed.length * DEFLATE_RATIO_MAX;
  const content = method === STORED ? packed : isPossible ? await unpacking.inflated(packed, size) : null;
  if (content === null || content.length !== size) {
    fail("zip.length", path, { byteCount: size });
    return null;
  }
  if (unpacking.crc32(content) !== crc) fail("zip.crc", path);
  return content;
}
async function inflated(packed, size) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const content = new Uint8Array(size);
  let at = 0;
  try {
    for (const reader = stream.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return at === size ? content : null;
      if (at + value.length > size) {
        await reader.cancel();
        return null;
      }
      content.set(value, at);
      at += value.length;
    }
  } catch {
    return null;
  }
}
function isBefore(a, b) {
  const common = Math.min(a.length, b.length);
  for (let at = 0; at < common; at += 1) if (a[at] !== b[at]) return a[at] < b[at];
  return a.length < b.length;
}

// src/verifiers/source/report.js
var CHECKS = [
  "container",
  "manifest",
  "keys",
  "signature",
  "checkpoint",
  "consistency",
  "log",
  "population",
  "rows",
  "statements",
  "settlements",
  "files",
  "tables",
  "figures"
];
var TOLD_MAX = 20;
var NoPack = class extends Error {
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }
};
var Check = class {
  constructor(name) {
    this.name = name;
    this.failures = [];
    this.notes = [];
    this.summary = null;
    this.untold = 0;
  }
  get isFailed() {
    return this.failures.length > 0;
  }
  fail(code, values = {}) {
    if (this.failures.length < TOLD_MAX) this.failures.push({ code, values });
    else this.untold += 1;
  }
  note(code, values = {}) {
    this.notes.push({ code, values });
  }
  pass(code, values = {}) {
    this.summary = { code, values };
  }
};
var Report = class {
  constructor() {
    this.checks = new Map(CHECKS.map((name) => [name, new Check(name)]));
    this.subject = null;
  }
  of(name) {
    return this.checks.get(name);
  }
  get failedCount() {
    return [...this.checks.values()].filter(({ isFailed }) => isFailed).length;
  }
};
function linesOf(report, texts) {
  return [...report.checks.values()].flatMap((check) => {
    const line = (status, { code, values }) => ({
      check: check.name,
      status,
      message: textOf(texts, code, values),
      file: values.file ?? null,
      event: values.event ?? null
    });
    const lines = check.failures.map((failure) => line("FAIL", failure));
    if (check.untold > 0) {
      lines.push(line("FAIL", { code: "more", values: { count: check.untold } }));
    }
    if (lines.length === 0 && check.summary !== null) {
      lines.push(line(check.notes.length > 0 ? "note" : "ok", check.summary));
    }
    return [...lines, ...check.notes.map((note) => line("note", note))];
  });
}
var VALUE_CHARS_MAX = 200;
function textOf(texts, code, values) {
  const filled = (texts[code] ?? code).replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
  const places = [
    values.file === void 0 ? null : shown(values.file),
    values.event === void 0 ? null : textOf(texts, "event", { seq: values.event })
  ].filter((place) => place !== null);
  return places.length === 0 ? filled : `${places.join(", ")}: ${filled}`;
}
function shown(value) {
  const text = String(value ?? "");
  const short = text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
  return short.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "�");
}

// src/verifiers/source/texts/en.js
var EN = {
  usage: `Checks an attestation pack of Mizan, with no network and nothing but this file.

Usage: node verify.mjs PACK.zip [--key KEY]... [--since NOTE] [--json]

  --key KEY     a key that you trust, and were given by somebody else than the pack:
                NAME+ID+KEY, as "mizan checkpoint" prints it, or the kid
  --since NOTE  file of a checkpoint that you kept: nothing of then may have changed
  --json        print one JSON document

Exit code: 0 all good; 1 a check failed; 2 no pack, or an option is none`,
  event: "event {seq}",
  more: "{count} more of this check are not told",
  not_checked: "not checked: what it rests on could not be read",
  unreadable: "it has a form that cannot be read ({reason})",
  "verdict.good": "ok: none of {of} checks failed",
  "verdict.failed": "FAIL: {count} of {of} checks failed",
  "option.key": '{key} is no key: give NAME+ID+KEY, as "mizan checkpoint" prints it, or a kid of 43 characters.',
  "option.no_file": "{path} cannot be read ({reason}).",
  "option.one_pack": "Name one pack ({count} were named): node verify.mjs PACK.zip; --help says more.",
  "option.unknown": "{reason}; --help lists the options.",
  "machine.old_node": "This needs Node.js {least} or newer, and this is {is}.",
  "machine.no_ed25519": "This machine cannot check Ed25519 signatures: use a newer browser or Node.js.",
  "pack.no_archive": "This is no pack: it is no ZIP archive.",
  "pack.no_manifest": "This is no pack: it is a ZIP archive without manifest.json.",
  "pack.other_format": "manifest.json is of another format ({is}): this verifier knows mizan/pack/1 only.",
  "zip.after_end": "there is something after the end of the archive",
  "zip.directory": "the directory of the archive is not in order",
  "zip.name": "entry {index} has a name that is not UTF-8",
  "zip.twice": "is in the archive twice",
  "zip.order": "does not stand in the order of paths",
  "zip.too_large": "is too large: {byteCount} bytes",
  "zip.headers_differ": "its header says something else than the directory",
  "zip.between": "there are bytes in the archive that belong to no file",
  "zip.length": "its bytes are not as long as it says ({byteCount}), or are damaged",
  "zip.crc": "its bytes are damaged: another CRC-32",
  "zip.extra": "has fields or comments that a pack does not have",
  "zip.flags": "is encrypted, or written in a way that a pack is not",
  "zip.method": "is neither stored nor deflated",
  "zip.folder": "is a folder",
  "zip.dated": "is not dated 1980-01-01",
  "path.unknown": "is no file of a pack",
  "container.ok": "{count} files, {megabytes} MB",
  "file.missing": "is missing",
  "file.length": "has {is} bytes, the manifest says {listed}",
  "file.hash": "its SHA-256 is {is}, the manifest says {listed}",
  "file.hash_sealed": "its SHA-256 is {is}, the log sealed {due}",
  "file.unlisted": "is not in the manifest",
  "json.utf8": "is not UTF-8",
  "json.json": "is no JSON",
  "json.canonical": "is no canonical JSON (RFC 8785)",
  "json.surrogate": "holds half a character",
  "json.number": "holds a number that is not whole, or too large",
  "json.no_object": "is no JSON object",
  "line.utf8": "line {line} is not UTF-8",
  "line.json": "line {line} is no JSON",
  "line.canonical": "line {line} is no canonical JSON (RFC 8785)",
  "line.surrogate": "line {line} holds half a character",
  "line.number": "line {line} holds a number that is not whole, or too large",
  "line.no_object": "line {line} is no JSON object",
  "lines.not_ended": "line {line} does not end with a newline",
  "manifest.ok": "{month} of {siteCode}, {label}, ledger {ledgerId}: {count} files as it lists them",
  "manifest.member": '"{member}" is missing, or is not what it should be',
  "manifest.unknown_member": '"{member}" is no member of a manifest',
  "manifest.entry": "this entry names no file: {entry}",
  "manifest.order": "{path} is listed twice, or not in its order",
  "keys.ok": "begun in the log: {count}",
  "keys.none_given": "no key was given: that the signatures are of whom you think is not checked. Give the key that you trust.",
  "keys.form": "is no list of Ed25519 keys for signing",
  "keys.thumbprint": "kid {kid} is not the thumbprint of its key, which is {is}",
  "keys.twice": "kid {kid} is there twice",
  "keys.not_in_log": "key {kid} was never begun in the log",
  "keys.not_listed": "key {kid} of the log is not listed",
  "keys.other_in_log": "the log has another key for kid {kid}",
  "keys.life": "key {kid} is begun or ended a second time, or ended before it began",
  "keys.other_name": "the key that was given is of {name}, and this pack is of {origin}",
  "keys.not_in_pack": "the key that was given ({key}) has not signed for this log",
  "signature.ok": "manifest signed by {kid}",
  "signature.form": "is no signature of the form HEADER..SIGNATURE of type {typ}",
  "signature.no_key": "is of key {kid}, which is not in keys/jwks.json",
  "signature.wrong": "key {kid} did not sign {signed} as it stands here",
  "signature.not_trusted": "is of key {kid}, which is not the one that you trust",
  "signature.not_then": "key {kid} does not sign states of {size} events",
  "checkpoint.ok": "{size} events, root {root}, signed by {kid}",
  "checkpoint.form": "is no checkpoint",
  "checkpoint.other_log": "is of {is}, and this pack is of {origin}",
  "checkpoint.other_state": "is of another state than the manifest: {is}, and {listed}",
  "checkpoint.other_key": "key {kid} of the manifest has not signed it",
  "checkpoint.not_trusted": "the key that you trust has not signed it",
  "checkpoint.too_small": "has {size} events, not the one that sealed the pack",
  "checkpoint.wrong": "key {kid} did not sign it as it stands here",
  "checkpoint.not_then": "key {kid} does not sign states of {size} events",
  "checkpoint.unsigned": "no key of this log that signed then has signed it",
  "consistency.ok": "the log of {from} events that you kept is the beginning of this one of {size}",
  "consistency.none_given": "none was compared: give a checkpoint that you kept, and nothing before it can have been rewritten.",
  "consistency.form": "is no proof of this checkpoint",
  "consistency.shorter": "has {from} events, and this pack leads to {size}: the log was longer then",
  "consistency.empty": "is of an empty log, which proves nothing",
  "consistency.missing": "is missing: ask for a pack that leads on from your {from} events (mizan attest MONTH --since NOTE)",
  "consistency.wrong": "the log of {size} events does not begin with the one of {from} that you kept",
  "log.ok": "{count} events at their places, {leftOut} left out, {size} under the root of the checkpoint",
  "log.uncovered": "nothing stands at this place",
  "log.covered_twice": "this place is covered twice",
  "log.gaps": "is no list of gaps of a log of {size} events",
  "log.nodes": "the gap from {begin} up to {end} has {is} nodes, not {due}",
  "log.size": "cover {is} places of {size}",
  "log.root": "come to the root {is}, the checkpoint says {root}",
  "event.member": 'line {line}: "{member}" is missing, or is not what it should be',
  "event.other_ledger": "is of another ledger",
  "event.order": "line {line} is not in its order",
  "population.ok": "{count} events are those that event {seq} sealed, and all of them matter to the month",
  "population.no_attestation": "the last line is not the attestation that the manifest names",
  "population.stranger": "{type} does not matter to the month",
  "population.other": "the events come to the {member} {is}, here it says {due}",
  "population.member": '"{member}" is {is} in the manifest, and {due} in the attestation',
  "population.before": "it is of the events before {before}, and the attestation is event {seq}",
  "population.left_out": "it counts {is} events that were left out, there are {due}",
  "rows.ok": "{count} are those that the events sealed",
  "rows.missing": "{is} of {due} rows are there",
  "rows.root": "its rows come to the root {is}, it sealed {due}",
  "rows.domain": "line {line} names no domain of a row",
  "rows.left_over": "line {line} belongs to no event",
  "statements.ok": "{count}, each as it was issued and signed",
  "statements.row": "a row names no statement",
  "statements.twice": "names {path} a second time",
  "statements.list": "the attestation does not list the statements of the rows",
  "statements.other": "is not the statement that its row names",
  "statements.unnamed": "is named by no row",
  "settlements.ok": "{count}, each as it was sealed",
  "settlements.row": "a row names no settlement run",
  "settlements.unnamed": "is named by no row",
  "files.ok": "{count}, each as it was received",
  "files.unnamed": "is named by no event",
  "tables.ok": "{count}, every line made again from rows",
  "tables.line": 'line {line} is "{is}", from the row it is "{due}"',
  "tables.left_over": "line {line} is of no row",
  "tables.row": "row {row} of it cannot be read",
  "tables.control": '"{name}" is {is}, not {due}',
  "figures.ok": "{count} computed again, all equal",
  "figures.no_carbon": "the pack has no carbon statement.",
  "figures.no_run": "rests on the run {run}, which is not in the pack",
  "figures.form": "does not say its meters, plants or generation",
  "figures.missing": "has no figure {id}",
  "figures.other": "{id} is {is}, from the rows it is {due}",
  "figures.sides": "matched of meters is {demand} Wh, of plants {supply} Wh",
  "figures.no_factor": "factor {code}, version {version}, is not among the rows",
  "figures.no_grid_factor": "names no grid average",
  "figures.factor_hour": "its factor has no value for {hour}",
  "figures.no_lines": "has no lines of its own to compute again.",
  "figures.bill_line": "line {line} is no priced line"
};

// src/verifiers/source/base/canonical.js
function canonicalJson(value) {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return value.some((item) => typeof item === "object" && item !== null) ? `[${value.map(canonicalJson).join(",")}]` : JSON.stringify(value);
  }
  const members = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(",")}}`;
}
function refused(value, isSealed) {
  if (typeof value === "string") return value.isWellFormed() ? null : "surrogate";
  if (typeof value === "number") {
    return isSealed && !Number.isSafeInteger(value) ? "number" : null;
  }
  if (typeof value !== "object" || value === null) return null;
  const inside = Array.isArray(value) ? value : [...Object.keys(value), ...Object.values(value)];
  for (const item of inside) {
    const what = refused(item, isSealed);
    if (what !== null) return what;
  }
  return null;
}
function readCanonical(text, { isSealed = false } = {}) {
  let value;
  try {
    value = JSON.parse(text);
    if (canonicalJson(value) !== text) return { problem: "canonical" };
    const problem = refused(value, isSealed);
    return problem === null ? { value } : { problem };
  } catch {
    return { problem: "json" };
  }
}
var isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
var isCount = (value) => Number.isSafeInteger(value) && value >= 0;

// src/verifiers/source/base/sha256.js
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
function fractionOfRoot(value, power) {
  const target = value << 32n * power;
  let low = 0n;
  let high = 1n << 64n;
  while (high - low > 1n) {
    const middle = low + high >> 1n;
    if (middle ** power <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}
var START = Int32Array.from(rootsOfPrimes(8, 2));
var K = Int32Array.from(rootsOfPrimes(64, 3));
var BLOCK_BYTES = 64;
var schedule = new Int32Array(64);
var state = new Int32Array(8);
var block = new Uint8Array(BLOCK_BYTES);
var tail = new DataView(block.buffer);
function compress(bytes, at) {
  const w = schedule;
  for (let i = 0, from = at; i < 16; i += 1, from += 4) {
    w[i] = bytes[from] << 24 | bytes[from + 1] << 16 | bytes[from + 2] << 8 | bytes[from + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
    const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1 | 0;
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
    const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
    const t1 = h + s1 + (e & f ^ ~e & g) + K[i] + w[i] | 0;
    const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
    const t2 = s0 + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + t1 | 0;
    d = c;
    c = b;
    b = a;
    a = t1 + t2 | 0;
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
function sha256(...parts) {
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
  block[held] = 128;
  if (held >= BLOCK_BYTES - 8) {
    compress(block, 0);
    block.fill(0);
  }
  tail.setUint32(BLOCK_BYTES - 8, Math.floor(byteCount / 2 ** 29));
  tail.setUint32(BLOCK_BYTES - 4, byteCount * 8 % 2 ** 32);
  compress(block, 0);
  const digest2 = new Uint8Array(32);
  for (let i = 0; i < 32; i += 1) digest2[i] = state[i >> 2] >>> 24 - (i & 3) * 8;
  return digest2;
}

// src/verifiers/source/base/signature.js
var PUBLIC_KEY_BYTES = 32;
var SIGNATURE_BYTES = 64;
var thumbprint = (x) => toBase64Url(sha256(utf8(canonicalJson({ crv: "Ed25519", kty: "OKP", x }))));
function publicKeyOf(x) {
  const bytes = fromBase64Url(x);
  return bytes !== null && bytes.length === PUBLIC_KEY_BYTES ? bytes : null;
}
async function isSigned({ publicKey, signature, signed }) {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const { subtle } = globalThis.crypto;
  try {
    const key = await subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    return await subtle.verify({ name: "Ed25519" }, key, signature, signed);
  } catch {
    return false;
  }
}
var KNOWN = {
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
  signed: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
  signature: "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
};
var knowsEd25519 = async () => globalThis.crypto?.subtle !== void 0 && isSigned({
  publicKey: publicKeyOf(KNOWN.x),
  signature: fromBase64Url(KNOWN.signature),
  signed: utf8(KNOWN.signed)
});
function readJws(bytes, typ) {
  const [header, payload, signature, ...more] = (fromUtf8(bytes) ?? "").split(".");
  const headerBytes = fromBase64Url(header);
  const signatureBytes = fromBase64Url(signature);
  if (payload !== "" || more.length > 0 || headerBytes === null || signatureBytes === null) {
    return null;
  }
  const { value } = readCanonical(fromUtf8(headerBytes) ?? "");
  if (!isRecord(value) || Object.keys(value).length !== 3) return null;
  if (value.alg !== "EdDSA" || value.typ !== typ || typeof value.kid !== "string") return null;
  return signatureBytes.length === SIGNATURE_BYTES ? { kid: value.kid, header, signature: signatureBytes } : null;
}
var isJwsOf = ({ header, signature }, publicKey, payload) => isSigned({ publicKey, signature, signed: utf8(`${header}.${toBase64Url(payload)}`) });

// src/verifiers/source/contents.js
function parsedFile(check, files, file) {
  const bytes = files.get(file);
  if (bytes === void 0) {
    check.fail("file.missing", { file });
    return null;
  }
  const text = fromUtf8(bytes);
  const { value, problem } = text === null ? { problem: "utf8" } : readCanonical(text);
  if (problem !== void 0) {
    check.fail(`json.${problem}`, { file });
    return null;
  }
  if (!isRecord(value)) {
    check.fail("json.no_object", { file });
    return null;
  }
  return value;
}
var NEWLINE = 10;
function* linesOfFile(bytes) {
  let number = 1;
  for (let at = 0; at < bytes.length; number += 1) {
    const end = bytes.indexOf(NEWLINE, at);
    yield { bytes: bytes.subarray(at, end < 0 ? bytes.length : end), number, isEnded: end >= 0 };
    at = end < 0 ? bytes.length : end + 1;
  }
}
function readSealed(bytes) {
  const text = fromUtf8(bytes);
  if (text === null) return { problem: "utf8" };
  const read = readCanonical(text, { isSealed: true });
  return read.problem === void 0 && !isRecord(read.value) ? { problem: "no_object" } : read;
}

// src/verifiers/source/base/note.js
var ED25519 = 1;
var KEY_ID_BYTES = 4;
var SIGNATURES_MAX = 64;
var NOTE_CHARS_MAX = 65536;
var noteKeyId = (name, publicKey) => sha256(utf8(`${name}
`), Uint8Array.of(ED25519), publicKey).subarray(0, KEY_ID_BYTES);
function readVerifierKey(text) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text) ?? [];
  const bytes = fromBase64(encoded);
  if (bytes === null || bytes.length !== 33 || bytes[0] !== ED25519) return null;
  const publicKey = bytes.subarray(1);
  return toHex(noteKeyId(name, publicKey)) === id ? { name, publicKey } : null;
}
function readNote(note) {
  if (note.length > NOTE_CHARS_MAX || /[^\P{Cc}\n]/u.test(note)) return null;
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) return null;
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > SIGNATURES_MAX) return null;
  const signatures = [];
  for (const line of lines) {
    const [, name, encoded] = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line) ?? [];
    const blob = fromBase64(encoded);
    if (blob === null || blob.length <= KEY_ID_BYTES) return null;
    const keyId = blob.subarray(0, KEY_ID_BYTES);
    signatures.push({ name, keyId, signature: blob.subarray(KEY_ID_BYTES) });
  }
  return { text: note.slice(0, end + 1), signatures };
}
function readCheckpoint(note) {
  const read = readNote(note);
  if (read === null) return null;
  const [origin, size, encoded] = read.text.split("\n");
  const root = fromBase64(encoded);
  if (origin === "" || !/^(0|[1-9]\d{0,15})$/.test(size) || root?.length !== 32) return null;
  if (!Number.isSafeInteger(Number(size))) return null;
  return { origin, size: Number(size), root, text: read.text, signatures: read.signatures };
}
function signaturesOf({ origin, signatures }, publicKey) {
  const id = noteKeyId(origin, publicKey);
  return signatures.filter(({ name, keyId }) => name === origin && sameBytes(keyId, id));
}

// src/verifiers/source/base/tree.js
var LEAF = Uint8Array.of(0);
var NODE = Uint8Array.of(1);
var leafHash = (bytes) => sha256(LEAF, bytes);
var nodeHash = (left, right) => sha256(NODE, left, right);
var Tree = class {
  #nodes = [];
  #size = 0;
  /** How many leaves it has. */
  get size() {
    return this.#size;
  }
  /**
   * @param {Uint8Array} hash
   * @param {number} [span]  how many leaves are under it: a power of two that divides `size`
   */
  add(hash2, span = 1) {
    this.#size += span;
    let node = { hash: hash2, span };
    while (this.#nodes.at(-1)?.span === node.span) {
      const left = this.#nodes.pop();
      node = { hash: nodeHash(left.hash, node.hash), span: node.span * 2 };
    }
    this.#nodes.push(node);
  }
  /** @returns {Uint8Array} an odd node is promoted; of no leaves the hash of nothing */
  root() {
    if (this.#nodes.length === 0) return sha256();
    return this.#nodes.map(({ hash: hash2 }) => hash2).reduceRight((right, left) => nodeHash(left, right));
  }
};
function rootOf(leaves) {
  const tree = new Tree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}
function completeSpans(begin, end) {
  const spans = [];
  for (let at = begin; at < end; ) {
    let span = 1;
    while (at % (span * 2) === 0 && at + span * 2 <= end) span *= 2;
    spans.push(span);
    at += span;
  }
  return spans;
}
function isConsistent({ from, size, hashes, fromRoot, root }) {
  if (from < 1 || from > size) return false;
  if (from === size) return hashes.length === 0 && sameBytes(fromRoot, root);
  const isPower = Number.isInteger(Math.log2(from));
  const path = isPower ? [fromRoot, ...hashes] : hashes;
  if (path.length === 0) return false;
  let first = from - 1;
  let last = size - 1;
  const half = (value) => Math.floor(value / 2);
  while (first % 2 === 1) [first, last] = [half(first), half(last)];
  let before = path[0];
  let after = path[0];
  for (const hash2 of path.slice(1)) {
    if (last === 0) return false;
    if (first % 2 === 1 || first === last) {
      before = nodeHash(hash2, before);
      after = nodeHash(hash2, after);
      while (first % 2 === 0 && first !== 0) [first, last] = [half(first), half(last)];
    } else {
      after = nodeHash(after, hash2);
    }
    [first, last] = [half(first), half(last)];
  }
  return last === 0 && sameBytes(before, fromRoot) && sameBytes(after, root);
}

// src/verifiers/source/checks/keys.js
var JWKS = "keys/jwks.json";
function readTrusted(text) {
  if (/^[A-Za-z0-9_-]{43}$/.test(text)) return { kid: text };
  return readVerifierKey(text);
}
var signsAt = ({ from, until }, size) => from !== null && size > from && (until === null || size <= until);
function checkKeys(check, files, { manifest, events, trusted }) {
  const keys = /* @__PURE__ */ new Map();
  const listed = parsedFile(check, files, JWKS)?.keys;
  if (!Array.isArray(listed)) {
    check.fail("keys.form", { file: JWKS });
  } else {
    for (const jwk of listed) addKey(check, keys, jwk);
  }
  addLives(check, keys, events);
  for (const { kid, from } of keys.values()) {
    if (from === null) check.fail("keys.not_in_log", { file: JWKS, kid });
  }
  check.pass("keys.ok", { count: keys.size });
  if (trusted.length === 0) {
    check.note("keys.none_given");
    return { keys, trusted: null };
  }
  return { keys, trusted: trustedKids(check, keys, manifest, trusted) };
}
function addKey(check, keys, jwk) {
  const { alg, crv, kid, kty, use, x } = isRecord(jwk) ? jwk : {};
  const publicKey = publicKeyOf(x);
  const isForm = alg === "EdDSA" && crv === "Ed25519" && kty === "OKP" && use === "sig";
  if (!isForm || publicKey === null || Object.keys(jwk).length !== 6) {
    check.fail("keys.form", { file: JWKS });
  } else if (kid !== thumbprint(x)) {
    check.fail("keys.thumbprint", { file: JWKS, kid, is: thumbprint(x) });
  } else if (keys.has(kid)) {
    check.fail("keys.twice", { file: JWKS, kid });
  } else {
    keys.set(kid, { kid, publicKey, from: null, until: null });
  }
}
function addLives(check, keys, events) {
  const file = "log/events.jsonl";
  for (const { seq, type, value } of events) {
    if (type !== "signing_key.activated" && type !== "signing_key.retired") continue;
    const { kid, x } = isRecord(value.body) ? value.body : {};
    const key = keys.get(kid);
    if (key === void 0) {
      check.fail("keys.not_listed", { file: JWKS, event: seq, kid });
    } else if (x !== void 0 && (typeof x !== "string" || thumbprint(x) !== kid)) {
      check.fail("keys.other_in_log", { file, event: seq, kid });
    } else if (type === "signing_key.activated" && key.from === null) {
      key.from = seq;
    } else if (type === "signing_key.retired" && key.from !== null && key.until === null) {
      key.until = seq;
    } else {
      check.fail("keys.life", { file, event: seq, kid });
    }
  }
}
function trustedKids(check, keys, manifest, trusted) {
  const kids = /* @__PURE__ */ new Set();
  for (const given of trusted) {
    const isGiven = (key) => given.kid === void 0 ? sameBytes(key.publicKey, given.publicKey) : key.kid === given.kid;
    const found = [...keys.values()].find(isGiven);
    const origin = `mizan/ledger/${manifest.ledgerId}`;
    if (given.name !== void 0 && given.name !== origin) {
      check.fail("keys.other_name", { name: given.name, origin });
    } else if (found === void 0) {
      check.fail("keys.not_in_pack", { file: JWKS, key: given.kid ?? given.name });
    } else {
      kids.add(found.kid);
    }
  }
  return kids;
}
async function checkSignature(check, files, { manifest, keys, trusted }) {
  const file = "manifest.jws";
  const kid = await checkJws(check, files, {
    file,
    signed: "manifest.json",
    typ: "mizan-pack+jws",
    keys
  });
  if (kid === null) return;
  if (trusted !== null && !trusted.has(kid)) check.fail("signature.not_trusted", { file, kid });
  if (!signsAt(keys.get(kid), manifest.checkpoint.size)) {
    check.fail("signature.not_then", { file, kid, size: manifest.checkpoint.size });
  }
  check.pass("signature.ok", { kid });
}
async function checkJws(check, files, { file, signed, typ, keys }) {
  const [bytes, payload] = [files.get(file), files.get(signed)];
  if (bytes === void 0 || payload === void 0) {
    check.fail("file.missing", { file: bytes === void 0 ? file : signed });
    return null;
  }
  const jws = readJws(bytes, typ);
  if (jws === null) {
    check.fail("signature.form", { file, typ });
    return null;
  }
  const key = keys.get(jws.kid);
  if (key === void 0) {
    check.fail("signature.no_key", { file, kid: jws.kid });
    return null;
  }
  if (await isJwsOf(jws, key.publicKey, payload)) return jws.kid;
  check.fail("signature.wrong", { file, kid: jws.kid, signed });
  return null;
}
async function checkCheckpoint(check, files, { manifest, keys, trusted }) {
  const file = "checkpoint";
  const bytes = files.get(file);
  if (bytes === void 0) {
    check.fail("file.missing", { file });
    return;
  }
  const { kid, size, root } = manifest.checkpoint;
  const read = await readSigned(check, fromUtf8(bytes) ?? "", { file, manifest, keys });
  if (read === null) return;
  if (read.checkpoint.size !== size || toHex(read.checkpoint.root) !== root) {
    const { checkpoint } = read;
    const is = `${checkpoint.size} ${toHex(checkpoint.root)}`;
    check.fail("checkpoint.other_state", { file, is, listed: `${size} ${root}` });
  }
  if (!read.kids.includes(kid)) check.fail("checkpoint.other_key", { file, kid });
  if (trusted !== null && !read.kids.some((one) => trusted.has(one))) {
    check.fail("checkpoint.not_trusted", { file });
  }
  if (size <= manifest.seq) check.fail("checkpoint.too_small", { file, size, event: manifest.seq });
  check.pass("checkpoint.ok", { size, root, kid });
}
async function readSigned(check, note, { file, manifest, keys }) {
  const checkpoint = readCheckpoint(note);
  if (checkpoint === null) {
    check.fail("checkpoint.form", { file });
    return null;
  }
  const origin = `mizan/ledger/${manifest.ledgerId}`;
  if (checkpoint.origin !== origin) {
    check.fail("checkpoint.other_log", { file, is: checkpoint.origin, origin });
    return null;
  }
  const kids = [];
  for (const key of keys.values()) {
    for (const { signature } of signaturesOf(checkpoint, key.publicKey)) {
      const { kid, publicKey } = key;
      if (!await isSigned({ publicKey, signature, signed: utf8(checkpoint.text) })) {
        check.fail("checkpoint.wrong", { file, kid });
      } else if (signsAt(key, checkpoint.size)) {
        kids.push(kid);
      } else {
        check.fail("checkpoint.not_then", { file, kid, size: checkpoint.size });
      }
    }
  }
  if (kids.length === 0) check.fail("checkpoint.unsigned", { file });
  return { checkpoint, kids };
}
async function checkConsistency(check, files, { manifest, keys, since }) {
  const proofs = proofsOf(check, files, manifest);
  const { size, root } = manifest.checkpoint;
  if (since === null) {
    check.note("consistency.none_given");
    return;
  }
  const read = await readSigned(check, since.text, { file: since.name, manifest, keys });
  if (read === null || check.isFailed) return;
  const { size: from, root: fromRoot } = read.checkpoint;
  if (from > size) {
    check.fail("consistency.shorter", { file: since.name, from, size });
    return;
  }
  if (from < 1) {
    check.fail("consistency.empty", { file: since.name });
    return;
  }
  const file = from === size ? since.name : `consistency/${from}.json`;
  const hashes = from === size ? [] : proofs.get(from);
  if (hashes === void 0) {
    check.fail("consistency.missing", { file, from });
  } else if (!isConsistent({ from, size, hashes, fromRoot, root: fromHex(root) })) {
    check.fail("consistency.wrong", { file, from, size });
  }
  check.pass("consistency.ok", { from, size });
}
function proofsOf(check, files, manifest) {
  const proofs = /* @__PURE__ */ new Map();
  for (const file of files.keys()) {
    const [, named] = /^consistency\/(\d+)\.json$/.exec(file) ?? [];
    if (named === void 0) continue;
    const proof = parsedFile(check, files, file);
    if (proof === null) continue;
    const { from, size, hashes } = proof;
    const isForm = Object.keys(proof).length === 3 && isCount(from) && String(from) === named && size === manifest.checkpoint.size && from > 0 && from < size && Array.isArray(hashes) && hashes.every(isHash);
    if (isForm) proofs.set(from, hashes.map(fromHex));
    else check.fail("consistency.form", { file });
  }
  return proofs;
}

// src/verifiers/source/checks/documents.js
var ROWS = "log/rows.jsonl";
function pathOf({ kind, version, tenantCode }) {
  if (!Number.isSafeInteger(version) || typeof kind !== "string") return null;
  const isTenant = typeof tenantCode === "string";
  return `statements/${isTenant ? `tenant-${tenantCode}` : kind}-v${version}`;
}
async function checkStatements(check, files, { manifest, rows, events, keys }) {
  const named = /* @__PURE__ */ new Map();
  const isOurs = ({ month, siteCode }) => month === manifest.month && siteCode === manifest.siteCode;
  for (const { seq, value } of rows) {
    if (value["@"] !== "mizan/row/statement/1" || !isOurs(value)) continue;
    const path = pathOf(value);
    if (path === null || !isHash(value.sha256))
      check.fail("statements.row", { file: ROWS, event: seq });
    else if (named.has(path)) check.fail("statements.twice", { file: ROWS, event: seq, path });
    else named.set(path, { seq, row: value });
  }
  checkSealedList(check, { rows, named, attestation: events.at(-1) });
  const statements = [];
  const signers = /* @__PURE__ */ new Set();
  for (const [path, { seq, row }] of [...named].sort(([a], [b]) => a < b ? -1 : 1)) {
    const file = `${path}.json`;
    if (!hasHash(check, files, { file, seq, hash: row.sha256 })) continue;
    const value = parsedFile(check, files, file);
    if (value === null) continue;
    const isSame2 = value.statementId === row.statementId && value.version === row.version && value.kind === row.kind && value.siteCode === row.siteCode && (row.kind !== "carbon" || isPeriod(value.period, manifest.period));
    if (!isSame2) check.fail("statements.other", { file, event: seq });
    const jws = { file: `${path}.jws`, signed: file, typ: "mizan-statement+jws", keys };
    signers.add(await checkJws(check, files, jws));
    statements.push({ file, row, value });
  }
  for (const file of files.keys()) {
    const [, path] = /^(statements\/.*)\.(?:json|jws)$/.exec(file) ?? [];
    if (path !== void 0 && !named.has(path)) check.fail("statements.unnamed", { file });
  }
  check.pass("statements.ok", { count: statements.length });
  return statements;
}
var isPeriod = (period, { start, end }) => Date.parse(period?.start) === Date.parse(start) && Date.parse(period?.end) === Date.parse(end);
function checkSealedList(check, { rows, named, attestation }) {
  if (attestation?.type !== "attestation.issued") return;
  const key = ({ statementId, sha256: hash2 }) => `${statementId} ${hash2}`;
  const { statements } = attestation.value.body;
  const listed = Array.isArray(statements) && statements.every(isRecord) ? statements : [];
  const isListed = new Set(listed.map(key));
  const ofRows = rows.filter(({ value }) => value["@"] === "mizan/row/statement/1");
  const isRow = new Set(ofRows.map(({ value }) => key(value)));
  const isWhole = [...named.values()].every(({ row }) => isListed.has(key(row)));
  if (isWhole && listed.every((one) => isRow.has(key(one)))) return;
  check.fail("statements.list", { file: "log/events.jsonl", event: attestation.seq });
}
function hasHash(check, files, { file, seq, hash: hash2 }) {
  const bytes = files.get(file);
  if (bytes === void 0) {
    check.fail("file.missing", { file, event: seq });
    return false;
  }
  const is = toHex(sha256(bytes));
  if (is !== hash2) check.fail("file.hash_sealed", { file, event: seq, is, due: hash2 });
  return is === hash2;
}
function checkSettlements(check, files, { rows }) {
  const named = /* @__PURE__ */ new Map();
  for (const { seq, value } of rows) {
    if (value["@"] !== "mizan/row/settlement-run/1") continue;
    if (typeof value.runId === "string" && isHash(value.sha256)) {
      named.set(`settlements/${value.runId}.json`, { seq, hash: value.sha256 });
    } else {
      check.fail("settlements.row", { file: ROWS, event: seq });
    }
  }
  const documents = [];
  for (const [file, { seq, hash: hash2 }] of [...named].sort(([a], [b]) => a < b ? -1 : 1)) {
    if (!hasHash(check, files, { file, seq, hash: hash2 })) continue;
    const value = parsedFile(check, files, file);
    if (value !== null) documents.push({ file, value });
  }
  for (const file of files.keys()) {
    if (file.startsWith("settlements/") && !named.has(file)) {
      check.fail("settlements.unnamed", { file });
    }
  }
  check.pass("settlements.ok", { count: documents.length });
  return documents;
}
async function checkFiles(check, files, { events }, breathe) {
  const named = /* @__PURE__ */ new Set();
  for (const { seq, value } of events) {
    const { sourceRef } = value;
    const file = `files/${sourceRef}`;
    if (sourceRef === null || named.has(file)) continue;
    named.add(file);
    hasHash(check, files, { file, seq, hash: sourceRef });
    await breathe();
  }
  for (const file of files.keys()) {
    if (file.startsWith("files/") && !named.has(file)) check.fail("files.unnamed", { file });
  }
  check.pass("files.ok", { count: named.size });
}

// src/verifiers/source/base/decimal.js
var isDecimal = (text) => typeof text === "string" && text.length < 100 && /^-?\d+(\.\d+)?$/.test(text);
function fraction(value) {
  if (typeof value === "bigint" || typeof value === "number")
    return { num: BigInt(value), den: 1n };
  const [whole, places = ""] = value.split(".");
  return { num: BigInt(whole + places), den: 10n ** BigInt(places.length) };
}
var plus = (a, b) => ({ num: a.num * b.den + b.num * a.den, den: a.den * b.den });
var minus = (a, b) => ({ num: a.num * b.den - b.num * a.den, den: a.den * b.den });
var times = (a, b) => ({ num: a.num * b.num, den: a.den * b.den });
var over = (a, b) => b.num < 0n ? { num: -a.num * b.den, den: a.den * -b.num } : { num: a.num * b.den, den: a.den * b.num };
var isSame = (a, b) => a.num * b.den === b.num * a.den;
function rounded({ num, den }, places, rule) {
  const isNegative = num < 0n;
  const scaled = (isNegative ? -num : num) * 10n ** BigInt(places);
  const whole = rule === "half" ? (scaled * 2n + den) / (den * 2n) : scaled / den;
  const digits = whole.toString().padStart(places + 1, "0");
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return isNegative && whole !== 0n ? `-${text}` : text;
}

// src/verifiers/source/checks/figures.js
var HOUR_MS = 36e5;
var HUNDRED = fraction(100);
var WH_MG_PER_T = fraction(10n ** 12n);
var WH_PER_MWH = fraction(1e6);
function checkFigures(check, { entries, events, rows, statements }) {
  let count = 0;
  const carbon = statements.filter(({ row }) => row.kind === "carbon");
  const latest = carbon.toSorted((a, b) => a.row.version - b.row.version).at(-1);
  if (latest !== void 0)
    count += checkCarbon(check, { entries, events, rows, statement: latest });
  for (const statement of statements.filter(({ row }) => row.kind === "billing")) {
    count += checkBilling(check, statement);
  }
  check.pass("figures.ok", { count });
  if (latest === void 0) check.note("figures.no_carbon");
}
function checkCarbon(check, { entries, events, rows, statement }) {
  const { file, value } = statement;
  const run2 = events.find(({ value: event }) => event.eventId === value.matching?.runId);
  if (run2 === void 0) {
    check.fail("figures.no_run", { file, run: value.matching?.runId });
    return 0;
  }
  const plants = Array.isArray(value.plants) ? value.plants : [];
  const known = plants.every(
    (plant) => typeof plant?.code === "string" && isDecimal(plant.directFactorGPerKwh)
  );
  const figures = figuresOf(value);
  const generationWh = figures.get("generationWh")?.value;
  if (!known || !Array.isArray(value.meterCodes) || !isCount(generationWh)) {
    check.fail("figures.form", { file });
    return 0;
  }
  const sums = sumsOf({ entries, rows, value, plants, upTo: run2.seq });
  const factors = factorsOf(check, { file, value, rows });
  const due = {
    ...energyFigures(sums, generationWh),
    ...carbonFigures(check, { file, value, sums, plants, factors })
  };
  const matchedSum = [...sums.byPlant.values()].reduce((sum, wh) => sum + wh, 0);
  if (matchedSum !== sums.matchedWh) {
    check.fail("figures.sides", { file, demand: sums.matchedWh, supply: matchedSum });
  }
  for (const [id, figure] of Object.entries(due)) {
    if (!figures.has(id)) check.fail("figures.missing", { file, id });
    else sameFigure(check, { file, id, is: figures.get(id).value, due: figure });
  }
  return Object.keys(due).length;
}
function sameFigure(check, { file, id, is, due }) {
  const isNumber = (value) => Number.isSafeInteger(value) || isDecimal(value);
  const isEqual = isNumber(is) && isNumber(due) ? isSame(fraction(is), fraction(due)) : is === due;
  if (!isEqual) check.fail("figures.other", { file, id, is: shown2(is), due: shown2(due) });
}
var shown2 = (value) => value === null ? "null" : value;
var figuresOf = ({ figures }) => new Map((Array.isArray(figures) ? figures : []).map((figure) => [figure?.id, figure]));
function sumsOf({ entries, rows, value, plants, upTo }) {
  const plantOf = /* @__PURE__ */ new Map();
  for (const { value: row } of rows) {
    if (/^mizan\/row\/certificate\/[12]$/.test(row["@"]))
      plantOf.set(row.certificateId, row.plantCode);
  }
  const byPlant = new Map(plants.map(({ code }) => [code, 0]));
  const meters = new Set(value.meterCodes);
  const hours = /* @__PURE__ */ new Map();
  const [startMs, endMs] = [Date.parse(value.period?.start), Date.parse(value.period?.end)];
  const DEMAND2 = {
    consume: ["loadWh", 1],
    consume_reversal: ["loadWh", -1],
    match_demand: ["matchedWh", 1],
    unmatch_demand: ["matchedWh", -1]
  };
  const SUPPLY2 = { match_supply: 1, unmatch_supply: -1 };
  for (const { seq, move, hourMs, subject, wh } of entries) {
    if (seq > upTo || !(hourMs >= startMs && hourMs < endMs)) continue;
    const [name, sign] = DEMAND2[move] ?? [];
    if (name !== void 0 && meters.has(subject)) {
      const hour = hours.get(hourMs) ?? { loadWh: 0, matchedWh: 0 };
      hour[name] += sign * wh;
      hours.set(hourMs, hour);
    }
    const plant = plantOf.get(subject);
    if (SUPPLY2[move] !== void 0 && byPlant.has(plant)) {
      byPlant.set(plant, byPlant.get(plant) + SUPPLY2[move] * wh);
    }
  }
  const total = (name) => [...hours.values()].reduce((sum, hour) => sum + hour[name], 0);
  return { hours, byPlant, loadWh: total("loadWh"), matchedWh: total("matchedWh") };
}
function energyFigures({ hours, byPlant, loadWh, matchedWh }, generationWh) {
  const withLoad = [...hours.values()].filter((hour) => hour.loadWh > 0);
  const full = withLoad.filter((hour) => hour.loadWh === hour.matchedWh).length;
  const pct = (part, whole, places, rule) => whole === 0 ? null : rounded(over(times(fraction(part), HUNDRED), fraction(whole)), places, rule);
  return {
    loadWh,
    matchedWh,
    residualWh: loadWh - matchedWh,
    excessWh: generationWh - matchedWh,
    ...Object.fromEntries([...byPlant].map(([code, wh]) => [`matchedWh.${code}`, wh])),
    contractedCfePct: pct(matchedWh, loadWh, 2, "cut"),
    contractedCfeEnginePct: pct(matchedWh, loadWh, 6, "half"),
    hoursFullyMatched: String(full),
    hoursFullyMatchedPct: pct(full, withLoad.length, 2, "cut"),
    volumetricPct: pct(generationWh, loadWh, 6, "half")
  };
}
var RUNGS = ["hourly", "monthly", "annual"];
function factorsOf(check, { file, value, rows }) {
  const named = Array.isArray(value.factors) ? value.factors : [];
  const byKind = /* @__PURE__ */ new Map();
  for (const { code, version } of named) {
    const row = rows.find(
      ({ value: { "@": domain, code: is, version: of } }) => domain === "mizan/row/emission-factor/1" && is === code && of === version
    );
    if (row === void 0) check.fail("figures.no_factor", { file, code, version });
    else byKind.set(row.value.kind, [...byKind.get(row.value.kind) ?? [], row.value]);
  }
  const rungOf = ({ resolution }) => RUNGS.indexOf(resolution);
  const ordered = (kind) => (byKind.get(kind) ?? []).toSorted((a, b) => rungOf(a) - rungOf(b));
  return { grid: ordered("grid_average"), residual: ordered("residual_mix") };
}
function factorAt(factors, hourMs) {
  for (const factor of factors) {
    const value = valueAt(factor, hourMs);
    if (value !== null) return value;
  }
  return null;
}
function valueAt({ resolution, mgPerKwh, validFrom, validTo, stepStarts = [] }, hourMs) {
  if (!(Date.parse(validFrom) <= hourMs && hourMs < Date.parse(validTo))) return null;
  let at = 0;
  if (resolution === "hourly") at = (hourMs - Date.parse(validFrom)) / HOUR_MS;
  if (resolution === "monthly") {
    at = stepStarts.findLastIndex((start) => Date.parse(start) <= hourMs);
  }
  const value = Array.isArray(mgPerKwh) ? mgPerKwh[at] : void 0;
  return isCount(value) ? BigInt(value) : null;
}
var VOLUMES_MATCHED = 3;
function carbonFigures(check, { file, value, sums, plants, factors }) {
  if (factors.grid.length === 0) {
    check.fail("figures.no_grid_factor", { file });
    return {};
  }
  const isApplied = value.instrumentsApplied !== false;
  let location = 0n;
  let market = 0n;
  let residualWh = 0;
  for (const [hourMs, { loadWh, matchedWh }] of sums.hours) {
    const grid = factorAt(factors.grid, hourMs);
    const residual = factorAt(factors.residual, hourMs) ?? grid;
    if (grid === null) {
      check.fail("figures.factor_hour", { file, hour: new Date(hourMs).toISOString() });
      return {};
    }
    location += BigInt(loadWh) * grid;
    const rest = loadWh - (isApplied ? matchedWh : 0);
    market += BigInt(rest) * residual;
    residualWh += rest;
  }
  const direct = (isApplied ? plants : []).map(
    ({ code, directFactorGPerKwh }) => times(fraction(sums.byPlant.get(code)), times(fraction(directFactorGPerKwh), fraction(1e3)))
  ).reduce(plus, fraction(0));
  const tonnes = (value2) => rounded(over(value2, WH_MG_PER_T), 3, "half");
  return {
    locationBasedT: tonnes(fraction(location)),
    marketHourlyT: tonnes(plus(direct, fraction(market))),
    ...value.engineVersion >= VOLUMES_MATCHED ? volumeFigure(check, { file, value, factors, direct, residualWh }) : {}
  };
}
function volumeFigure(check, { file, value, factors, direct, residualWh }) {
  const [startMs, endMs] = [Date.parse(value.period?.start), Date.parse(value.period?.end)];
  let sum = 0n;
  let count = 0n;
  for (let hourMs = startMs; hourMs < endMs; hourMs += HOUR_MS) {
    const mg = factorAt(factors.residual, hourMs) ?? factorAt(factors.grid, hourMs);
    if (mg === null) {
      check.fail("figures.factor_hour", { file, hour: new Date(hourMs).toISOString() });
      return {};
    }
    sum += mg;
    count += 1n;
  }
  const rest = over(times(fraction(residualWh), fraction(sum)), fraction(count));
  return { marketBased2015T: rounded(over(plus(direct, rest), WH_MG_PER_T), 3, "half") };
}
function checkBilling(check, { file, value }) {
  const { lines, ...totals } = value.billing ?? {};
  if (!Array.isArray(lines)) {
    check.note("figures.no_lines", { file });
    return 0;
  }
  const sums = { net: fraction(0), vat: fraction(0), gross: fraction(0) };
  for (const [index, line] of lines.entries()) {
    const amounts = [
      "lossFactor",
      "deliveredWh",
      "strikePriceMadPerMwh",
      "netMad",
      "vatRatePct",
      "vatMad",
      "grossMad"
    ];
    if (!isCount(line?.generationWh) || !amounts.every((name) => isDecimal(line[name]))) {
      check.fail("figures.bill_line", { file, line: index + 1 });
      return 0;
    }
    const due2 = amountsOf(line);
    if (!isSame(fraction(line.deliveredWh), due2.delivered)) {
      const shownDue = rounded(due2.delivered, 12, "half");
      sameFigure(check, {
        file,
        id: `lines.${index}.deliveredWh`,
        is: line.deliveredWh,
        due: shownDue
      });
    }
    for (const name of ["net", "vat", "gross"]) {
      sameFigure(check, {
        file,
        id: `lines.${index}.${name}Mad`,
        is: line[`${name}Mad`],
        due: due2[name]
      });
      sums[name] = plus(sums[name], fraction(due2[name]));
    }
  }
  const due = Object.fromEntries(
    [
      ["totalNetMad", sums.net],
      ["totalVatMad", sums.vat],
      ["totalGrossMad", sums.gross]
    ].map(([name, sum]) => [name, rounded(sum, 2, "half")])
  );
  for (const [id, sum] of Object.entries(due)) {
    sameFigure(check, { file, id: `billing.${id}`, is: totals[id], due: sum });
  }
  return lines.length * 4 + 3 + checkBillFigures(check, { file, value, lines, due });
}
function checkBillFigures(check, { file, value, lines, due }) {
  const figures = figuresOf(value);
  for (const [id, sum] of Object.entries(due)) {
    if (figures.has(id)) sameFigure(check, { file, id, is: figures.get(id).value, due: sum });
    else check.fail("figures.missing", { file, id });
  }
  const said = lines.flatMap((line) => {
    const part = typeof line.from === "string" ? `${line.plantCode} from ${line.from}` : line.plantCode;
    return ["generationWh", "deliveredWh", "netMad", "vatMad", "grossMad"].map((name) => ({
      id: `${part}.${name}`,
      due: line[name]
    }));
  });
  for (const { id, due: ofLine } of said) {
    if (figures.has(id)) sameFigure(check, { file, id, is: figures.get(id).value, due: ofLine });
    else check.fail("figures.missing", { file, id });
  }
  return said.length + 3;
}
function amountsOf({ generationWh, lossFactor, strikePriceMadPerMwh, vatRatePct }) {
  const delivered = times(fraction(generationWh), minus(fraction(1), fraction(lossFactor)));
  const price = fraction(strikePriceMadPerMwh);
  const net = rounded(times(over(delivered, WH_PER_MWH), price), 2, "half");
  const vat = rounded(over(times(fraction(net), fraction(vatRatePct)), HUNDRED), 2, "half");
  return { delivered, net, vat, gross: rounded(plus(fraction(net), fraction(vat)), 2, "half") };
}

// src/verifiers/source/checks/manifest.js
var TABLES = [
  "imports",
  "intervals",
  "certificates",
  "book",
  "figures",
  "settlement-lines",
  "interventions"
];
var ALWAYS = [
  "manifest.json",
  "manifest.jws",
  "checkpoint",
  "keys/jwks.json",
  "log/events.jsonl",
  "log/left-out.json",
  "log/rows.jsonl",
  ...TABLES.map((name) => `data/${name}.csv`),
  "data/controls.json"
];
var CODE = "[A-Za-z0-9][A-Za-z0-9._-]{0,39}";
var ALSO = [
  /^report\.pdf$/,
  /^HOWTO\.txt$/,
  /^consistency\/(0|[1-9]\d{0,15})\.json$/,
  new RegExp(`^statements/(?:tenant-${CODE}|[a-z]+)-v[1-9]\\d{0,8}\\.(?:json|jws)$`),
  /^settlements\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json$/,
  /^files\/[0-9a-f]{64}$/
];
var UNLISTED = ["manifest.json", "manifest.jws"];
function checkContainer(check, files, byteCount) {
  const isKnown = (path) => ALWAYS.includes(path) || ALSO.some((form) => form.test(path));
  for (const path of files.keys()) if (!isKnown(path)) check.fail("path.unknown", { file: path });
  for (const path of ALWAYS) if (!files.has(path)) check.fail("file.missing", { file: path });
  const megabytes = (byteCount / 1e6).toFixed(1);
  check.pass("container.ok", { count: files.size, megabytes });
}
var isMonth = (text) => typeof text === "string" && /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
var isText = (value) => typeof value === "string" && value !== "";
var MEMBERS = {
  "@": (value) => value === "mizan/pack/1",
  ledgerId: isText,
  siteCode: isText,
  month: isMonth,
  period: (value) => isRecord(value) && isInstant(value.start) && isInstant(value.end),
  label: (value) => value === "PRELIMINARY" || value === "FINAL",
  attestationId: isText,
  seq: isCount,
  checkpoint: (value) => isRecord(value) && isCount(value.size) && isHash(value.root) && isText(value.kid),
  population: (value) => isRecord(value) && isCount(value.before) && isCount(value.count) && isHash(value.root),
  engines: isRecord,
  files: Array.isArray
};
var isInstant = (text) => typeof text === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text) && !Number.isNaN(Date.parse(text));
async function checkManifest(check, files, breathe) {
  const file = "manifest.json";
  const manifest = parsedFile(check, files, file);
  if (manifest === null) return null;
  if (manifest["@"] !== "mizan/pack/1")
    throw new NoPack("pack.other_format", { is: manifest["@"] });
  const wrong = Object.entries(MEMBERS).filter(([name, isRight]) => !isRight(manifest[name]));
  for (const [name] of wrong) check.fail("manifest.member", { file, member: name });
  for (const name of Object.keys(manifest)) {
    if (!Object.hasOwn(MEMBERS, name))
      check.fail("manifest.unknown_member", { file, member: name });
  }
  if (Array.isArray(manifest.files)) await checkListed(check, files, manifest.files, breathe);
  check.pass("manifest.ok", {
    ledgerId: manifest.ledgerId,
    siteCode: manifest.siteCode,
    month: manifest.month,
    label: manifest.label,
    count: manifest.files?.length
  });
  return wrong.length === 0 ? manifest : null;
}
async function checkListed(check, files, listed, breathe) {
  const seen = /* @__PURE__ */ new Set();
  let before = null;
  for (const entry of listed) {
    const { path, byteCount, sha256: hash2 } = isRecord(entry) ? entry : {};
    if (typeof path !== "string" || !isCount(byteCount) || !isHash(hash2)) {
      check.fail("manifest.entry", { file: "manifest.json", entry: JSON.stringify(entry) });
      continue;
    }
    if (before !== null && before >= path) {
      check.fail("manifest.order", { file: "manifest.json", path });
    }
    before = path;
    seen.add(path);
    const bytes = files.get(path);
    if (bytes === void 0) {
      check.fail("file.missing", { file: path });
    } else if (bytes.length !== byteCount) {
      check.fail("file.length", { file: path, is: bytes.length, listed: byteCount });
    } else {
      const is = toHex(await digest(bytes));
      if (is !== hash2) check.fail("file.hash", { file: path, is, listed: hash2 });
    }
    await breathe();
  }
  for (const path of files.keys()) {
    if (!seen.has(path) && !UNLISTED.includes(path)) check.fail("file.unlisted", { file: path });
  }
}
var digest = async (bytes) => means.sha256 === null && bytes.length > 65536 ? new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", bytes)) : sha256(bytes);

// src/verifiers/source/checks/log.js
var FILE = "log/events.jsonl";
var LEFT_OUT = "log/left-out.json";
var ROWS2 = "log/rows.jsonl";
var DAY_MS = 864e5;
var MEMBERS2 = {
  "@": (value) => value === "mizan/event/1",
  seq: isCount,
  eventId: (value) => typeof value === "string",
  type: (value) => typeof value === "string",
  recordedAt: isInstant,
  validFrom: (value) => value === null || isInstant(value),
  validTo: (value) => value === null || isInstant(value),
  sourceRef: (value) => value === null || isHash(value),
  supersedes: Array.isArray,
  rowCount: isCount,
  rowRoot: isHash,
  body: isRecord
};
async function readEvents(files, manifest, fail, breathe) {
  const events = [];
  for (const { bytes, number, isEnded } of linesOfFile(files.get(FILE) ?? new Uint8Array())) {
    await breathe();
    if (!isEnded) fail("lines.not_ended", { file: FILE, line: number });
    const { value, problem } = readSealed(bytes);
    if (problem !== void 0) {
      fail(`line.${problem}`, { file: FILE, line: number });
      continue;
    }
    const wrong = Object.keys(MEMBERS2).find((name) => !MEMBERS2[name](value[name]));
    if (wrong !== void 0) {
      fail("event.member", { file: FILE, line: number, member: wrong });
      continue;
    }
    const { seq, type, ledgerId } = value;
    if (ledgerId !== manifest.ledgerId) fail("event.other_ledger", { file: FILE, event: seq });
    if (events.length > 0 && events.at(-1).seq >= seq) {
      fail("event.order", { file: FILE, line: number, event: seq });
      continue;
    }
    events.push({ seq, type, value, leaf: leafHash(bytes) });
  }
  return events;
}
function checkLog(check, files, { manifest, events }) {
  if (!files.has(FILE)) check.fail("file.missing", { file: FILE });
  const { size, root } = manifest.checkpoint;
  const gaps = gapsOf(check, files, size);
  if (gaps === null) return;
  const tree = new Tree();
  const lines = events.map(({ seq, leaf }) => ({ begin: seq, end: seq + 1, nodes: [leaf] }));
  for (const { begin, end, nodes } of [...lines, ...gaps].sort((a, b) => a.begin - b.begin)) {
    if (begin !== tree.size) {
      check.fail(begin > tree.size ? "log.uncovered" : "log.covered_twice", {
        file: begin > tree.size ? `${FILE}, ${LEFT_OUT}` : LEFT_OUT,
        event: Math.min(begin, tree.size)
      });
      return;
    }
    const spans = completeSpans(begin, end);
    if (spans.length !== nodes.length) {
      check.fail("log.nodes", { file: LEFT_OUT, begin, end, is: nodes.length, due: spans.length });
      return;
    }
    nodes.forEach((node, at) => tree.add(node, spans[at]));
  }
  if (tree.size !== size) {
    check.fail("log.size", { file: `${FILE}, ${LEFT_OUT}`, is: tree.size, size });
  } else if (toHex(tree.root()) !== root) {
    check.fail("log.root", { file: `${FILE}, ${LEFT_OUT}`, is: toHex(tree.root()), root });
  }
  check.pass("log.ok", { count: events.length, leftOut: size - events.length, size });
}
function gapsOf(check, files, size) {
  const leftOut = parsedFile(check, files, LEFT_OUT);
  if (leftOut === null) return null;
  const isGap = (gap) => isRecord(gap) && isCount(gap.begin) && isCount(gap.end) && gap.begin < gap.end && gap.end <= size && Array.isArray(gap.nodes) && gap.nodes.every(isHash);
  if (leftOut.size !== size || !Array.isArray(leftOut.gaps) || !leftOut.gaps.every(isGap)) {
    check.fail("log.gaps", { file: LEFT_OUT, size });
    return null;
  }
  return leftOut.gaps.map(({ begin, end, nodes }) => ({ begin, end, nodes: nodes.map(fromHex) }));
}
function checkPopulation(check, { manifest, events }) {
  const last = events.at(-1);
  if (last === void 0 || last.seq !== manifest.seq || last.type !== "attestation.issued") {
    check.fail("population.no_attestation", { file: FILE, event: manifest.seq });
    return;
  }
  const population = events.slice(0, -1);
  const { before } = manifest.population;
  if (before > last.seq) {
    check.fail("population.before", { file: "manifest.json", before, seq: last.seq });
  }
  const matters = rulesOf(manifest.month);
  for (const event of population) {
    if (!matters(event) || event.seq >= before) {
      check.fail("population.stranger", { file: FILE, event: event.seq, type: event.type });
    }
  }
  const is = {
    before,
    count: population.length,
    root: toHex(rootOf(population.map(({ leaf }) => leaf)))
  };
  const { body } = last.value;
  const sealed = isRecord(body.population) ? body.population : {};
  const sealedIn = { file: FILE, event: last.seq };
  compare(check, { is, due: sealed, at: sealedIn, code: "population.other" });
  const due = manifest.population;
  compare(check, { is, due, at: { file: "manifest.json" }, code: "population.other" });
  for (const name of ["attestationId", "label", "month", "siteCode"]) {
    if (body[name] === manifest[name]) continue;
    const values = { file: "manifest.json", event: last.seq, member: name };
    check.fail("population.member", {
      is: manifest[name],
      due: body[name],
      file: values.file,
      event: values.event,
      member: name
    });
  }
  const counts = isRecord(body.leftOut) ? Object.values(body.leftOut) : [null];
  const leftOut = counts.every(isCount) ? counts.reduce((sum, count) => sum + count, 0) : null;
  if (leftOut !== before - population.length) {
    check.fail("population.left_out", {
      file: FILE,
      event: last.seq,
      is: leftOut,
      due: before - population.length
    });
  }
  check.pass("population.ok", { count: is.count, seq: last.seq });
}
function compare(check, { is, due, at, code }) {
  for (const name of ["before", "count", "root"]) {
    if (is[name] === due[name]) continue;
    check.fail(code, {
      file: at.file,
      event: at.event,
      member: name,
      is: is[name],
      due: due[name]
    });
  }
}
function rulesOf(month) {
  const [year, of] = month.split("-").map(Number);
  const startMs = Date.UTC(year, of - 1);
  const endMs = Date.UTC(year, of);
  return ({ type, value }) => {
    if (type === "attestation.issued") return false;
    if (value.validFrom === null) return true;
    if (type === "matching.run") return value.body.run?.month === month;
    return (value.validTo === null || Date.parse(value.validTo) > startMs - DAY_MS) && Date.parse(value.validFrom) < endMs + DAY_MS;
  };
}
async function checkRows(check, files, { events }, breathe) {
  const bytes = files.get(ROWS2);
  if (bytes === void 0) {
    check.fail("file.missing", { file: ROWS2 });
    return [];
  }
  const rows = [];
  const lines = linesOfFile(bytes);
  for (const {
    seq,
    value: { rowCount, rowRoot }
  } of events) {
    const tree = new Tree();
    while (tree.size < rowCount) {
      const { value: line, done } = lines.next();
      if (done) {
        check.fail("rows.missing", { file: ROWS2, event: seq, is: tree.size, due: rowCount });
        return rows;
      }
      const value = readRow(check, line, seq);
      if (value !== null) rows.push({ seq, row: tree.size, value });
      tree.add(leafHash(line.bytes));
      await breathe();
    }
    const is = toHex(tree.root());
    if (is !== rowRoot) check.fail("rows.root", { file: ROWS2, event: seq, is, due: rowRoot });
  }
  const { value: more } = lines.next();
  if (more !== void 0) check.fail("rows.left_over", { file: ROWS2, line: more.number });
  check.pass("rows.ok", { count: rows.length });
  return rows;
}
function readRow(check, { bytes, number, isEnded }, seq) {
  if (!isEnded) check.fail("lines.not_ended", { file: ROWS2, line: number });
  const { value, problem } = readSealed(bytes);
  if (problem !== void 0) {
    check.fail(`line.${problem}`, { file: ROWS2, event: seq, line: number });
    return null;
  }
  if (/^mizan\/row\/[a-z0-9-]+\/[1-9]\d*$/.test(value["@"])) return value;
  check.fail("rows.domain", { file: ROWS2, event: seq, line: number });
  return null;
}

// src/verifiers/source/checks/tables.js
var HOUR_MS2 = 36e5;
var MINUTE_MS = 6e4;
var SUPPLY = [
  "issue",
  "match_supply",
  "unmatch_supply",
  "withdraw",
  "withdraw_cancelled",
  "expire",
  "cancel",
  "cancel_for_storage"
];
var DEMAND = ["consume", "consume_reversal", "match_demand", "unmatch_demand"];
var HOURS_OF_DAY = 24;
var ACTS = [
  "readings.estimated",
  "exception.decided",
  "certificates.acted",
  "supplier_invoice.decided",
  "supplier_invoice.voided"
];
var COLUMNS = {
  imports: "seq,event_id,recorded_at,kind,file_sha256,byte_count,row_count,new_count,changed_count,identical_count,rejected_count,total_wh",
  intervals: "seq,row,meter,start,minutes,wh,quality,revision,is_latest",
  certificates: "seq,row,certificate_id,plant,start,end,wh,external_id,issuer,status",
  book: "seq,row,move,hour,subject,wh",
  figures: "statement,id,value,unit,formula",
  "settlement-lines": "settlement,kind,label,quantity,unit,price,amount_mad",
  interventions: "seq,event_id,recorded_at,type,actor,reason,supersedes"
};
var KEPT = 5e4;
function kept(make) {
  const made = /* @__PURE__ */ new Map();
  return (of) => {
    let text = made.get(of);
    if (text === void 0) {
      text = make(of);
      if (made.size >= KEPT) made.clear();
      made.set(of, text);
    }
    return text;
  };
}
var instantOf = kept((ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`);
var NUMBERS = /^(seq|row|minutes|wh|total_wh|quality|revision|is_latest|value|quantity|price|amount_mad|.*_count)$/;
var COMPUTED = /^([\t\r]|['\s]*[=+\-@\t\r\0])/;
var quoted = (text) => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
var textCell = kept((text) => quoted(COMPUTED.test(text) ? `'${text}` : text));
function cell(value, isNumber) {
  if (typeof value === "number" && (isNumber || value >= 0)) return `${value}`;
  if (value === null || value === void 0) return "";
  return isNumber ? quoted(String(value)) : textCell(String(value));
}
var Table = class {
  constructor(check, files, name) {
    this.check = check;
    this.file = `data/${name}.csv`;
    this.count = 0;
    this.wh = 0;
    this.at = 0;
    const bytes = files.get(this.file);
    this.text = bytes === void 0 ? null : fromUtf8(bytes);
    if (bytes === void 0) check.fail("file.missing", { file: this.file });
    else if (this.text === null) check.fail("json.utf8", { file: this.file });
    this.isOff = this.text === null;
    this.areNumbers = COLUMNS[name].split(",").map((column) => NUMBERS.test(column));
    this.#expect(`${COLUMNS[name]}
`, 1);
  }
  /** @param {unknown[]} values  the cells of the next line; `wh` is what it adds to the sum */
  add(values, wh = 0) {
    this.addText(this.isOff ? "" : this.cells(values), values[0], wh);
  }
  /** @param {string} text  a line that was written from its cells; `first` is the first of them */
  addText(text, first, wh = 0) {
    this.count += 1;
    this.wh += wh;
    this.#expect(`${text}
`, this.count + 1, first);
  }
  /** @returns {string} cells that stand beside each other; the first is in column `from` */
  cells(values, from = 0) {
    let line = cell(values[0], this.areNumbers[from]);
    for (let at = 1; at < values.length; at += 1)
      line += `,${cell(values[at], this.areNumbers[from + at])}`;
    return line;
  }
  #expect(line, number, first) {
    if (this.isOff) return;
    if (this.text.startsWith(line, this.at)) {
      this.at += line.length;
      return;
    }
    const end = this.text.indexOf("\n", this.at);
    const is = this.text.slice(this.at, end < 0 ? void 0 : end);
    const event = typeof first === "number" ? { event: first } : {};
    this.check.fail("tables.line", {
      file: this.file,
      ...event,
      line: number,
      is,
      due: line.trimEnd()
    });
    this.isOff = true;
  }
  end() {
    if (!this.isOff && this.at < this.text.length) {
      this.check.fail("tables.left_over", { file: this.file, line: this.count + 2 });
    }
    return { count: this.count, wh: this.wh };
  }
};
async function checkTables(check, files, pack, breathe) {
  const { manifest, events, rows, statements, settlements } = pack;
  const period = {
    startMs: Date.parse(manifest.period.start),
    endMs: Date.parse(manifest.period.end)
  };
  const imports = importsTable(check, files, events);
  const intervals = await intervalsTable(check, files, rows, period, breathe);
  const certificates = await certificatesTable(check, files, rows, period, breathe);
  const entries = await bookEntries(check, rows, period, breathe);
  const book = new Table(check, files, "book");
  for (const { seq, row, move, hourMs, subject, wh } of entries) {
    book.add([seq, row, move, instantOf(hourMs), subject, wh], wh);
    await breathe();
  }
  const sums = { imports, intervals, certificates, book: book.end() };
  figuresTable(check, files, statements);
  settlementLinesTable(check, files, settlements);
  interventionsTable(check, files, events);
  checkControls(check, files, { events, rows, sums });
  check.pass("tables.ok", { count: Object.keys(COLUMNS).length });
  return entries;
}
function importsTable(check, files, events) {
  const table = new Table(check, files, "imports");
  for (const { seq, type, value } of events) {
    if (type !== "import.committed") continue;
    const of = isRecord(value.body.import) ? value.body.import : {};
    table.add([
      seq,
      value.eventId,
      value.recordedAt,
      of.kind,
      of.fileSha256,
      of.byteCount,
      of.rowCount,
      of.newCount,
      of.changedCount,
      of.identicalCount,
      of.rejectedCount,
      of.totalWh
    ]);
  }
  return { count: table.end().count };
}
var blockKey = ({ meterCode, utcDay }) => `${meterCode} ${utcDay}`;
async function intervalsTable(check, files, rows, { startMs, endMs }, breathe) {
  const table = new Table(check, files, "intervals");
  const blocks = rows.filter(({ value }) => value["@"] === "mizan/row/interval-block/1");
  const latest = /* @__PURE__ */ new Map();
  for (const { value } of blocks) {
    const key = blockKey(value);
    latest.set(key, Math.max(latest.get(key) ?? 0, value.revision));
  }
  for (const { seq, row, value } of blocks) {
    const { meterCode, intervalMinutes, utcDay, revision, wh, quality } = value;
    const dayMs = Date.parse(`${utcDay}T00:00:00Z`);
    const isForm = isCount(intervalMinutes) && Array.isArray(wh) && Array.isArray(quality);
    if (!isForm || Number.isNaN(dayMs)) {
      check.fail("tables.row", { file: "log/rows.jsonl", event: seq, row });
      continue;
    }
    const isLatest = latest.get(blockKey(value)) === revision ? 1 : 0;
    const head = table.cells([seq, row, meterCode]);
    const tail2 = table.cells([revision, isLatest], 7);
    const minutes = cell(intervalMinutes, true);
    for (let place = 0; place < wh.length; place += 1) {
      const amountWh = wh[place];
      const atMs = dayMs + place * intervalMinutes * MINUTE_MS;
      if (amountWh === null || atMs < startMs || atMs >= endMs) continue;
      const of = `${cell(amountWh, true)},${cell(quality[place], true)}`;
      table.addText(`${head},${instantOf(atMs)},${minutes},${of},${tail2}`, seq, amountWh);
    }
    await breathe();
  }
  return table.end();
}
async function certificatesTable(check, files, rows, { startMs, endMs }, breathe) {
  const table = new Table(check, files, "certificates");
  for (const { seq, row, value } of rows) {
    if (!/^mizan\/row\/certificate\/[12]$/.test(value["@"])) continue;
    const { certificateId, plantCode, start, end, wh, externalId, issuer, status } = value;
    const [fromMs, toMs] = [Date.parse(start), Date.parse(end)];
    if (Number.isNaN(fromMs) || Number.isNaN(toMs)) {
      check.fail("tables.row", { file: "log/rows.jsonl", event: seq, row });
      continue;
    }
    if (fromMs < startMs || fromMs >= endMs) continue;
    const times2 = [instantOf(fromMs), instantOf(toMs)];
    table.add([seq, row, certificateId, plantCode, ...times2, wh, externalId, issuer, status], wh);
    await breathe();
  }
  return table.end();
}
async function bookEntries(check, rows, { startMs, endMs }, breathe) {
  const entries = [];
  for (const { seq, row, value } of rows) {
    const read = entriesOf(seq, row, value);
    if (read === null) check.fail("tables.row", { file: "log/rows.jsonl", event: seq, row });
    for (const entry of read ?? []) {
      if (entry.hourMs >= startMs && entry.hourMs < endMs) entries.push(entry);
    }
    await breathe();
  }
  return entries;
}
function entriesOf(seq, row, value) {
  const { move } = value;
  if (value["@"] === "mizan/row/posting/1") {
    const hourMs = Date.parse(value.hour);
    const isForm2 = [...SUPPLY, ...DEMAND].includes(move) && !Number.isNaN(hourMs) && isCount(value.wh);
    return isForm2 ? [{ seq, row, move, hourMs, subject: value.subject, wh: value.wh }] : null;
  }
  if (value["@"] !== "mizan/row/posting/2") return [];
  const { start, subjects, wh } = value;
  const startMs = Date.parse(start);
  const isDemand = DEMAND.includes(move);
  const isForm = (isDemand || SUPPLY.includes(move)) && !Number.isNaN(startMs) && Array.isArray(subjects) && Array.isArray(wh) && wh.every(isCount) && (isDemand ? subjects.length === 1 && wh.length === HOURS_OF_DAY : subjects.length === wh.length);
  if (!isForm) return null;
  const entries = [];
  for (let at = 0; at < wh.length; at += 1) {
    if (wh[at] === 0) continue;
    const hourMs = isDemand ? startMs + at * HOUR_MS2 : startMs;
    const subject = isDemand ? subjects[0] : subjects[at];
    entries.push({ seq, row, move, hourMs, subject, wh: wh[at] });
  }
  return entries;
}
function figuresTable(check, files, statements) {
  const table = new Table(check, files, "figures");
  for (const { file, value } of statements) {
    for (const { id, value: is, unit, formula } of recordsOf(value.figures)) {
      table.add([file, id, is, unit, formula]);
    }
  }
  table.end();
}
var recordsOf = (list) => Array.isArray(list) ? list.filter(isRecord) : [];
function settlementLinesTable(check, files, settlements) {
  const table = new Table(check, files, "settlement-lines");
  for (const { file, value } of settlements) {
    for (const line of recordsOf(value.settlement?.lines)) {
      const { kind, label, quantity, unit, price, amountMad } = line;
      table.add([file, kind, label, quantity, unit, price, amountMad]);
    }
  }
  table.end();
}
function interventionsTable(check, files, events) {
  const table = new Table(check, files, "interventions");
  for (const { seq, type, value } of events) {
    const { eventId, recordedAt, actor, body, supersedes } = value;
    const isChange = type === "import.committed" && body.import?.changedCount > 0;
    if (!isChange && !ACTS.includes(type)) continue;
    table.add([seq, eventId, recordedAt, type, actor, body.reason, supersedes.join(" ")]);
  }
  table.end();
}
function checkControls(check, files, { events, rows, sums }) {
  const file = "data/controls.json";
  const controls = parsedFile(check, files, file);
  if (controls === null) return;
  const fileCount = [...files.keys()].filter((path) => path.startsWith("files/")).length;
  const due = {
    events: { count: events.length },
    rows: { count: rows.length },
    files: { count: fileCount },
    ...sums
  };
  for (const [name, of] of Object.entries(due)) {
    const is = canonicalJson(controls[name] ?? null);
    const wanted = canonicalJson(of);
    if (is !== wanted) check.fail("tables.control", { file, name, is, due: wanted });
  }
  for (const name of Object.keys(controls)) {
    if (!Object.hasOwn(due, name)) check.fail("tables.control", { file, name, is: "", due: "" });
  }
}

// src/verifiers/source/verify-pack.js
var AT_WORK_MS = 40;
async function verifyPack(bytes, options = {}) {
  const trusted = (options.keys ?? []).map((key) => {
    const read = readTrusted(key);
    if (read === null) throw new NoPack("option.key", { key });
    return read;
  });
  if (!await knowsEd25519()) throw new NoPack("machine.no_ed25519");
  const end = endOfArchive(bytes);
  if (end < 0) throw new NoPack("pack.no_archive");
  const context = { trusted, since: options.since ?? null, report: new Report() };
  await readPack(bytes, end, context, { ...options, breathe: breather(options.rest) });
  return context.report;
}
function breather(rest) {
  let sinceMs = performance.now();
  return async () => {
    if (rest === void 0 || performance.now() - sinceMs < AT_WORK_MS) return;
    await rest();
    sinceMs = performance.now();
  };
}
async function readPack(bytes, end, { trusted, since, report }, options) {
  const { breathe, onProgress, unpacking = PORTABLE } = options;
  const run2 = async (name, work, needs = []) => {
    onProgress?.(name, CHECKS.indexOf(name), CHECKS.length);
    await breathe();
    const check = report.of(name);
    const missing = needs.find((need) => need === null || need === void 0);
    if (missing !== void 0) {
      check.fail("not_checked");
      return null;
    }
    try {
      return await work(check);
    } catch (error) {
      if (error instanceof NoPack) throw error;
      check.fail("unreadable", { reason: error instanceof Error ? error.message : "" });
      return null;
    }
  };
  const files = await run2("container", async (check) => {
    const fail = (code, path, values = {}) => check.fail(code, path === null ? values : { file: path, ...values });
    const read = await readArchive(bytes, end, { fail, unpacking }, breathe);
    if (!read.has("manifest.json")) throw new NoPack("pack.no_manifest");
    checkContainer(check, read, bytes.length);
    return read;
  });
  const manifest = await run2("manifest", (check) => checkManifest(check, files, breathe), [files]);
  report.subject = manifest;
  const flaws = [];
  const events = manifest === null ? null : await readEvents(files, manifest, (code, values) => flaws.push([code, values]), breathe);
  const known = await run2(
    "keys",
    (check) => checkKeys(check, files, { manifest, events, trusted }),
    [events]
  );
  const signed = { manifest, ...known };
  await run2("signature", (check) => checkSignature(check, files, signed), [known]);
  await run2("checkpoint", (check) => checkCheckpoint(check, files, signed), [known]);
  const kept2 = { ...signed, since };
  await run2("consistency", (check) => checkConsistency(check, files, kept2), [known]);
  await run2(
    "log",
    (check) => {
      for (const [code, values] of flaws) check.fail(code, values);
      checkLog(check, files, { manifest, events });
    },
    [events]
  );
  await run2("population", (check) => checkPopulation(check, { manifest, events }), [events]);
  const rows = await run2("rows", (check) => checkRows(check, files, { events }, breathe), [events]);
  const pack = { manifest, events, rows, keys: known?.keys };
  const statements = await run2("statements", (check) => checkStatements(check, files, pack), [
    rows,
    known
  ]);
  const settlements = await run2("settlements", (check) => checkSettlements(check, files, pack), [
    rows
  ]);
  await run2("files", (check) => checkFiles(check, files, pack, breathe), [events]);
  const documents = { ...pack, statements, settlements };
  const entries = await run2("tables", (check) => checkTables(check, files, documents, breathe), [
    rows,
    statements,
    settlements
  ]);
  await run2("figures", (check) => checkFigures(check, { ...documents, entries }), [entries]);
  onProgress?.("figures", CHECKS.length, CHECKS.length);
}

// src/verifiers/source/command.js
var LEAST_NODE = [22, 0];
var EXIT = { good: 0, failed: 1, noPack: 2 };
Object.assign(means, {
  sha256: (parts) => new Uint8Array(hash("sha256", parts.length === 1 ? parts[0] : Buffer.concat(parts), "buffer")),
  base64: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64"),
  ascii: (bytes) => isAscii(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).latin1Slice() : null
});
var OF_NODE = { inflated: inflated2, crc32: zlib.crc32 ?? PORTABLE.crc32 };
function inflated2(packed, size) {
  try {
    const limits = {
      maxOutputLength: Math.max(size, 1),
      chunkSize: Math.max(size, 64),
      info: true
    };
    const { buffer, engine } = zlib.inflateRawSync(packed, limits);
    const isWhole = buffer.length === size && engine.bytesWritten === packed.length;
    return Promise.resolve(isWhole ? buffer : null);
  } catch {
    return Promise.resolve(null);
  }
}
async function run(args) {
  let isJson = false;
  let file = null;
  try {
    const [major] = process.versions.node.split(".").map(Number);
    if (major < LEAST_NODE[0]) {
      throw new NoPack("machine.old_node", {
        is: process.versions.node,
        least: LEAST_NODE.join(".")
      });
    }
    isJson = args.includes("--json");
    const asked = optionsOf(args);
    const { options } = asked;
    file = asked.file;
    if (file === null) {
      process.stdout.write(`${EN.usage}
`);
      return EXIT.good;
    }
    const report = await verifyPack(bytesOf(file), { ...options, unpacking: OF_NODE });
    const isGood = report.failedCount === 0;
    process.stdout.write(isJson ? jsonOf(file, report) : proseOf(report));
    return isGood ? EXIT.good : EXIT.failed;
  } catch (error) {
    const { code, values } = error instanceof NoPack ? error : { code: "unreadable", values: { reason: String(error) } };
    const message = textOf(EN, code, values);
    process.stderr.write(`${message}
`);
    if (isJson) writeJson({ pack: file, exit: EXIT.noPack, error: message });
    return EXIT.noPack;
  }
}
var jsonText = (value) => `${JSON.stringify(value, null, 2)}
`;
var writeJson = (value) => process.stdout.write(jsonText(value));
function joined(args) {
  const left = [...args];
  const made = [];
  while (left.length > 0) {
    const one = left.shift();
    const takes = ["--key", "--since"].includes(one) && left.length > 0;
    made.push(takes ? `${one}=${left.shift()}` : one);
  }
  return made;
}
function optionsOf(args) {
  let read;
  try {
    read = parseArgs({
      args: joined(args),
      allowPositionals: true,
      options: {
        key: { type: "string", multiple: true },
        since: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" }
      }
    });
  } catch (error) {
    throw new NoPack("option.unknown", { reason: error.message.split("\n")[0].split(". To ")[0] });
  }
  const { values, positionals } = read;
  if (values.help === true) return { file: null, options: {} };
  if (positionals.length !== 1) throw new NoPack("option.one_pack", { count: positionals.length });
  const since = values.since === void 0 ? void 0 : { name: values.since, text: textFile(values.since) };
  return { file: positionals[0], options: { keys: values.key ?? [], since } };
}
function bytesOf(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new NoPack("option.no_file", { path: file, reason: error.code ?? error.message });
  }
}
var textFile = (file) => bytesOf(file).toString("utf8");
var NAME_CHARS = 12;
function proseOf(report) {
  const lines = linesOf(report, EN);
  const printed = lines.map(({ check, status, message }, at) => {
    const isSame2 = lines[at - 1]?.check === check && lines[at - 1].status === status;
    const name = isSame2 ? "" : check;
    return `${(isSame2 ? "" : status).padEnd(4)}  ${name.padEnd(NAME_CHARS)}  ${message}`;
  });
  return `${[...printed, "", verdictOf(report)].join("\n")}
`;
}
var verdictOf = ({ failedCount, checks }) => textOf(EN, failedCount === 0 ? "verdict.good" : "verdict.failed", {
  count: failedCount,
  of: checks.size
});
function jsonOf(file, report) {
  const lines = Map.groupBy(linesOf(report, EN), ({ check }) => check);
  const checks = [...lines].map(([check, of]) => ({
    check,
    result: of[0].status,
    says: of.map(({ message }) => message)
  }));
  return jsonText({ pack: file, exit: report.failedCount === 0 ? EXIT.good : EXIT.failed, checks });
}
process.exitCode = await run(process.argv.slice(2));
