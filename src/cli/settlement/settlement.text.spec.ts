import { settledText } from './settlement.text.js';

type Given = Parameters<typeof settledText>[0];

const line = (label: string, party: string, amountMad: string): Given['lines'][number] =>
  ({
    label,
    party,
    quantity: '1.000',
    unit: 'MWh',
    price: '100.00',
    priceUnit: 'MAD/MWh',
    amountMad,
  }) as Given['lines'][number];
const totals = { netMad: '100.00', vatMad: '10.00', grossMad: '110.00' } as Given['totals'];

describe('the text of a settlement', () => {
  it('marks lines that are with others, and sums them beside the total', () => {
    const lines = [
      line('Energy', 'CONTRACT', '100.00'),
      line('Excess sold', 'GRID', '-40.00'),
      line('Sold', 'MARKET', '-2.50'),
    ];
    const text = settledText({ lines, totals }).join('\n');
    expect(text).toMatch(/^Energy +1\.000 MWh/m);
    expect(text).toMatch(/^Excess sold \[with the grid operator, not in the total\]/m);
    expect(text).toMatch(/^Sold \[on the market, not in the total\]/m);
    expect(text).toMatch(/^Net 100\.00 MAD, VAT 10\.00, gross 110\.00$/m);
    expect(text).toMatch(/^Beside the total, with other parties: -42\.50 MAD$/m);
  });

  it('says nothing of others where there are none', () => {
    const text = settledText({ lines: [line('Energy', 'CONTRACT', '100.00')], totals }).join('\n');
    expect(text).not.toContain('Beside');
  });
});
