import { mapTexts, printableText } from './glyphs.js';
import { roundScale } from './scale.js';
import { printedBars, printedCurves } from './charts.js';

const latin = (codePoint: number): boolean => codePoint < 0x250 || codePoint === 0x200d;

describe('text in print', () => {
  it.each([
    ['plain', 'plain'],
    ['two\r\nlines\tand', 'two lines and'],
    ['a\u0007b', 'a[U+0007]b'],
    ['a\u202eb', 'a[U+202E]b'],
    ['😀', '[U+1F600]'],
    ['\ud800', '[U+D800]'],
    ['م\u200dx', '[U+0645]\u200dx'],
  ])('shows %j as %j', (text, shown) => {
    expect(printableText(text, latin)).toBe(shown);
  });

  it('is mapped wherever it stands, and names of members are not', () => {
    const value = { a: ['x', 1, null], b: { x: 'x' } };
    expect(mapTexts(value, (text) => text.toUpperCase())).toEqual({
      a: ['X', 1, null],
      b: { x: 'X' },
    });
  });
});

describe('an axis', () => {
  it.each([
    [0, 1, 5],
    [744, 800, 5],
    [37.2, 40, 5],
    [40, 40, 5],
    [25_041, 30_000, 7],
    [0.000_9, 0.001, 6],
  ])('of %d ends at %d', (most, end, marks) => {
    const scale = roundScale(most);
    expect(scale.end).toBeCloseTo(end, 9);
    expect(scale.end).toBeGreaterThanOrEqual(most);
    expect(scale.marks.length).toBe(marks);
  });
});

describe('a chart in print', () => {
  const words = { title: 't', alt: 'a', caption: 'c' };

  it('stands between 0 and 1, with marks in its language', () => {
    const curves = printedCurves(
      {
        kind: 'duration-curve',
        ...words,
        axes: { energy: 'e', hours: 'h' },
        series: [{ name: 's', wh: [2_500_000, 500_000, 0, 0] }],
      },
      'fr',
    );
    expect(curves.series[0]!.points).toEqual([
      [0.125, 1],
      [0.375, 0.2],
      [0.625, 0],
      [0.875, 0],
    ]);
    expect(curves.up.at(1)).toEqual({ at: 0.2, label: '0,5' });
    expect(curves.across.at(-1)).toEqual({ at: 1, label: '4' });
  });

  it('stacks parts of a month that are exact amounts', () => {
    const months = [{ label: 'm', note: 'n', parts: ['0.25', '0.50'] }];
    const axes = { amount: 'MAD' };
    const bars = printedBars(
      { kind: 'month-bars', ...words, axes, series: ['a', 'b'], isEnergy: false, months },
      'en',
    );
    expect(bars.bars[0]!.parts).toEqual([0.3125, 0.625]);
  });
});
