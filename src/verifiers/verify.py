#!/usr/bin/env python3
"""Verifies an attestation pack of Mizan (mizan/pack/1) away from its ledger.

    python3 verify.py PACK.zip [--key NAME+ID+KEY | --key KID] [--since NOTE] [--json]

One file, Python 3.9 or later, its standard library only, no network. Written from the
description of the format (docs/method/PACK.md, docs/method/LEDGER.md sections 2 to 6) and the
public texts that it names: RFC 8032 (Ed25519), RFC 8785 (canonical JSON), RFC 6962 and 9162
(trees), RFC 7515, 7517, 7638 and 8037 (keys and signatures), C2SP signed-note and
tlog-checkpoint, RFC 4180 (CSV). It shares nothing with the program that makes packs.

--key    the key that you trust, from elsewhere: as `mizan checkpoint` prints it, or its kid.
         Without it the pack is checked against its own keys, which vouch for nobody.
--since  a checkpoint that you kept: the log of the pack has to begin with that one's.
--json   one document instead of lines.

Exit code 0: all good; 1: a check failed; 2: what was given is no pack, or an option is none.
"""

import argparse
import base64
import binascii
import datetime
import hashlib
import json
import os
import re
import struct
import sys
import zlib
from fractions import Fraction

FORMAT = 'mizan/pack/1'
CHECKS = ('container', 'manifest', 'keys', 'signature', 'checkpoint', 'consistency', 'log',
          'population', 'rows', 'statements', 'settlements', 'files', 'tables', 'figures')

# What is more than this is no month of a site: it is refused before memory is filled with it.
MAX_KEPT_BYTES = 2 << 30
MAX_JSON_BYTES = 64 << 20
MAX_FAILURES_SHOWN = 10
SAFE = 2 ** 53 - 1


class NoPack(Exception):
    """What was given is no pack, or an option is none: exit code 2."""


class Bad(Exception):
    """A check failed. The text names the file, and the event or line."""


def plain(value, limit=120):
    """Text of anything as it may stand in a line of output: one line, no control characters."""
    text = value if isinstance(value, str) else repr(value)
    text = ''.join(c if c.isprintable() else '\\u%04x' % ord(c) for c in text[:limit + 1])
    return text if len(text) <= limit else text[:limit] + '…'


def need(condition, text):
    """Fails the check with the text unless the condition holds."""
    if not condition:
        raise Bad(text)


# ---------------------------------------------------------------- canonical JSON (RFC 8785)

def _integer(text):
    if len(text) > 17 or not -SAFE <= int(text) <= SAFE:
        raise ValueError('has a number that is no safe integer: %s' % plain(text, 30))
    return int(text)


def _no_decimal(text):
    raise ValueError('has a number that is no whole number: %s' % plain(text, 30))


# Decimals are text in what Mizan hashes (LEDGER section 2), so that a fraction is refused.
_FAST = json.JSONDecoder(parse_float=_no_decimal, parse_constant=_no_decimal)
_SLOW = json.JSONDecoder(parse_float=_no_decimal, parse_constant=_no_decimal, parse_int=_integer)
_WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(',', ':')).encode
_LONG_NUMBER = re.compile('[0-9]{16}')
_ASTRAL = re.compile('[\U00010000-\U0010ffff]')


def _write_by_utf16(value):
    """Canonical text with names in the order of their UTF-16 units, as RFC 8785 has it."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode('utf-16-be', 'surrogatepass'))
        return '{%s}' % ','.join(_WRITE(n) + ':' + _write_by_utf16(value[n]) for n in names)
    if isinstance(value, list):
        return '[%s]' % ','.join(_write_by_utf16(v) for v in value)
    return _WRITE(value)


def canonical(data, where):
    """The value of bytes that have to be canonical JSON. A name twice, NaN, a fraction, an unsafe
    number, a lone surrogate or one space too many are not."""
    need(len(data) <= MAX_JSON_BYTES, '%s: is longer than this program reads' % where)
    try:
        text = data.decode('utf-8')
        if text.isascii() or not _ASTRAL.search(text):
            write = _WRITE
        else:
            write = _write_by_utf16
        value = (_SLOW if _LONG_NUMBER.search(text) else _FAST).decode(text)
        same = write(value) == text
    except UnicodeDecodeError:
        raise Bad('%s: is not UTF-8' % where)
    except RecursionError:
        raise Bad('%s: is nested too deeply' % where)
    except json.JSONDecodeError as error:
        raise Bad('%s: is no JSON (%s)' % (where, plain(error.msg)))
    except ValueError as error:
        raise Bad('%s: %s' % (where, plain(str(error))))
    need(same, '%s: is not canonical JSON (RFC 8785)' % where)
    return value


def member(value, name, kind, where):
    """A member of an object, which has to be of the kind: a test or a type."""
    need(isinstance(value, dict), '%s: is no object' % where)
    need(name in value, '%s: has no member %s' % (where, name))
    found = value[name]
    good = kind(found) if not isinstance(kind, type) else (
        isinstance(found, kind) and not (kind is int and isinstance(found, bool)))
    need(good, '%s: the member %s is %s' % (where, name, plain(found, 60)))
    return found


def is_hash(value):
    return isinstance(value, str) and re.fullmatch('[0-9a-f]{64}', value) is not None


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_text_or_null(value):
    return value is None or isinstance(value, str)


_INSTANT = re.compile(r'(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?Z')
_EPOCH = datetime.datetime(1970, 1, 1)


def _milliseconds(text):
    found = _INSTANT.fullmatch(text) if isinstance(text, str) and text.isascii() else None
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    try:
        at = datetime.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    return (at - _EPOCH) // datetime.timedelta(milliseconds=1) + int(found.group(7) or 0)


def is_instant(value):
    return _milliseconds(value) is not None


def instant(text, where):
    """Milliseconds since 1970 of an instant in UTC."""
    at = _milliseconds(text)
    need(at is not None, '%s: %s is no instant in UTC' % (where, plain(text, 60)))
    return at


def instant_text(at):
    """An instant as the tables write it."""
    return (_EPOCH + datetime.timedelta(milliseconds=at)).strftime('%Y-%m-%dT%H:%M:%SZ')


# ---------------------------------------------------------------- base64

def from_base64(text, url=False):
    """Bytes of base64 (of base64url without padding), or None: one text for each bytes."""
    if not isinstance(text, str) or not text.isascii():
        return None
    try:
        padded = text + '=' * (-len(text) % 4) if url else text
        data = base64.b64decode(padded, altchars=b'-_' if url else None, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if to_base64(data, url) == text else None


def to_base64(data, url=False):
    if url:
        return base64.urlsafe_b64encode(data).rstrip(b'=').decode()
    return base64.b64encode(data).decode()


# ---------------------------------------------------------------- Ed25519 (RFC 8032 section 5.1)

_P = 2 ** 255 - 19
_L = 2 ** 252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)
_ZERO = (0, 1, 1, 0)


def _add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(scalar, point):
    result = _ZERO
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % _P == 0 and (p[1] * q[2] - q[1] * p[2]) % _P == 0


def _point(data):
    """The point of 32 bytes, or None where they are none (or not the one text of it)."""
    y = int.from_bytes(data, 'little')
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _I % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, 'little'))


def is_public_key(data):
    """Whether 32 bytes are a key of which not everybody has a signature."""
    point = _point(data) if len(data) == 32 else None
    return point is not None and not _equal(_times(8, point), _ZERO)


def verifies(key, signature, message):
    """Whether the signature (64 bytes) over the message is that of the public key (32 bytes)."""
    if len(signature) != 64 or not is_public_key(key):
        return False
    first, s = _point(signature[:32]), int.from_bytes(signature[32:], 'little')
    if first is None or s >= _L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), 'little') % _L
    return _equal(_times(s, _BASE), _add(first, _times(k, _point(key))))


# ---------------------------------------------------------------- trees (RFC 6962, RFC 9162)

def leaf(data):
    return hashlib.sha256(b'\0' + data).digest()


def node(left, right):
    return hashlib.sha256(b'\1' + left + right).digest()


def root_of(leaves):
    """The root of the tree over the hashes of leaves; an odd node is promoted."""
    if not leaves:
        return hashlib.sha256(b'').digest()
    level = list(leaves)
    while len(level) > 1:
        above = [node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


class Frontier:
    """A tree that is built from left to right of complete nodes."""

    def __init__(self):
        self.size = 0
        self.peaks = []

    def add(self, count, digest):
        """Adds the complete node over the next `count` leaves; `size` is a multiple of it."""
        self.size += count
        while self.peaks and self.peaks[-1][0] == count:
            digest = node(self.peaks.pop()[1], digest)
            count *= 2
        self.peaks.append((count, digest))

    def root(self):
        if not self.peaks:
            return hashlib.sha256(b'').digest()
        digest = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            digest = node(left, digest)
        return digest


def covering(begin, end):
    """How many leaves each of the complete nodes over [begin, end) covers, from left to right."""
    counts = []
    while begin < end:
        count = 1 << (end - begin).bit_length() - 1
        if begin:
            count = min(count, begin & -begin)
        counts.append(count)
        begin += count
    return counts


def roots_of_proof(size1, size2, first, proof):
    """Both roots that a consistency proof leads to (RFC 9162 section 2.1.4.2), or None where it is
    too short or too long. `first` is the root of `size1`, used where that is a power of 2."""
    if not 0 < size1 < size2 or not proof:
        return None
    path = list(proof)
    if size1 & (size1 - 1) == 0:
        path.insert(0, first)
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for digest in path[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            old, new = node(digest, old), node(digest, new)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node(new, digest)
        fn, sn = fn >> 1, sn >> 1
    return (old, new) if sn == 0 else None


# ---------------------------------------------------------------- signed notes (C2SP)

class Note:
    """A checkpoint: origin, size, root, and who signed it: (name, key id, signature)."""

    def __init__(self, data, where):
        try:
            text = data.decode('utf-8')
        except UnicodeDecodeError:
            raise Bad('%s: is not UTF-8' % where)
        need(not re.search('[\0-\x09\x0b-\x1f]', text), '%s: has a control character' % where)
        cut = text.rfind('\n\n')
        need(cut >= 0 and text.endswith('\n'), '%s: is no signed note' % where)
        self.signed = text[:cut + 1].encode('utf-8')
        lines = text[:cut].split('\n')
        need(len(lines) >= 3 and lines[0], '%s: is no checkpoint' % where)
        self.origin = lines[0]
        need(re.fullmatch('0|[1-9][0-9]{0,15}', lines[1], re.ASCII) and int(lines[1]) <= SAFE,
             '%s line 2: %s is no size' % (where, plain(lines[1], 60)))
        self.size = int(lines[1])
        self.root = from_base64(lines[2])
        need(self.root is not None and len(self.root) == 32,
             '%s line 3: %s is no root' % (where, plain(lines[2], 60)))
        self.signatures = []
        for line in text[cut + 2:-1].split('\n'):
            found = re.fullmatch('\u2014 ([^\\s+]+) (\\S+)', line)
            blob = from_base64(found.group(2)) if found else None
            need(blob is not None and len(blob) > 4,
                 '%s: %s is no line of a signature' % (where, plain(line, 60)))
            self.signatures.append((found.group(1), blob[:4], blob[4:]))
        need(len(self.signatures) <= 100, '%s: has more than 100 signatures' % where)


def key_id(name, key):
    return hashlib.sha256(name.encode('utf-8') + b'\n\1' + key).digest()[:4]


def thumbprint(key):
    """The kid of a public key (RFC 7638, RFC 8037)."""
    text = '{"crv":"Ed25519","kty":"OKP","x":"%s"}' % to_base64(key, url=True)
    return to_base64(hashlib.sha256(text.encode()).digest(), url=True)


class Trust:
    """The key that was given as the trusted one: its kid, and what else its text says."""

    def __init__(self, text):
        self.name = None
        if re.fullmatch('[A-Za-z0-9_-]{43}', text) and from_base64(text, url=True):
            self.kid = text
            return
        parts = text.split('+', 2)
        key = from_base64(parts[2]) if len(parts) == 3 else None
        if not key or len(key) != 33 or key[0] != 1 or not is_public_key(key[1:]):
            raise NoPack('--key %s is neither NAME+ID+KEY of an Ed25519 key nor a kid'
                         % plain(text))
        if parts[1] != key_id(parts[0], key[1:]).hex():
            raise NoPack('--key: the id %s is not that of the name and the key' % plain(parts[1]))
        self.name, self.kid = parts[0], thumbprint(key[1:])


# ---------------------------------------------------------------- the container (ZIP)

_PATHS = re.compile(
    r'manifest\.json|manifest\.jws|checkpoint|keys/jwks\.json|consistency/[1-9][0-9]{0,15}\.json'
    r'|log/(events\.jsonl|left-out\.json|rows\.jsonl)|statements/[^/]+-v[1-9][0-9]*\.(json|jws)'
    r'|settlements/[^/]+\.json|files/[0-9a-f]{64}|data/controls\.json|report\.pdf|HOWTO\.txt'
    r'|data/(imports|intervals|certificates|book|figures|settlement-lines|interventions)\.csv')

_TABLES = ('imports', 'intervals', 'certificates', 'book', 'figures', 'settlement-lines',
           'interventions')
_ALWAYS = ('manifest.jws', 'checkpoint', 'keys/jwks.json', 'log/events.jsonl', 'log/left-out.json',
           'log/rows.jsonl', 'data/controls.json',
           *('data/%s.csv' % name for name in _TABLES))


class File:
    """A file of the pack: how long it is, its hash, and its bytes where a check reads them."""

    def __init__(self, size, sha256, data):
        self.size, self.sha256, self.data = size, sha256, data


class Container:
    """Reads the archive once, from end to end, and says what is wrong with it."""

    def __init__(self, handle, fail):
        self.handle, self.fail = handle, fail
        self.length = handle.seek(0, os.SEEK_END)
        self.files = {}
        self.kept = 0
        self._read(self._directory())

    def _at(self, offset, count):
        self.handle.seek(offset)
        data = self.handle.read(count)
        if len(data) != count:
            raise NoPack('the archive ends in the middle of what it lists')
        return data

    def _directory(self):
        """(path, flags, method, crc, packed, size, offset, stamp) of each entry, in order."""
        if self.length < 22:
            raise NoPack('it is no ZIP archive')
        end = self._at(self.length - 22, 22)
        if end[:4] != b'PK\5\6':
            raise NoPack('it is no ZIP archive, or not a whole one: it does not end as one '
                         'without a comment does')
        disk, first, here, count, size, offset, comment = struct.unpack('<HHHHIIH', end[4:])
        if disk or first or here != count or comment or 0xFFFFFFFF in (size, offset):
            raise NoPack('the archive has parts, a comment, or is Zip64')
        if offset + size != self.length - 22:
            raise NoPack('the list of the archive does not stand where it says')
        data, at, entries = self._at(offset, size), 0, []
        for _ in range(count):
            if data[at:at + 4] != b'PK\1\2' or len(data) < at + 46:
                raise NoPack('the list of the archive is damaged')
            (_, _, flags, method, time, date, crc, packed, length, names, extra, note, disk, _, _,
             begin) = struct.unpack('<HHHHHHIIIHHHHHII', data[at + 4:at + 46])
            name = data[at + 46:at + 46 + names]
            at += 46 + names + extra + note
            if at > len(data) or disk:
                raise NoPack('the list of the archive is damaged')
            path = name.decode('utf-8', 'backslashreplace')
            if extra or note:
                self.fail('%s: the entry has an extra field or a comment' % plain(path))
            if path.encode('utf-8') != name:
                self.fail('%s: the path is not UTF-8' % plain(path))
            entries.append((path, name, flags, method, crc, packed, length, begin, (time, date)))
        if at != len(data):
            raise NoPack('the list of the archive is longer than its entries')
        self.end = offset
        return entries

    def _read(self, entries):
        place, before = 0, b''
        for path, name, flags, method, crc, packed, length, begin, stamp in entries:
            shown = plain(path)
            head = self._at(begin, 30) if begin + 30 <= self.end else b''
            if head[:4] != b'PK\3\4':
                self.fail('%s: the entry is not where the list of the archive says' % shown)
                continue
            (_, own_flags, own_method, own_time, own_date, own_crc, own_packed, own_length, names,
             extra) = struct.unpack('<HHHHHIIIHH', head[4:])
            wrong = []
            if (own_flags, own_method, (own_time, own_date), own_crc, own_packed, own_length) != (
                    flags, method, stamp, crc, packed, length):
                wrong.append('its header and the list of the archive differ')
            if self._at(begin + 30, min(names, self.end - begin - 30)) != name:
                wrong.append('its header names another path')
            if begin != place:
                wrong.append('it does not begin where the entry before it ends')
            if extra:
                wrong.append('it has an extra field')
            if flags & ~0x0800 or method not in (0, 8):
                wrong.append('it is encrypted, of unknown length, or not stored or deflated')
            if stamp != (0, 0x21):
                wrong.append('it is not dated 1980-01-01')
            if name <= before and path not in self.files:
                wrong.append('it does not stand in the order of paths')
            if path in self.files:
                wrong.append('the path is there twice')
            if not _PATHS.fullmatch(path) or not path.isprintable():
                wrong.append('a pack has no such file')
            place = begin + 30 + names + extra + packed
            before = max(before, name)
            for text in wrong:
                self.fail('%s: %s' % (shown, text))
            if place > self.end:
                self.fail('%s: the entry is longer than the archive' % shown)
            elif path not in self.files and not flags & 1 and method in (0, 8):
                self.files[path] = self._content(path, method, crc, packed, length,
                                                 begin + 30 + names + extra)
        if place != self.end:
            self.fail('there is something between the last entry and the list of the archive')

    def _content(self, path, method, crc, packed, length, begin):
        """A file's hash, and its bytes unless nothing reads them; None where it is damaged."""
        keep = not path.startswith('files/') and path != 'report.pdf'
        if keep:
            self.kept += length
            if self.kept > MAX_KEPT_BYTES:
                raise NoPack('%s: the pack is larger than this program reads' % plain(path))
        digest, found_crc, found, parts = hashlib.sha256(), 0, 0, []
        try:
            for part in self._pieces(method, packed, length, begin):
                digest.update(part)
                found_crc = zlib.crc32(part, found_crc)
                found += len(part)
                if keep:
                    parts.append(part)
        except (zlib.error, Bad):
            self.fail('%s: its bytes are damaged' % plain(path))
            return None
        if found != length or found_crc != crc:
            self.fail('%s: its bytes are not those that the archive says' % plain(path))
            return None
        return File(length, digest.hexdigest(), b''.join(parts) if keep else None)

    def _pieces(self, method, packed, length, begin):
        """The bytes in pieces of at most 1 MiB, never more of them than `length` + 1."""
        unpack, left, sent = zlib.decompressobj(-15), packed, 0
        while left:
            data = self._at(begin, min(left, 1 << 20))
            begin, left = begin + len(data), left - len(data)
            if method == 0:
                yield data
                continue
            while data:
                part = unpack.decompress(data, min(1 << 20, length - sent + 1))
                sent += len(part)
                yield part
                need(sent <= length and not unpack.unused_data, 'too long')
                data = unpack.unconsumed_tail
        if method == 8:
            yield unpack.flush(1)
            need(unpack.eof, 'too short')


# ---------------------------------------------------------------- what was found

class Report:
    """What each check says: its lines of failure, its note, or what holds."""

    def __init__(self):
        self.failures = {name: [] for name in CHECKS}
        self.counts = dict.fromkeys(CHECKS, 0)
        self.notes = {}
        self.good = {}

    def fail(self, check, text):
        self.counts[check] += 1
        if len(self.failures[check]) < MAX_FAILURES_SHOWN:
            self.failures[check].append(plain(text, 400))

    def result(self, check):
        if self.counts[check]:
            return 'FAIL'
        return 'note' if check in self.notes else 'ok'

    def lines(self, check):
        """What is said of a check: one line, and with several failures one for each."""
        if self.counts[check]:
            more = self.counts[check] - len(self.failures[check])
            return self.failures[check] + (['and %d more' % more] if more else [])
        return [self.notes.get(check) or self.good.get(check, '')]


# ---------------------------------------------------------------- CSV (RFC 4180)

# White space as ECMAScript's \\s has it.
_SPACE = '\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'
_RUN = re.compile("[\t\r]|['%s]*[-=+@\t\r\0]" % _SPACE)


def cell(value, is_number=False):
    """A cell of a table. Text that a spreadsheet would compute has an apostrophe before it."""
    if value is None:
        return ''
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, int):
        return str(value)
    need(isinstance(value, str), '%s is neither text nor a whole number' % plain(value, 60))
    if not is_number and _RUN.match(value):
        value = "'" + value
    if any(c in value for c in '",\r\n'):
        return '"%s"' % value.replace('"', '""')
    return value


_NUMBERS = frozenset(('seq', 'row', 'minutes', 'wh', 'total_wh', 'quality', 'revision', 'is_latest',
                      'value', 'quantity', 'price', 'amount_mad'))


class Table:
    """A table that is made again, compared with the pack's as it grows."""

    def __init__(self, path, columns, file, fail):
        self.path, self.fail = path, fail
        self.are_numbers = [name in _NUMBERS or name.endswith('_count') for name in columns]
        self.data = None if file is None else file.data
        self.at, self.count, self.wh, self.is_same = 0, 0, 0, True
        self._compare(','.join(columns) + '\n')

    def row(self, values):
        """Adds a line of cells."""
        self.add(','.join(map(cell, values, self.are_numbers)) + '\n')

    def add(self, text, count=1):
        self._compare(text)
        self.count += count

    def _compare(self, text):
        data = text.encode('utf-8', 'surrogatepass')
        if self.is_same and self.data is not None and not self.data.startswith(data, self.at):
            self.is_same = False
            self._differs(data)
        self.at += len(data)

    def _differs(self, data):
        """Names the first line that is not the one of the rows."""
        at = self.at
        for line in data.split(b'\n')[:-1]:
            if not self.data.startswith(line + b'\n', at):
                number = self.data.count(b'\n', 0, at) + 1
                found = self.data[at:at + 300].split(b'\n')[0].decode('utf-8', 'replace')
                made = line.decode('utf-8', 'replace')
                self.fail('%s line %d: is %s, the rows give %s' % (
                    self.path, number, plain(found) or 'missing', plain(made)))
                return
            at += len(line) + 1

    def close(self):
        if self.data is None:
            self.fail('%s: is missing or damaged' % self.path)
        elif self.is_same and self.at != len(self.data):
            line = self.data.count(b'\n', 0, self.at) + 1
            self.fail('%s line %d: no row gives this line' % (self.path, line))


# ---------------------------------------------------------------- decimals

_DECIMAL = re.compile(r'-?[0-9]{1,40}(\.[0-9]{1,40})?', re.ASCII)


def decimal(value, where):
    """The exact value of a whole number or of decimal text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    need(isinstance(value, str) and _DECIMAL.fullmatch(value),
         '%s: %s is no decimal' % (where, plain(value, 60)))
    return Fraction(value)


def rounded(value, places, mode):
    """Text of a fraction with so many decimals: 'cut' towards zero, or 'half' away from zero."""
    scaled = abs(value) * 10 ** places
    whole = scaled.numerator // scaled.denominator
    if mode == 'half' and 2 * (scaled - whole) >= 1:
        whole += 1
    sign = '-' if value < 0 and whole else ''
    digits = str(whole).rjust(places + 1, '0')
    return sign + (digits[:-places] + '.' + digits[-places:] if places else digits)


# ---------------------------------------------------------------- the checks

SUPPLY = frozenset(('issue', 'match_supply', 'unmatch_supply', 'withdraw', 'withdraw_cancelled',
                    'expire', 'cancel', 'cancel_for_storage'))
DEMAND = frozenset(('consume', 'consume_reversal', 'match_demand', 'unmatch_demand'))
DAY = 24 * 3600 * 1000
HOUR = 3600 * 1000

_MANIFEST = {
    '@': str, 'ledgerId': str, 'siteCode': str, 'month': str, 'period': dict, 'label': str,
    'attestationId': str, 'seq': is_count, 'checkpoint': dict, 'population': dict,
    'engines': dict, 'files': list,
}

_EVENT = {
    '@': str, 'ledgerId': str, 'seq': is_count, 'eventId': str, 'type': str,
    'validFrom': is_text_or_null, 'validTo': is_text_or_null, 'recordedAt': is_instant,
    'sourceRef': lambda v: v is None or is_hash(v),
    'supersedes': lambda v: isinstance(v, list) and all(isinstance(i, str) for i in v),
    'rowCount': is_count, 'rowRoot': is_hash, 'body': dict,
}


class Event:
    """An event of the pack: the line it stands on, its text's leaf, and what it says."""

    def __init__(self, line, data, value):
        self.line, self.leaf, self.value = line, leaf(data), value
        self.seq, self.type = value['seq'], value['type']
        self.row_count, self.body = value['rowCount'], value['body']
        self.where = 'log/events.jsonl line %d (event %d)' % (line, self.seq)


class Pack:
    """A pack that is checked: each check is a method, and says what it found to the report."""

    def __init__(self, path, trust, since):
        self.path, self.trust, self.since = path, trust, since
        self.report = Report()
        self.check = 'container'
        self.files = {}
        self.manifest = None
        self.keys = {}
        self.events = []
        self.are_events_whole = False
        self.broken_events = []
        self.note = None
        self.rows = []
        self.statements = {}
        self.settlements = {}

    def fail(self, text):
        self.report.fail(self.check, text)

    def ok(self, text):
        self.report.good[self.check] = text

    def run(self):
        for name in CHECKS:
            self.check = name
            try:
                getattr(self, 'check_' + name)()
            except Bad as error:
                self.fail(str(error))
            except MemoryError:
                raise NoPack('the pack is larger than the memory of this machine')
            except NoPack:
                raise
            except Exception as error:
                self.fail('%s: is not of the form that is described (%s: %s)' % (
                    self.place(), type(error).__name__, plain(str(error), 80)))
        return self.report

    def place(self):
        """The file that a check is about, for what has no better name."""
        return {'manifest': 'manifest.json', 'keys': 'keys/jwks.json', 'signature': 'manifest.jws',
                'checkpoint': 'checkpoint', 'consistency': 'consistency/', 'log': 'log/',
                'population': 'log/events.jsonl', 'rows': 'log/rows.jsonl', 'tables': 'data/',
                'statements': 'statements/', 'settlements': 'settlements/', 'files': 'files/',
                'figures': 'statements/'}.get(self.check, self.check)

    def read(self, path):
        """The bytes of a file of the pack."""
        file = self.files.get(path)
        need(file is not None, '%s: is missing or damaged' % path)
        return file.data

    def json(self, path):
        return canonical(self.read(path), path)

    def of(self, name):
        """A member of the manifest. What rests on it cannot be checked where that is damaged."""
        need(self.manifest is not None, 'manifest.json: without it this cannot be checked')
        return self.manifest[name]

    # -- container and manifest

    def check_container(self):
        try:
            with open(self.path, 'rb') as handle:
                self.files = Container(handle, self.fail).files
        except OSError as error:
            raise NoPack('it cannot be read: %s' % plain(error.strerror or str(error)))
        if 'manifest.json' not in self.files:
            raise NoPack('there is no manifest.json in it')
        self.ok('%d files' % len(self.files))
        self.read_manifest()
        self.read_events()

    def read_manifest(self):
        """The manifest where it has the form; what is wrong with it is said by its own check."""
        self.manifest_error = None
        try:
            loose = json.loads(self.read('manifest.json'), parse_int=str, parse_float=str)
        except (Bad, RecursionError, ValueError):
            loose = {'@': FORMAT}
        if not isinstance(loose, dict) or loose.get('@') != FORMAT:
            raise NoPack('manifest.json is not that of %s' % FORMAT)
        try:
            value = self.json('manifest.json')
            self.test_manifest(value)
            self.manifest = value
        except Bad as error:
            self.manifest_error = str(error)

    def test_manifest(self, value):
        where = 'manifest.json'
        for name, kind in _MANIFEST.items():
            member(value, name, kind, where)
        for name in value:
            need(name in _MANIFEST, '%s: has a member %s, which is none' % (where, plain(name)))
        need(re.fullmatch('[0-9]{4}-(0[1-9]|1[0-2])', value['month'], re.ASCII),
             '%s: %s is no month' % (where, plain(value['month'])))
        need(value['month'][:4] != '0000', '%s: %s is no month' % (where, value['month']))
        need(value['label'] in ('PRELIMINARY', 'FINAL'), '%s: the label is %s' % (
            where, plain(value['label'])))
        start, end = (member(value['period'], name, is_instant, where) for name in ('start', 'end'))
        first, after = month_of(value['month'])
        # Civil time is never further than 14 hours from UTC.
        need(abs(instant(start, where) - first) <= 14 * HOUR
             and abs(instant(end, where) - after) <= 14 * HOUR,
             '%s: the period is not the month %s' % (where, value['month']))
        member(value['checkpoint'], 'size', is_count, where)
        member(value['checkpoint'], 'root', is_hash, where)
        member(value['checkpoint'], 'kid', str, where)
        member(value['population'], 'before', is_count, where)
        member(value['population'], 'count', is_count, where)
        member(value['population'], 'root', is_hash, where)
        for entry in value['files']:
            member(entry, 'path', str, where)
            member(entry, 'byteCount', is_count, where)
            member(entry, 'sha256', is_hash, where)

    def check_manifest(self):
        if self.manifest_error:
            raise Bad(self.manifest_error)
        listed = [entry['path'] for entry in self.of('files')]
        by_bytes = sorted(set(listed), key=lambda path: path.encode('utf-8', 'surrogatepass'))
        if listed != by_bytes:
            self.fail('manifest.json: the files are not listed by path, each once')
        for entry in self.manifest['files']:
            path, file = entry['path'], self.files.get(entry['path'])
            if path in ('manifest.json', 'manifest.jws'):
                self.fail('manifest.json: lists %s' % path)
            elif file is None:
                self.fail('%s: is missing or damaged' % plain(path))
            elif file.size != entry['byteCount']:
                self.fail('%s: has %d bytes, the manifest says %d' % (
                    plain(path), file.size, entry['byteCount']))
            elif file.sha256 != entry['sha256']:
                self.fail('%s: has another hash than the manifest says' % plain(path))
        known = set(listed)
        for path in self.files:
            if path not in known and path not in ('manifest.json', 'manifest.jws'):
                self.fail('%s: is not in the manifest' % plain(path))
        for path in _ALWAYS:
            if path not in self.files and path not in known:
                self.fail('%s: is missing' % path)
        self.ok('%s %s, %s: %d files as listed' % (
            plain(self.of('siteCode')), self.of('month'), self.of('label'), len(listed)))

    # -- keys and signatures

    def read_events(self):
        """The events as far as they have the form; the log's check says what is wrong."""
        file = self.files.get('log/events.jsonl')
        if file is None:
            self.broken_events.append('log/events.jsonl: is missing or damaged')
            return
        before = -1
        for number, data in lines_of(file.data):
            where = 'log/events.jsonl line %d' % number
            try:
                value = canonical(data, where)
                for name, kind in _EVENT.items():
                    member(value, name, kind, where)
                need(value['@'] == 'mizan/event/1', '%s: the domain is %s' % (
                    where, plain(value['@'])))
                event = Event(number, data, value)
                for name in ('validFrom', 'validTo'):
                    if value[name] is not None:
                        instant(value[name], event.where)
                need(event.seq > before, '%s: does not come after event %d' % (event.where, before))
                before = event.seq
                self.events.append(event)
            except Bad as error:
                self.broken_events.append(str(error))
        if file.data and not file.data.endswith(b'\n'):
            self.broken_events.append('log/events.jsonl: the last line is not ended')
        self.are_events_whole = not self.broken_events

    def check_keys(self):
        entries = member(self.json('keys/jwks.json'), 'keys', list, 'keys/jwks.json')
        for number, entry in enumerate(entries):
            where = 'keys/jwks.json key %d' % number
            for name, wanted in (('alg', 'EdDSA'), ('crv', 'Ed25519'), ('kty', 'OKP'),
                                 ('use', 'sig')):
                need(member(entry, name, str, where) == wanted, '%s: %s is not %s' % (
                    where, name, wanted))
            key = from_base64(member(entry, 'x', str, where), url=True)
            need(key is not None and is_public_key(key), '%s: x is no Ed25519 key' % where)
            kid = member(entry, 'kid', str, where)
            need(kid == thumbprint(key), '%s: kid is not the thumbprint of the key' % where)
            need(kid not in self.keys, '%s: the key is there twice' % where)
            self.keys[kid] = Key(key)
        self.read_lives()
        if self.trust is None:
            self.report.notes['keys'] = (
                '%d keys; none was given as trusted (--key), and a pack vouches for nobody: '
                'signatures are checked with the keys in it' % len(self.keys))
            return
        if self.trust.name is not None and self.trust.name != self.origin():
            self.fail('keys/jwks.json: the key that you trust is of %s, the pack is of %s' % (
                plain(self.trust.name), plain(self.origin())))
        if self.trust.kid not in self.keys:
            self.fail('keys/jwks.json: the key that you trust, %s, is not in it' % self.trust.kid)
        self.ok('%d keys, among them the one that you trust' % len(self.keys))

    def read_lives(self):
        """From which place of the log to which each key signs."""
        for event in self.events:
            if event.type not in ('signing_key.activated', 'signing_key.retired'):
                continue
            kid = member(event.body, 'kid', str, event.where)
            key = self.keys.get(kid)
            if key is None:
                self.fail('%s: the key %s is not in keys/jwks.json' % (event.where, plain(kid)))
            elif event.type == 'signing_key.activated':
                x = member(event.body, 'x', str, event.where)
                if from_base64(x, url=True) != key.key:
                    self.fail('%s: the key %s is another in keys/jwks.json' % (event.where, kid))
                key.since = event.seq if key.since is None else key.since
            else:
                key.until = event.seq if key.until is None else key.until
        for kid, key in self.keys.items():
            if key.since is None:
                self.fail('keys/jwks.json: no event of log/events.jsonl activates the key %s' % kid)

    def origin(self):
        return 'mizan/ledger/%s' % self.of('ledgerId')

    def test_jws(self, path, signed, kind):
        """Checks a detached signature over a file; gives the kid of the key that made it."""
        data = self.read(path)
        need(len(data) <= 4096 and data.isascii(), '%s: is no signature' % path)
        parts = data.decode('ascii').split('.')
        header = from_base64(parts[0], url=True)
        need(len(parts) == 3 and parts[1] == '' and header, '%s: is not HEADER..SIGNATURE' % path)
        value = canonical(header, '%s header' % path)
        kid = member(value, 'kid', str, '%s header' % path)
        need(value == {'alg': 'EdDSA', 'kid': kid, 'typ': kind},
             '%s: the header is not that of %s' % (path, kind))
        key = self.keys.get(kid)
        need(key is not None, '%s: the key %s is not in keys/jwks.json' % (path, plain(kid)))
        signature = from_base64(parts[2], url=True)
        message = parts[0].encode() + b'.' + to_base64(signed, url=True).encode()
        need(signature is not None and verifies(key.key, signature, message),
             '%s: the signature is not that of the key %s over %s' % (
                 path, kid, path[:-3] + 'json'))
        return kid

    def check_signature(self):
        kid = self.test_jws('manifest.jws', self.read('manifest.json'), 'mizan-pack+jws')
        size = self.of('checkpoint')['size']
        need(self.keys[kid].signs(size), 'manifest.jws: the key %s does not sign states of %d '
             'events: the log activates it later, or has retired it' % (kid, size))
        need(self.trust is None or self.trust.kid == kid,
             'manifest.jws: it is signed by %s, which is not the key that you trust' % kid)
        self.ok('manifest.json is signed by %s' % kid)

    def signers(self, note, where):
        """Kids of the keys of the log that signed a note, each at its time."""
        need(note.origin == self.origin(), '%s line 1: the origin is %s, not %s' % (
            where, plain(note.origin), plain(self.origin())))
        found = []
        for name, tag, signature in note.signatures:
            for kid, key in self.keys.items():
                if name != note.origin or tag != key_id(name, key.key):
                    continue
                need(verifies(key.key, signature, note.signed),
                     '%s: the signature of the key %s does not verify' % (where, kid))
                if key.signs(note.size):
                    found.append(kid)
        need(found, '%s: no key that signs states of %d events signed it' % (where, note.size))
        return found

    def check_checkpoint(self):
        self.note = Note(self.read('checkpoint'), 'checkpoint')
        told = self.of('checkpoint')
        if self.note.size != told['size'] or self.note.root.hex() != told['root']:
            self.fail('checkpoint: size and root are not those of manifest.json')
        found = self.signers(self.note, 'checkpoint')
        if told['kid'] not in found:
            self.fail('checkpoint: it is not signed by %s, as manifest.json says' % plain(
                told['kid']))
        if self.trust is not None and self.trust.kid not in found:
            self.fail('checkpoint: it is not signed by the key that you trust')
        if self.of('seq') >= self.note.size:
            self.fail('checkpoint: it is of %d events, without event %d that sealed the pack' % (
                self.note.size, self.of('seq')))
        self.ok('%d events, signed by %s' % (self.note.size, ', '.join(found)))

    def check_consistency(self):
        need(self.note is not None, 'checkpoint: without it this cannot be checked')
        proofs = {}
        for path in sorted(self.files):
            if path.startswith('consistency/'):
                size, hashes = self.test_proof(path)
                proofs[size] = (path, hashes)
        if self.since is None:
            self.report.notes['consistency'] = (
                'no earlier checkpoint was given (--since), so that none was compared')
            return
        kept, where = self.since, 'the checkpoint given'
        self.signers(kept, where)
        need(kept.size <= self.note.size, 'checkpoint: has %d events, %s has %d' % (
            self.note.size, where, kept.size))
        if kept.size == self.note.size:
            need(kept.root == self.note.root,
                 'checkpoint: the root is not that of %s, of the same size' % where)
        else:
            need(kept.size in proofs, 'consistency/%d.json: is missing; ask for a pack with it: '
                 'mizan attest %s --since NOTE' % (kept.size, self.of('month')))
            path, hashes = proofs[kept.size]
            need(roots_of_proof(kept.size, self.note.size, kept.root, hashes)
                 == (kept.root, self.note.root),
                 '%s: the log of the pack does not begin with that of %s' % (path, where))
        self.ok('the log begins with the %d events of %s' % (kept.size, where))

    def test_proof(self, path):
        """The form of a proof, and as far as that can be seen that it leads to the checkpoint."""
        value = self.json(path)
        size = int(path[len('consistency/'):-len('.json')])
        need(member(value, 'from', is_count, path) == size, '%s: is from another size' % path)
        need(member(value, 'size', is_count, path) == self.note.size,
             '%s: does not lead to the checkpoint' % path)
        texts = member(value, 'hashes', list, path)
        need(len(texts) <= 128 and all(map(is_hash, texts)), '%s: has no hashes' % path)
        hashes = [bytes.fromhex(text) for text in texts]
        found = roots_of_proof(size, self.note.size, bytes(32), hashes)
        need(found is not None, '%s: is no proof between these sizes' % path)
        # From a power of 2 the proof begins with the root of that size, which is the auditor's.
        need(size & (size - 1) == 0 or found[1] == self.note.root,
             '%s: does not lead to the root of the checkpoint' % path)
        return size, hashes

    # -- the log

    def check_log(self):
        for text in self.broken_events:
            self.fail(text)
        ids, recorded = set(), ''
        for event in self.events:
            if event.value['ledgerId'] != self.of('ledgerId'):
                self.fail('%s: is of another ledger' % event.where)
            if event.value['eventId'] in ids:
                self.fail('%s: the eventId is there twice' % event.where)
            ids.add(event.value['eventId'])
            if event.value['recordedAt'] < recorded:
                self.fail('%s: is recorded before the event before it' % event.where)
            recorded = event.value['recordedAt']
        need(self.note is not None, 'checkpoint: without it the log cannot be compared')
        left = self.json('log/left-out.json')
        need(member(left, 'size', is_count, 'log/left-out.json') == self.note.size,
             'log/left-out.json: the size is not that of the checkpoint')
        tree, waiting = Frontier(), list(reversed(self.events))
        for gap in member(left, 'gaps', list, 'log/left-out.json'):
            begin = member(gap, 'begin', is_count, 'log/left-out.json')
            end = member(gap, 'end', is_count, 'log/left-out.json')
            where = 'log/left-out.json gap %d to %d' % (begin, end)
            nodes = member(gap, 'nodes', list, where)
            need(begin < end <= self.note.size, '%s: is no gap' % where)
            self.fill(tree, waiting, begin)
            need(tree.size >= begin, 'log/events.jsonl: event %d is neither there nor left out '
                 'by log/left-out.json' % tree.size)
            need(tree.size == begin, '%s: begins before place %d' % (where, tree.size))
            counts = covering(begin, end)
            need(len(nodes) == len(counts) and all(map(is_hash, nodes)),
                 '%s: has not the nodes that cover it' % where)
            for count, text in zip(counts, nodes):
                tree.add(count, bytes.fromhex(text))
        self.fill(tree, waiting, self.note.size)
        if waiting:
            raise Bad('%s: its place is a gap, or after the end of the log' % waiting[-1].where)
        need(tree.size == self.note.size, 'log/events.jsonl: event %d is neither there nor left '
             'out by log/left-out.json' % tree.size)
        need(tree.root() == self.note.root,
             'log/events.jsonl and log/left-out.json: the events do not give the root of the '
             'checkpoint: one was changed, or is not at its place')
        self.ok('%d events at their places of %d' % (len(self.events), self.note.size))

    @staticmethod
    def fill(tree, waiting, until):
        """Adds the events that follow one another up to a place."""
        while waiting and waiting[-1].seq == tree.size and tree.size < until:
            tree.add(1, waiting.pop().leaf)

    def check_population(self):
        need(self.events, 'log/events.jsonl: has no event')
        *events, last = self.events
        body, seq = last.body, self.of('seq')
        need(last.type == 'attestation.issued' and last.seq == seq,
             '%s: the last line is not the attestation, event %d' % (last.where, seq))
        before = self.of('population')['before']
        if before > seq:
            self.fail('manifest.json: the population goes beyond event %d, which sealed it' % seq)
        for name in ('attestationId', 'label', 'month', 'siteCode', 'population'):
            if body.get(name) != self.of(name):
                self.fail('%s: %s is not that of manifest.json' % (last.where, name))
        names = {'attestationId', 'label', 'leftOut', 'month', 'population', 'siteCode',
                 'statements'}
        if set(body) - {'rows'} != names:
            self.fail('%s: the body has not the members that it should have' % last.where)
        told = self.of('population')
        if told['count'] != len(events):
            self.fail('log/events.jsonl: has %d events before event %d, %d were sealed' % (
                len(events), seq, told['count']))
        if root_of([event.leaf for event in events]).hex() != told['root']:
            self.fail('log/events.jsonl: the events are not those that event %d sealed' % seq)
        left = member(body, 'leftOut', dict, last.where)
        need(all(map(is_count, left.values())), '%s: leftOut has no counts' % last.where)
        if sum(left.values()) + len(events) != before:
            self.fail('%s: %d events are left out by leftOut, %d by the places' % (
                last.where, sum(left.values()), before - len(events)))
        first, after = month_of(self.of('month'))
        for event in events:
            why = self.excluded(event, first, after) if event.seq < before else (
                'it came after the %d events of which they were counted' % before)
            if why:
                self.fail('%s: does not matter to the month: %s' % (event.where, why))
        self.ok('%d events matter to the month, as event %d sealed' % (len(events), seq))

    def excluded(self, event, first, after):
        """Why the rules of the population leave an event out, or None."""
        value = event.value
        if event.type == 'attestation.issued':
            return 'it is an attestation'
        if value['validFrom'] is None:
            return None
        if event.type == 'matching.run':
            run = event.body.get('run')
            month = run.get('month') if isinstance(run, dict) else None
            return None if month == self.of('month') else 'it is a run of %s' % plain(month)
        if instant(value['validFrom'], event.where) >= after + DAY:
            return 'it begins after it'
        if value['validTo'] is None or instant(value['validTo'], event.where) > first - DAY:
            return None
        return 'it ends before it'

    # -- rows

    def check_rows(self):
        lines = lines_of(self.read('log/rows.jsonl'))
        first = 1
        for event in self.events:
            leaves = []
            for row in range(event.row_count):
                number, data = next(lines, (0, None))
                if data is None:
                    break
                leaves.append(leaf(data))
                self.take_row(event, row, number, data)
            if len(leaves) != event.row_count:
                raise Bad('log/rows.jsonl: event %d has %d rows, %d are there' % (
                    event.seq, event.row_count, len(leaves)))
            if root_of(leaves).hex() != event.value['rowRoot']:
                self.fail('log/rows.jsonl line %d to %d: are not the rows that event %d sealed' % (
                    first, first + len(leaves) - 1, event.seq))
            first += len(leaves)
        number, data = next(lines, (0, None))
        need(data is None, 'log/rows.jsonl line %d: no event of the pack sealed it' % number)
        text = self.read('log/rows.jsonl')
        need(not text or text.endswith(b'\n'), 'log/rows.jsonl: the last line is not ended')
        need(self.are_events_whole, 'log/events.jsonl: without it rows cannot be compared')
        self.ok('%d rows of %d events' % (
            sum(event.row_count for event in self.events), len(self.events)))

    def take_row(self, event, row, number, data):
        """Checks the form of a row, and keeps what a later check makes something of."""
        where = 'log/rows.jsonl line %d (event %d)' % (number, event.seq)
        try:
            value = canonical(data, where)
            domain = member(value, '@', str, where)
            need(re.fullmatch('mizan/row/[a-z0-9-]+/[1-9][0-9]*', domain, re.ASCII),
                 '%s: %s is no domain of a row' % (where, plain(domain)))
            kind = domain[len('mizan/row/'):]
            if kind == 'interval-block/1':
                value.pop('sourceLine', None)
            if kind in _KEPT:
                self.rows.append((event.seq, row, kind, value, where))
        except Bad as error:
            self.fail(str(error))

    def rows_of(self, *kinds):
        return [row for row in self.rows if row[2] in kinds]

    # -- statements, settlements, files

    def check_statements(self):
        sealed, listed = {}, []
        known = []
        for _, _, _, row, where in self.rows_of('statement/1'):
            known.append({'sha256': row.get('sha256'), 'statementId': row.get('statementId')})
            if row.get('month') != self.of('month') or row.get('siteCode') != self.of('siteCode'):
                continue
            kind = member(row, 'kind', str, where)
            version = member(row, 'version', is_count, where)
            digest = member(row, 'sha256', is_hash, where)
            tenant = row.get('tenantCode')
            name = kind if tenant is None else 'tenant-%s' % tenant
            path = 'statements/%s-v%d.json' % (name, version)
            need(path not in sealed, '%s: %s is there twice' % (where, plain(path)))
            sealed[path] = (digest, where)
            listed.append({'sha256': digest,
                           'statementId': member(row, 'statementId', str, where)})
            self.test_statement(path, row)
        for path in self.files:
            base = path[:path.rfind('.')] + '.json'
            if path.startswith('statements/') and base not in sealed:
                self.fail('%s: no row of log/rows.jsonl names it' % plain(path))
        told = self.events[-1].body.get('statements') if self.events else None
        names = told if isinstance(told, list) else []
        if (any(entry not in names for entry in listed)
                or names != sorted((entry for entry in known if entry in names),
                                   key=lambda entry: str(entry['statementId']))):
            self.fail('log/events.jsonl: the last event does not name the statements of the rows')
        self.ok('%d statements, as sealed and signed' % len(sealed))

    def test_statement(self, path, row):
        """Compares a statement with its row, and checks who signed it."""
        try:
            need(self.files.get(path) is not None, '%s: is missing or damaged' % plain(path))
            need(self.files[path].sha256 == row['sha256'],
                 '%s: has another hash than its row says' % plain(path))
            value = self.json(path)
            for name in ('kind', 'version', 'siteCode', 'statementId'):
                need(value.get(name) == row.get(name), '%s: %s is not that of its row' % (
                    plain(path), name))
            if row['kind'] == 'carbon':
                need(value.get('period', {}).get('start') == self.of('period')['start']
                     and value['period'].get('end') == self.of('period')['end'],
                     '%s: the period is not that of manifest.json' % plain(path))
            self.statements[path] = value
            kid = self.test_jws(path[:-4] + 'jws', self.read(path), 'mizan-statement+jws')
            need(self.keys[kid].since is not None,
                 '%sjws: no event activates the key %s' % (path[:-4], kid))
        except Bad as error:
            self.fail(str(error))

    def check_settlements(self):
        sealed = set()
        for _, _, _, row, where in self.rows_of('settlement-run/1'):
            path = 'settlements/%s.json' % member(row, 'runId', str, where)
            need(path not in sealed, '%s: %s is there twice' % (where, plain(path)))
            sealed.add(path)
            file = self.files.get(path)
            if file is None:
                self.fail('%s: is missing or damaged' % plain(path))
            elif file.sha256 != member(row, 'sha256', is_hash, where):
                self.fail('%s: has another hash than its row says' % plain(path))
            else:
                self.settlements[path] = self.json(path)
        for path in self.files:
            if path.startswith('settlements/') and path not in sealed:
                self.fail('%s: no row of log/rows.jsonl names it' % plain(path))
        self.ok('%d settlement runs, as sealed' % len(sealed))

    def check_files(self):
        wanted = set()
        for event in self.events:
            digest = event.value['sourceRef']
            if digest is None or digest in wanted:
                continue
            wanted.add(digest)
            file = self.files.get('files/%s' % digest)
            if file is None:
                self.fail('files/%s: is missing or damaged; event %d was made of it' % (
                    digest, event.seq))
            elif file.sha256 != digest:
                self.fail('files/%s: has another hash; event %d was made of it' % (
                    digest, event.seq))
        for path in self.files:
            if path.startswith('files/') and path[len('files/'):] not in wanted:
                self.fail('%s: no event of log/events.jsonl was made of it' % path)
        self.ok('%d files as they were received' % len(wanted))

    # -- tables

    def table(self, name, *columns):
        path = 'data/%s.csv' % name
        return Table(path, columns, self.files.get(path), self.fail)

    def check_tables(self):
        start, end = (instant(self.of('period')[name], 'manifest.json') for name in
                      ('start', 'end'))
        controls = {
            'events': {'count': len(self.events)},
            'rows': {'count': sum(event.row_count for event in self.events)},
            'files': {'count': sum(path.startswith('files/') for path in self.files)},
        }
        made = [(self.make_imports, ()), (self.make_intervals, (start, end)),
                (self.make_certificates, (start, end)), (self.make_book, (start, end)),
                (self.make_figures, ()), (self.make_settlement_lines, ()),
                (self.make_interventions, ())]
        lines = 0
        for name, (make, arguments) in zip(_TABLES, made):
            try:
                table = make(*arguments)
                table.close()
                lines += table.count
                if name == 'imports':
                    controls[name] = {'count': table.count}
                elif name in ('intervals', 'certificates', 'book'):
                    controls[name] = {'count': table.count, 'wh': table.wh}
            except Bad as error:
                self.fail('data/%s.csv: cannot be made again: %s' % (name, error))
        told = self.json('data/controls.json')
        for name in sorted(set(controls) | set(told)):
            if told.get(name) != controls.get(name):
                self.fail('data/controls.json: %s is %s, the rows give %s' % (
                    plain(name), plain(told.get(name)), plain(controls.get(name))))
        self.ok('%d lines made again from the rows' % lines)

    def make_imports(self):
        table = self.table('imports', 'seq', 'event_id', 'recorded_at', 'kind', 'file_sha256',
                           'byte_count', 'row_count', 'new_count', 'changed_count',
                           'identical_count', 'rejected_count', 'total_wh')
        for event in self.events:
            if event.type != 'import.committed':
                continue
            told = member(event.body, 'import', dict, event.where)
            table.row([
                event.seq, event.value['eventId'], event.value['recordedAt'],
                *(told.get(name) for name in (
                    'kind', 'fileSha256', 'byteCount', 'rowCount', 'newCount', 'changedCount',
                    'identicalCount', 'rejectedCount', 'totalWh'))])
        return table

    def make_intervals(self, start, end):
        table = self.table('intervals', 'seq', 'row', 'meter', 'start', 'minutes', 'wh', 'quality',
                           'revision', 'is_latest')
        rows = self.rows_of('interval-block/1')
        latest = {}
        for _, _, _, row, where in rows:
            key = (member(row, 'meterCode', str, where), member(row, 'utcDay', str, where))
            latest[key] = max(latest.get(key, -1), member(row, 'revision', is_count, where))
        starts = {}
        for seq, at, _, row, where in rows:
            day, minutes = row['utcDay'], member(row, 'intervalMinutes', is_count, where)
            if (day, minutes) not in starts:
                starts[day, minutes] = starts_of(day, minutes, start, end, where)
            texts = starts[day, minutes]
            wh = member(row, 'wh', list, where)
            quality = member(row, 'quality', list, where)
            need(len(wh) == len(quality) == len(texts),
                 '%s: has not the intervals of a day' % where)
            before = '%d,%d,%s,' % (seq, at, cell(row['meterCode']))
            after = ',%d,%d\n' % (row['revision'],
                                    row['revision'] == latest[row['meterCode'], day])
            lines = ['%s%s,%d,%d,%s%s' % (before, text, minutes, value, cell(grade), after)
                     for text, value, grade in zip(texts, wh, quality)
                     if text is not None and value is not None]
            table.add(''.join(lines), len(lines))
            table.wh += sum(value for text, value in zip(texts, wh)
                            if text is not None and value is not None)
        return table

    def make_certificates(self, start, end):
        table = self.table('certificates', 'seq', 'row', 'certificate_id', 'plant', 'start', 'end',
                           'wh', 'external_id', 'issuer', 'status')
        for seq, at, _, row, where in self.rows_of('certificate/1', 'certificate/2'):
            begins = instant(member(row, 'start', str, where), where)
            if not start <= begins < end:
                continue
            wh = member(row, 'wh', is_count, where)
            table.row([
                seq, at, row.get('certificateId'), row.get('plantCode'), instant_text(begins),
                seconds(row.get('end'), where), wh, row.get('externalId'), row.get('issuer'),
                row.get('status')])
            table.wh += wh
        return table

    def make_book(self, start, end):
        table = self.table('book', 'seq', 'row', 'move', 'hour', 'subject', 'wh')
        names = {}
        for seq, at, kind, row, where in self.rows_of('posting/1', 'posting/2'):
            before, lines = '%d,%d,%s,' % (seq, at, cell(row.get('move'))), []
            for hour, subject, wh in entries_of(kind, row, where):
                if wh and start <= hour < end:
                    if hour not in names:
                        names[hour] = instant_text(hour)
                    lines.append('%s%s,%s,%d\n' % (before, names[hour], cell(subject), wh))
                    table.wh += wh
            if lines:
                table.add(''.join(lines), len(lines))
        return table

    def make_figures(self):
        table = self.table('figures', 'statement', 'id', 'value', 'unit', 'formula')
        for path in sorted(self.statements, key=str.encode):
            for figure in member(self.statements[path], 'figures', list, path):
                table.row([path] + [figure.get(name) for name in (
                    'id', 'value', 'unit', 'formula')])
        return table

    def make_settlement_lines(self):
        table = self.table('settlement-lines', 'settlement', 'kind', 'label', 'quantity', 'unit',
                           'price', 'amount_mad')
        for path in sorted(self.settlements, key=str.encode):
            told = member(self.settlements[path], 'settlement', dict, path)
            for line in member(told, 'lines', list, path):
                table.row([path] + [line.get(name) for name in (
                    'kind', 'label', 'quantity', 'unit', 'price', 'amountMad')])
        return table

    def make_interventions(self):
        table = self.table('interventions', 'seq', 'event_id', 'recorded_at', 'type', 'actor',
                           'reason', 'supersedes')
        acts = ('readings.estimated', 'exception.decided', 'certificates.acted',
                'supplier_invoice.decided', 'supplier_invoice.voided')
        for event in self.events:
            told = event.body.get('import')
            changed = isinstance(told, dict) and (told.get('changedCount') or 0) > 0
            if event.type in acts or event.type == 'import.committed' and changed:
                table.row([
                    event.seq, event.value['eventId'], event.value['recordedAt'], event.type,
                    event.value.get('actor'), event.body.get('reason'),
                    ' '.join(event.value['supersedes'])])
        return table

    # -- figures

    def check_figures(self):
        checked, latest = 0, None
        for path, value in self.statements.items():
            if value['kind'] == 'carbon' and (
                    latest is None or value['version'] > self.statements[latest]['version']):
                latest = path
            if value['kind'] == 'billing':
                checked += self.test_billing(path, value)
        if latest is not None:
            checked += self.test_carbon(latest, self.statements[latest])
        self.ok('%d figures computed again, all equal' % checked)

    def expect(self, path, figures, wanted):
        """Compares figures of a statement with what was computed: decimal text, number or null."""
        for name, value in wanted.items():
            if name not in figures:
                self.fail('%s: has no figure %s' % (path, plain(name)))
            elif not same_value(figures[name], value):
                self.fail('%s: %s is %s, computed again it is %s' % (
                    path, plain(name), plain(figures[name]), plain(value)))
        return len(wanted)

    def test_carbon(self, path, statement):
        figures = {figure['id']: figure['value'] for figure in statement['figures']}
        plants = {plant['code']: plant for plant in statement['plants']}
        load, matched, by_plant = self.balances(path, statement, plants)
        total_load, total = sum(load.values()), sum(matched.values())
        generation = member(figures, 'generationWh', is_count, path)
        busy = [hour for hour, wh in load.items() if wh > 0]
        full = sum(load[hour] == matched.get(hour, 0) for hour in busy)
        if sum(by_plant.values()) != total:
            self.fail('%s: the plants give %d Wh, the meters take %d Wh' % (
                path, sum(by_plant.values()), total))
        grid, rest = self.factors(path, statement)
        micro = Fraction(1, 10 ** 12)
        # Where a quality criterion is not met, nothing counts as matched in market-based figures.
        applied = statement.get('instrumentsApplied') is not False
        direct = sum(wh * decimal(plants[code]['directFactorGPerKwh'], path) * 1000
                     for code, wh in by_plant.items()) if applied else 0
        left = {hour: wh - (matched.get(hour, 0) if applied else 0) for hour, wh in load.items()}
        wanted = {
            'loadWh': total_load, 'matchedWh': total, 'residualWh': total_load - total,
            'excessWh': generation - total,
            'contractedCfePct': percent(total, total_load, 2, 'cut'),
            'contractedCfeEnginePct': percent(total, total_load, 6, 'half'),
            'hoursFullyMatched': full,
            'hoursFullyMatchedPct': percent(full, len(busy), 2, 'cut'),
            'volumetricPct': percent(generation, total_load, 6, 'half'),
            'locationBasedT': rounded(micro * sum(
                wh * grid(hour) for hour, wh in load.items()), 3, 'half'),
            'marketHourlyT': rounded(micro * (direct + sum(
                wh * rest(hour) for hour, wh in left.items())), 3, 'half'),
        }
        version = statement.get('engineVersion')
        if isinstance(version, int) and version >= VOLUMES_MATCHED:
            start, end = (instant(statement['period'][name], path) for name in ('start', 'end'))
            mean = Fraction(sum(rest(hour) for hour in range(start, end, HOUR)),
                            (end - start) // HOUR)
            wanted['marketBased2015T'] = rounded(
                micro * (direct + sum(left.values()) * mean), 3, 'half')
        for code, wh in by_plant.items():
            wanted['matchedWh.%s' % code] = wh
        return self.expect(path, figures, wanted)

    def balances(self, path, statement, plants):
        """Load and matched Wh by hour, and matched Wh by plant, from the book."""
        run = member(statement['matching'], 'runId', str, path)
        places = [event.seq for event in self.events if event.value['eventId'] == run]
        need(places, '%s: the run %s is not in log/events.jsonl' % (path, plain(run)))
        start, end = (instant(statement['period'][name], path) for name in ('start', 'end'))
        meters = set(statement['meterCodes'])
        plant_of = {row.get('certificateId'): row.get('plantCode')
                    for _, _, _, row, _ in self.rows_of('certificate/1', 'certificate/2')}
        load, matched, by_plant = {}, {}, dict.fromkeys(plants, 0)
        signs = {'consume': (load, 1), 'consume_reversal': (load, -1),
                 'match_demand': (matched, 1), 'unmatch_demand': (matched, -1)}
        for seq, _, kind, row, where in self.rows_of('posting/1', 'posting/2'):
            move = row.get('move')
            if seq > places[0] or move not in signs and move not in ('match_supply',
                                                                      'unmatch_supply'):
                continue
            for hour, subject, wh in entries_of(kind, row, where):
                if not start <= hour < end:
                    continue
                if move in signs:
                    if subject in meters:
                        sums, sign = signs[move]
                        sums[hour] = sums.get(hour, 0) + sign * wh
                elif plant_of.get(subject) in by_plant:
                    by_plant[plant_of[subject]] += wh if move == 'match_supply' else -wh
        return load, matched, by_plant

    def factors(self, path, statement):
        """The factor of an hour in mg/kWh: of the grid, and of the residual."""
        rows = {(row.get('code'), row.get('version')): row
                for _, _, _, row, _ in self.rows_of('emission-factor/1')}
        found = {}
        for named in statement['factors']:
            row = rows.get((named['code'], named['version']))
            need(row is not None, '%s: the factor %s@%s is no row of the pack' % (
                path, plain(named['code']), plain(named['version'])))
            found.setdefault(row.get('kind'), []).append(row)
        grid, mix = ([factor_of(row, path) for row in sorted(found.get(kind, []), key=rung_of)]
                     for kind in ('grid_average', 'residual_mix'))
        need(grid, '%s: names no factor of the grid' % path)

        def at(factors):
            def value(hour):
                for factor in factors:
                    if (mg := factor(hour)) is not None:
                        return mg
                raise Bad('%s: no factor has a value at %s' % (path, instant_text(hour)))
            return value
        return at(grid), at(mix + grid)

    def test_billing(self, path, statement):
        figures = {figure['id']: figure['value'] for figure in statement['figures']}
        billing, count = statement['billing'], 0
        sums = {'netMad': Fraction(0), 'vatMad': Fraction(0), 'grossMad': Fraction(0)}
        for line in billing['lines']:
            where = '%s line of %s' % (path, plain(line.get('plantCode')))
            told = {name: decimal(line[name], where) for name in (
                'generationWh', 'lossFactor', 'deliveredWh', 'strikePriceMadPerMwh', 'vatRatePct',
                'netMad', 'vatMad', 'grossMad')}
            delivered = told['generationWh'] * (1 - told['lossFactor'])
            net = rounded(delivered * told['strikePriceMadPerMwh'] / 10 ** 6, 2, 'half')
            vat = rounded(Fraction(net) * told['vatRatePct'] / 100, 2, 'half')
            gross = rounded(Fraction(net) + Fraction(vat), 2, 'half')
            if told['deliveredWh'] != delivered:
                self.fail('%s: deliveredWh is %s, computed again it is %s' % (
                    where, plain(line['deliveredWh']), plain(str(delivered))))
            count += 1 + self.expect(where, line, {'netMad': net, 'vatMad': vat,
                                                   'grossMad': gross})
            for name, value in (('netMad', net), ('vatMad', vat), ('grossMad', gross)):
                sums[name] += Fraction(value)
            part = line['plantCode'] + (' from %s' % line['from'] if 'from' in line else '')
            self.expect(path, figures, {'%s.%s' % (part, name): line[name]
                                        for name in ('generationWh', 'deliveredWh', 'netMad',
                                                     'vatMad', 'grossMad')})
        totals = {'total' + name[0].upper() + name[1:]: rounded(value, 2, 'half')
                  for name, value in sums.items()}
        self.expect(path, figures, totals)
        return count + self.expect(path, billing, totals)


class Key:
    """A key of the log: from which place to which it signs."""

    def __init__(self, key):
        self.key, self.since, self.until = key, None, None

    def signs(self, size):
        """Whether it signs states of so many events."""
        return self.since is not None and self.since < size and (
            self.until is None or size <= self.until)


_KEPT = frozenset(('interval-block/1', 'certificate/1', 'certificate/2', 'posting/1', 'posting/2',
                   'statement/1', 'settlement-run/1', 'emission-factor/1'))


def lines_of(data):
    """(number, bytes) of each line, from 1; only line feeds end a line."""
    at, number = 0, 0
    while at < len(data):
        end = data.find(b'\n', at)
        end = len(data) if end < 0 else end
        number += 1
        yield number, data[at:end]
        at = end + 1


def month_of(month):
    """The first instants of a calendar month and of the next, in UTC."""
    year, number = int(month[:4]), int(month[5:])
    first = (datetime.datetime(year, number, 1) - _EPOCH).days * DAY
    after = first + 31 * DAY
    at = _EPOCH + datetime.timedelta(milliseconds=after)
    return first, after - (at.day - 1) * DAY


def seconds(text, where):
    """An instant of a row as the tables write it."""
    return instant_text(instant(text, where))


def starts_of(day, minutes, start, end, where):
    """Where each interval of a UTC day begins, as text; None where that is not in the period."""
    need(minutes > 0 and 1440 % minutes == 0, '%s: has intervals of %d minutes' % (where, minutes))
    first = instant(day + 'T00:00:00Z', where)
    places = [first + place * minutes * 60000 for place in range(1440 // minutes)]
    return [instant_text(at) if start <= at < end else None for at in places]


_hours = {}


def entries_of(kind, row, where):
    """The entries of a posting: (hour, subject, Wh)."""
    move = member(row, 'move', str, where)
    need(move in SUPPLY or move in DEMAND, '%s: %s is no move' % (where, plain(move)))
    if kind == 'posting/1':
        yield (instant(member(row, 'hour', str, where), where), member(row, 'subject', str, where),
               member(row, 'wh', is_count, where))
        return
    text = member(row, 'start', str, where)
    if text not in _hours:
        _hours[text] = instant(text, where)
    start = _hours[text]
    subjects, amounts = member(row, 'subjects', list, where), member(row, 'wh', list, where)
    if move in SUPPLY:
        need(len(subjects) == len(amounts), '%s: has not a certificate for each amount' % where)
        for subject, wh in zip(subjects, amounts):
            yield start, subject, wh
    else:
        need(len(subjects) == 1 and len(amounts) == 24, '%s: is no day of a meter' % where)
        for place, wh in enumerate(amounts):
            yield start + place * HOUR, subjects[0], wh


def same_value(one, other):
    """Whether two figures are equal: both null, or the same decimal."""
    if one is None or other is None:
        return one is other
    return decimal(one, 'a figure') == decimal(other, 'a figure')


def percent(part, whole, places, mode):
    return rounded(Fraction(100 * part, whole), places, mode) if whole else None


# From this version of the carbon engine on the figure of the 2015 Guidance counts what was matched.
VOLUMES_MATCHED = 3

RUNGS = ('hourly', 'monthly', 'annual')


def rung_of(row):
    """Which factors are taken before others: the finer ones."""
    return RUNGS.index(row['resolution']) if row.get('resolution') in RUNGS else len(RUNGS)


def factor_of(row, path):
    """The factor of an hour in mg/kWh, by its instant; None where it has no value."""
    where = '%s factor %s' % (path, plain(row.get('code')))
    values = [None if value is None else decimal(value, where)
              for value in member(row, 'mgPerKwh', list, where)]
    first, last = (instant(member(row, name, str, where), where)
                   for name in ('validFrom', 'validTo'))
    starts = [instant(start, where) for start in row.get('stepStarts', [])]

    def at(hour):
        if not first <= hour < last:
            return None
        place = 0
        if row.get('resolution') == 'hourly':
            place = (hour - first) // HOUR
        elif row.get('resolution') == 'monthly':
            place = sum(start <= hour for start in starts) - 1
        return values[place] if 0 <= place < len(values) else None
    return at


# ---------------------------------------------------------------- the command

def show(report, path, as_json):
    results = {name: report.result(name) for name in CHECKS}
    code = 1 if 'FAIL' in results.values() else 0
    if as_json:
        print(json.dumps({'pack': path, 'exit': code, 'checks': [
            {'check': name, 'result': results[name], 'says': report.lines(name)}
            for name in CHECKS]}, ensure_ascii=False))
        return code
    for name in CHECKS:
        first, *more = report.lines(name)
        print('%-4s  %s: %s' % (results[name], name, first))
        for line in more:
            print('      %s' % line)
    return code


def main(arguments):
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding='utf-8', errors='backslashreplace')
    parser = argparse.ArgumentParser(
        prog='verify.py', allow_abbrev=False, description='Verifies an attestation pack of Mizan.')
    parser.add_argument('pack', metavar='PACK.zip')
    parser.add_argument('--key', metavar='NAME+ID+KEY', help='the key that you trust, or its kid')
    parser.add_argument('--since', metavar='NOTE', help='a checkpoint that you kept')
    parser.add_argument('--json', action='store_true', help='one document instead of lines')
    # A kid may begin with a hyphen: what follows the option is its value, whatever it is.
    joined, waiting = [], list(arguments)
    while waiting:
        one = waiting.pop(0)
        takes = one in ('--key', '--since') and waiting
        joined.append(one + '=' + waiting.pop(0) if takes else one)
    options = parser.parse_args(joined)
    try:
        trust = None if options.key is None else Trust(options.key)
        since = None if options.since is None else read_note(options.since)
        return show(Pack(options.pack, trust, since).run(), options.pack, options.json)
    except NoPack as error:
        if options.json:
            print(json.dumps({'pack': options.pack, 'exit': 2, 'error': str(error)},
                             ensure_ascii=False))
        else:
            print('%s: %s' % (plain(options.pack, 400), error), file=sys.stderr)
        return 2


def read_note(path):
    try:
        with open(path, 'rb') as handle:
            return Note(handle.read(1 << 20), '--since %s' % plain(path))
    except OSError as error:
        raise NoPack('--since %s cannot be read: %s' % (plain(path), plain(error.strerror or '')))
    except Bad as error:
        raise NoPack(str(error))


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv[1:]))
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(2)
