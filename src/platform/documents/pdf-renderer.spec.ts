import type { DocumentModel } from '../../core/documents/model.js';
import { codePointsOf, readFonts } from './fonts.js';
import { PdfRenderer } from './pdf-renderer.js';

const documentOf = (title: string, changed: Partial<DocumentModel> = {}): DocumentModel => ({
  language: 'fr',
  kind: 'k',
  title,
  subtitle: title,
  status: { label: title, text: title },
  notices: [title],
  facts: [{ label: title, value: { type: 'text', value: title } }],
  keyFigures: [{ label: title, text: title, unit: title, definition: title }],
  sections: [
    {
      title,
      blocks: [
        {
          kind: 'table',
          id: 't',
          title,
          columns: [{ id: 'a', title, type: 'text' }],
          rows: [[title]],
        },
        { kind: 'paragraphs', texts: [title] },
      ],
    },
  ],
  identity: {
    id: title,
    version: 1,
    issuedAt: '2026-11-02T06:56:33.844Z',
    sha256: 'cc',
    fileName: 'f',
    footer: title,
  },
  ...changed,
});

describe('a PDF', () => {
  const renderer = new PdfRenderer();
  afterAll(() => renderer.onApplicationShutdown());

  it.each([
    ['markup of the compiler', '#panic("read") *b* _i_ $x$ @label <tag> = h // c /* c */ `r` \\'],
    ['a formula', '=cmd|calc'],
    ['other scripts', 'مركز البيانات 데이터 센터 数据中心'],
    ['what turns the order of signs', 'a\u202eb\u2066c'],
    ['control characters and halves of a sign', 'a\u0000b\u0007c\ud800d\r\ne'],
    ['pictures', '😀 👨‍👩‍👧 🇲🇦'],
    ['a name without an end', 'X'.repeat(200)],
  ])('is made of %s', async (_, title) => {
    const pdf = await renderer.render(documentOf(title), []);
    expect(pdf.subarray(0, 8).toString()).toBe('%PDF-1.7');
  });

  it('is dated by the document, and the same from another thread', async () => {
    const pdf = await renderer.render(documentOf('Relevé'), []);
    expect(pdf.toString('latin1')).toContain('D:20261102065633');
    const other = new PdfRenderer();
    const again = await other.render(documentOf('Relevé'), []);
    await other.onApplicationShutdown();
    expect(again.equals(pdf)).toBe(true);
  });

  it('is refused with a reason, and another can be made then', async () => {
    const { identity } = documentOf('x');
    const undated = documentOf('x', {
      identity: { ...identity, issuedAt: '2026-99-99T00:00:00Z' },
    });
    await expect(renderer.render(undated, [])).rejects.toMatchObject({
      code: 'document.pdf_unavailable',
      details: { detail: 'month is invalid' },
    });
    expect((await renderer.render(documentOf('x'), [])).length).toBeGreaterThan(1_000);
  });

  it('that waits when the process ends is refused', async () => {
    const other = new PdfRenderer();
    const waiting = other.render(documentOf('x'), []);
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: 'document.pdf_unavailable' }),
      other.onApplicationShutdown(),
    ]);
  });
});

describe('fonts of documents', () => {
  it('say what they draw', () => {
    const { files, isDrawn } = readFonts();
    const drawn = (text: string): boolean =>
      Array.from(text).every((sign) => isDrawn(sign.codePointAt(0)!));
    expect(drawn('Relevé œuvre ’“” Σ ÷ × − –\u00a0\u202f مركز')).toBe(true);
    expect([drawn('😀'), drawn('데'), drawn('→')]).toEqual([false, false, false]);
    // Nothing but what a font has: a glyph of zero is the box of what it lacks.
    expect(codePointsOf(files[0]!).has(0xffff)).toBe(false);
  });
});
