import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * The fonts of documents, from packages that keep their licence (SIL OFL 1.1) beside them. A language
 * with a script of its own adds its family here and nowhere else: Noto has a sibling for each.
 */
const FONT_FILES = [
  '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  '@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf',
  '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
  '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
  '@expo-google-fonts/noto-sans-arabic/600SemiBold/NotoSansArabic_600SemiBold.ttf',
  '@expo-google-fonts/noto-sans-arabic/700Bold/NotoSansArabic_700Bold.ttf',
];

/** Fonts with the code points that each of them has a glyph for. */
export interface Fonts {
  readonly files: readonly Buffer[];
  readonly isDrawn: (codePoint: number) => boolean;
}

/** Reads the fonts from where they were installed. Takes tens of milliseconds: once a process. */
export function readFonts(): Fonts {
  const require = createRequire(import.meta.url);
  const files = FONT_FILES.map((file) => readFileSync(require.resolve(file)));
  const drawn = new Set<number>();
  for (const file of files) for (const codePoint of codePointsOf(file)) drawn.add(codePoint);
  return { files, isDrawn: (codePoint) => drawn.has(codePoint) };
}

const UNICODE = 3;
const SEGMENTS = 4;
const GROUPS = 12;

/** Code points of a TrueType font, from its `cmap` table (OpenType, formats 4 and 12). */
export function codePointsOf(font: Buffer): ReadonlySet<number> {
  const at = tableAt(font, 'cmap');
  const found = new Set<number>();
  const count = font.readUInt16BE(at + 2);
  for (let one = 0; one < count; one += 1) {
    const record = at + 4 + one * 8;
    if (font.readUInt16BE(record) !== UNICODE) continue;
    const table = at + font.readUInt32BE(record + 4);
    const format = font.readUInt16BE(table);
    if (format === SEGMENTS) addSegments(font, table, found);
    if (format === GROUPS) addGroups(font, table, found);
  }
  return found;
}

function tableAt(font: Buffer, tag: string): number {
  const count = font.readUInt16BE(4);
  for (let one = 0; one < count; one += 1) {
    const record = 12 + one * 16;
    if (font.toString('latin1', record, record + 4) === tag) return font.readUInt32BE(record + 8);
  }
  throw new Error(`A font without the table ${tag}.`);
}

/** Format 4: segments of the basic plane; a glyph of zero is none. */
function addSegments(font: Buffer, table: number, found: Set<number>): void {
  const doubled = font.readUInt16BE(table + 6);
  for (let at = 0; at < doubled; at += 2) {
    const end = font.readUInt16BE(table + 14 + at);
    const start = font.readUInt16BE(table + 16 + doubled + at);
    const delta = font.readUInt16BE(table + 16 + 2 * doubled + at);
    const rangeAt = table + 16 + 3 * doubled + at;
    const range = font.readUInt16BE(rangeAt);
    for (let codePoint = start; codePoint <= end && codePoint !== 0xffff; codePoint += 1) {
      const glyph =
        range === 0 ? codePoint : font.readUInt16BE(rangeAt + range + 2 * (codePoint - start));
      const isNone = glyph === 0 || ((glyph + delta) & 0xffff) === 0;
      if (!isNone) found.add(codePoint);
    }
  }
}

/** Format 12: groups of all planes. */
function addGroups(font: Buffer, table: number, found: Set<number>): void {
  const count = font.readUInt32BE(table + 12);
  for (let one = 0; one < count; one += 1) {
    const group = table + 16 + one * 12;
    const [start, end] = [font.readUInt32BE(group), font.readUInt32BE(group + 4)];
    for (let codePoint = start; codePoint <= end; codePoint += 1) found.add(codePoint);
  }
}
