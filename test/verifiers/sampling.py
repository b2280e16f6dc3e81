"""Draws samples from the text of docs/method/SAMPLING.md alone, with Python's standard library.

Reads cases as JSON on stdin, one document: [{"root", "nonce", "items": [[stratum, key, size]],
"tolerable", "confidencePct"} or {..., "count"}]; writes what it draws.
"""

import hashlib
import json
import sys

R100 = {95: 300, 90: 231}


def ordered(items):
    return sorted(items, key=lambda item: (item[0].encode(), item[1].encode()))


def seed_of(root, nonce):
    return hashlib.sha256(bytes.fromhex(root) + nonce.encode()).digest()


def monetary(items, seed, tolerable, confidence):
    reliability = R100[confidence]
    total = sum(size for _, _, size in items)
    planned = -(-total * reliability // (100 * tolerable))
    interval = 100 * tolerable // reliability
    start = int.from_bytes(seed, "big") % interval
    certain = {key for _, key, size in items if size >= interval}
    units = {}
    begin = 0
    for _, key, size in items:
        if key in certain or size == 0:
            continue
        # First unit of the run start, start + J, ... that is not before the item begins.
        steps = max(0, -(-(begin - start) // interval))
        unit = start + steps * interval
        if unit < begin + size:
            units[key] = unit
        begin += size
    keys = [key for _, key, _ in items if key in certain or key in units]
    return {
        "planned": planned,
        "interval": interval,
        "start": start,
        "keys": keys,
        "units": [units.get(key) for key in keys],
    }


def largest_remainder(total, weights):
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    cut = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in cut[: total - sum(parts)]:
        parts[at] += 1
    return parts


def stratified(items, seed, count):
    strata = {}
    for item in items:
        strata.setdefault(item[0], []).append(item)
    count = min(count, len(items))
    each = 1 if count >= len(strata) else 0
    left = [len(members) - each for members in strata.values()]
    rest = count - each * len(strata)
    more = largest_remainder(rest, left) if rest else [0] * len(left)
    taken = set()
    for members, extra in zip(strata.values(), more):
        ranked = sorted(members, key=lambda item: hashlib.sha256(seed + item[1].encode()).digest())
        taken.update(key for _, key, _ in ranked[: each + extra])
    return {"keys": [key for _, key, _ in items if key in taken]}


def drawn(case):
    items = ordered(case["items"])
    seed = seed_of(case["root"], case["nonce"])
    table = "stratum,key,size\n" + "".join("%s,%s,%d\n" % tuple(item) for item in items)
    answer = (
        stratified(items, seed, case["count"])
        if "count" in case
        else monetary(items, seed, case["tolerable"], case["confidencePct"])
    )
    return {"seed": seed.hex(), "table": hashlib.sha256(table.encode()).hexdigest(), **answer}


if __name__ == "__main__":
    print(json.dumps([drawn(case) for case in json.load(sys.stdin)]))
