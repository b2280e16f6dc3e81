import { assert } from '../errors.js';
import { sealedJson } from '../ledger/canonical.js';
import { compareIds } from '../text.js';
import { sumWattHours } from '../units/energy.js';

/** Wh of one MWh certificate. */
export const MWH_WH = 1_000_000;

/** Energy of a cancelled bundle on its way into MWh certificates: a range of ids on its device. */
export interface BridgeWh {
  readonly bundleId: string;
  /** Start of production, ms. */
  readonly startMs: number;
  /** First id of the range on the device; the range is as long as its Wh. */
  readonly rangeStart: number;
  readonly wh: number;
}

/** An MWh certificate of which an issuer withdrew energy after it was issued. */
export interface Deficit {
  readonly mwhId: string;
  /** Wh that its live parts lack to a MWh. */
  readonly wh: number;
}

/** What becomes of energy in the bridge. */
export interface Cut {
  /** What takes the place of withdrawn energy, the oldest certificate first. */
  readonly replacements: readonly { readonly mwhId: string; readonly part: BridgeWh }[];
  /** New certificates: the parts of each sum to exactly one MWh. */
  readonly certificates: readonly (readonly BridgeWh[])[];
  /** What is left, below a MWh. */
  readonly carry: readonly BridgeWh[];
  readonly deficits: readonly Deficit[];
}

/**
 * Cuts a stream of energy into MWh certificates (METHOD 3.7): in the order of production start, then
 * bundle id; what issuers withdrew is made good first; every 1,000,000 Wh make a certificate; the
 * rest is carried. With energy `E` and carry `r`, which deficits make negative, `max(0, floor((E + r)
 * / 10⁶))` certificates are made.
 *
 * @param stream    What was carried and what is new, in any order.
 * @param deficits  In the order of their certificates.
 */
export function cutMwh(stream: readonly BridgeWh[], deficits: readonly Deficit[]): Cut {
  const left = stream
    .toSorted(
      (a, b) =>
        a.startMs - b.startMs || compareIds(a.bundleId, b.bundleId) || a.rangeStart - b.rangeStart,
    )
    .filter(({ wh }) => wh > 0);
  const totalWh = sumWattHours(left.map(({ wh }) => wh));
  const replacements: { mwhId: string; part: BridgeWh }[] = [];
  const open: Deficit[] = [];
  for (const { mwhId, wh } of deficits) {
    const parts = take(left, wh);
    replacements.push(...parts.map((part) => ({ mwhId, part })));
    const lackingWh = wh - sumWattHours(parts.map((part) => part.wh));
    if (lackingWh > 0) open.push({ mwhId, wh: lackingWh });
  }
  const certificates: BridgeWh[][] = [];
  let leftWh = sumWattHours(left.map(({ wh }) => wh));
  for (; leftWh >= MWH_WH; leftWh -= MWH_WH) certificates.push(take(left, MWH_WH));
  const deficitWh = sumWattHours(deficits.map(({ wh }) => wh));
  const expected = Math.max(0, Math.floor((totalWh - deficitWh) / MWH_WH));
  assert(certificates.length === expected, 'bridge: as many certificates as whole MWh');
  const outWh = sumWattHours([
    ...replacements.map(({ part }) => part.wh),
    ...certificates.flat().map(({ wh }) => wh),
    ...left.map(({ wh }) => wh),
  ]);
  assert(outWh === totalWh, 'bridge: no energy is lost or made');
  return { replacements, certificates, carry: left, deficits: open };
}

/** Takes the first Wh of a stream, as far as there are; the entry that they end in is cut. */
function take(stream: BridgeWh[], wh: number): BridgeWh[] {
  const taken: BridgeWh[] = [];
  let wantedWh = wh;
  while (wantedWh > 0 && stream.length > 0) {
    const first = stream[0]!;
    const partWh = Math.min(wantedWh, first.wh);
    taken.push({ ...first, wh: partWh });
    wantedWh -= partWh;
    if (partWh === first.wh) stream.shift();
    else {
      stream[0] = { ...first, rangeStart: first.rangeStart + partWh, wh: first.wh - partWh };
    }
  }
  return taken;
}

/** A part of an MWh certificate as it is kept. */
export interface MwhPart extends BridgeWh {
  readonly mwhId: string;
  readonly plantCode: string;
}

/** Canonical row of a part, as an event seals it. */
export function mwhPartRow({ mwhId, plantCode, bundleId, rangeStart, wh }: MwhPart): string {
  const part = { mwhId, plantCode, bundleId, rangeStart, wh };
  return sealedJson('mizan/row/mwh-part/1', part);
}
