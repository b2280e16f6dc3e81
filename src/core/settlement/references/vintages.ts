import type { FxRow, IndexRow, TariffRow } from './references.shape.js';

/** A value of an index for a month, as it was published on a day. */
export interface IndexValue {
  readonly month: string;
  readonly value: string;
  readonly publishedOn: string;
}

/** What keeps a version of an index from following another. */
export interface VintageFault {
  readonly index: number | null;
  readonly rule: 'vintage.written_once' | 'vintage.kept';
  readonly detail: string;
}

const nameOf = ({ month, publishedOn }: IndexValue): string =>
  `${month} as published on ${publishedOn}`;

/**
 * What is wrong with the values of an index: a month has one value per day of publication, and a
 * later version keeps every one that an earlier version had. A revision is a new row with its own
 * day of publication, so that what a settlement used can be read again as it was.
 *
 * @param before  Values of the version before; none for the first.
 * @param values  Values of the version.
 */
export function vintageFaults(
  before: readonly IndexValue[],
  values: readonly IndexValue[],
): readonly VintageFault[] {
  const seen = new Map<string, string>();
  const faults: VintageFault[] = [];
  values.forEach((one, index) => {
    const name = nameOf(one);
    if (seen.has(name)) {
      faults.push({ index, rule: 'vintage.written_once', detail: `Two values for ${name}.` });
    }
    seen.set(name, one.value);
  });
  for (const one of before) {
    const now = seen.get(nameOf(one));
    if (now === one.value) continue;
    const detail = `${nameOf(one)} was ${one.value}: keep it, and add a revision as a row of its own day of publication.`;
    faults.push({ index: null, rule: 'vintage.kept', detail });
  }
  return faults;
}

/** A version of a record, as far as its rows need it. */
export interface DatedVersion {
  readonly code: string;
  readonly version: number;
  readonly confidence: string;
}

/** Rows of tariffs, oldest version first, so that the later of two supersedes. */
export function tariffRows(
  versions: readonly (DatedVersion & {
    readonly madPerKwh: string;
    readonly validFrom: string;
    readonly validTo: string | null;
  })[],
): readonly TariffRow[] {
  return versions.map(({ code, version, confidence, madPerKwh, validFrom, validTo }) => ({
    id: `${code}@${version}`,
    confidence,
    kind: code as TariffRow['kind'],
    madPerKwh,
    from: validFrom,
    to: validTo,
  }));
}

/** Rows of indices, from their latest versions. A row's id names the vintage, which never changes. */
export function indexRows(
  latest: readonly (DatedVersion & { readonly values: readonly IndexValue[] })[],
): readonly IndexRow[] {
  return latest.flatMap(({ code, confidence, values }) =>
    values.map(({ month, value, publishedOn }) => ({
      id: `${code}:${month}:${publishedOn}`,
      confidence,
      series: code,
      month,
      value,
      publishedOn,
    })),
  );
}

/** Rows of rates of exchange, from the latest versions of their series. */
export function fxRows(
  latest: readonly (DatedVersion & {
    readonly rates: readonly { readonly day: string; readonly madPerUnit: string }[];
  })[],
): readonly FxRow[] {
  return latest.flatMap(({ code, version, confidence, rates }) =>
    rates.map(({ day, madPerUnit }) => ({
      id: `${code}@${version}:${day}`,
      confidence,
      currency: code,
      day,
      madPerUnit,
    })),
  );
}
