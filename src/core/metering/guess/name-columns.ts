import type { QualityName } from '../blocks/quality.js';
import { isNumber, type TableShape } from './table-shape.js';
import { wordsOf } from './time-columns.js';

/** A column of names of meters, and what stands in it. */
export interface MeterColumn {
  readonly name: string;
  readonly found: readonly string[];
}

/** A column of qualities, and what its words mean. */
export interface QualityColumn {
  readonly name: string;
  readonly qualities: Readonly<Record<string, QualityName>>;
  readonly hasEmpty: boolean;
}

const METER =
  /\b(meter|meters|metering|cups|ean|pod|prm|pdl|nmi|mpan|mprn|msn|account|contrat|contract|zone|region|area|bidding|respondent|authority|register|registernavn|serial|site|id|identifiant|zähler|zaehler|zählpunkt|zaehlpunkt|messlokation|målepunktsid|punto|device|inverter|manageobject|plant|name|type|nature|p[eé]rim[eè]tre)\b/;
const QUALITY =
  /\b(quality|statut|estado|stato|zustand|qualité|calidad|qualität|kwaliteit|status|validatiestatus|state|flag|obtencion|obtención|metodo|método|estimated|estimation|estimado|real|code|validation|kode|kvalitet|laatu|q|qc|grade)\b/;

/** Words that utilities grade readings with. */
const QUALITY_WORDS: readonly (readonly [pattern: RegExp, quality: QualityName])[] = [
  [
    /^(a|act|actual|real|r|m|mes|measured|metered|gemeten|gemessen|messwert|mesur[eé]e?|réelle?|réel|reel|medido|medida|valid|valide|validated|validé|gevalideerd|w|wahr|ok|good|misurato|effettiva|målt|uppmätt|mitattu)$/,
    'ACTUAL',
  ],
  [
    /^(e|est|estimated|estimate|estimado|estimada|estim[eé]e?|geschat|geschätzt|ersatzwert|stimato|stimata|estimeret|beräknat|s|substituted|g)$/,
    'EST_HIST',
  ],
  [/^(p|raw|provisional|preliminary|vorläufig|brut|brute|voorlopig|niet gevalideerd)$/, 'RAW'],
  [/^(missing|manquant|n\/a|fehlt|ontbreekt|geen verbruik|null)$/, 'MISSING'],
];

const qualityOf = (word: string): QualityName | null =>
  QUALITY_WORDS.find(([pattern]) => pattern.test(word.toLowerCase()))?.[1] ?? null;

/** The column of qualities: every word of it is one. */
export function qualityColumn(
  { names, data }: TableShape,
  taken: ReadonlySet<number>,
): (QualityColumn & { readonly field: number }) | null {
  for (const [field, name] of names.entries()) {
    if (taken.has(field) || !QUALITY.test(wordsOf(name))) continue;
    const cells = data.map(({ cells: all }) => all[field] ?? '');
    const words = [...new Set(cells.filter((cell) => cell !== ''))];
    if (words.length === 0 || words.length > 10) continue;
    const graded = words.map((word) => [word, qualityOf(word)] as const);
    if (graded.some(([, quality]) => quality === null)) continue;
    const qualities = Object.fromEntries(graded) as Record<string, QualityName>;
    return { field, name, qualities, hasEmpty: cells.includes('') };
  }
  return null;
}

/**
 * The column that tells readings of one time apart; where no two rows are of one time, the one in which
 * every name is one that was mapped, or null: a column that names one meter throughout needs no mapping.
 *
 * @param mapped  Names of the source that meters of the ledger are known for.
 */
export function meterColumn(
  { names, data }: TableShape,
  taken: ReadonlySet<number>,
  { keys, mapped }: { readonly keys: readonly string[]; readonly mapped: ReadonlySet<string> },
): MeterColumn | null {
  const isRepeated = new Set(keys).size < keys.length * 0.9;
  if (!isRepeated) {
    const field = names.findIndex(
      (name, at) =>
        name !== '' && !taken.has(at) && data.every(({ cells }) => mapped.has(cells[at] ?? '')),
    );
    const found = [...new Set(data.map(({ cells }) => cells[field] ?? ''))];
    return field < 0 ? null : { name: names[field]!, found };
  }
  const candidates = names.flatMap((name, field) => {
    const cells = data.map(({ cells: all }) => all[field] ?? '');
    const found = [...new Set(cells)];
    const isName = cells.every((cell) => cell !== '' && (!isNumber(cell) || /^\d{6,}$/.test(cell)));
    if (taken.has(field) || name === '' || !isName || found.length < 2 || found.length > 200)
      return [];
    const pairs = new Set(cells.map((cell, at) => `${keys[at]}\u0000${cell}`)).size;
    const score = pairs / cells.length + (METER.test(wordsOf(name)) ? 0.05 : 0);
    return [{ name, found, score }];
  });
  if (candidates.length === 0) return null;
  const best = candidates.reduce((one, other) => (other.score > one.score ? other : one));
  return { name: best.name, found: best.found };
}
