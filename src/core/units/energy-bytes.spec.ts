import fc from 'fast-check';
import { ENERGY_UNITS, parseWattHours } from './energy.js';
import { energyScale, NOT_A_VALUE, wattHoursFrom } from './energy-bytes.js';

const read = (text: string, unit: (typeof ENERGY_UNITS)[number] = 'wh', minutes = 15): number => {
  const bytes = Buffer.from(text);
  return wattHoursFrom(bytes, 0, bytes.length, energyScale(unit, minutes));
};

describe('values as bytes', () => {
  it('are what exact decimals make of them, in every unit and length', () => {
    const digits = (max: number) =>
      fc.string({
        unit: fc.constantFrom(...Array.from('0123456789')),
        minLength: 1,
        maxLength: max,
      });
    fc.assert(
      fc.property(
        digits(16),
        fc.option(digits(9)),
        fc.constantFrom(...ENERGY_UNITS),
        fc.constantFrom(5, 10, 15, 30, 60),
        (whole, part, unit, minutes) => {
          const text = part === null ? whole : `${whole}.${part}`;
          const exact = parseWattHours(text, unit, minutes);
          expect(read(text, unit, minutes)).toBe(exact ?? NOT_A_VALUE.tooBig);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['', NOT_A_VALUE.none],
    ['  ', NOT_A_VALUE.none],
    [' 12 ', 12],
    ['-0', 0],
    ['-0.000', 0],
    ['-1', NOT_A_VALUE.negative],
    ['1e3', 1000],
    ['12e-1', 1],
    ['0E-20', 0],
    ['-0E-20', 0],
    ['-.5', NOT_A_VALUE.negative],
    ['1.', 1],
    ['.5', 0],
    ['.', NOT_A_VALUE.malformed],
    ['-', NOT_A_VALUE.malformed],
    ['1e20', NOT_A_VALUE.tooBig],
    ['1.2.3', NOT_A_VALUE.malformed],
    ['+1', 1],
    ['0x10', NOT_A_VALUE.malformed],
    ['1 000', NOT_A_VALUE.malformed],
    ['NaN', NOT_A_VALUE.malformed],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740992', NOT_A_VALUE.tooBig],
    ['9'.repeat(60), NOT_A_VALUE.tooBig],
  ])('%j is %d', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('take a multiplier and a decimal comma', () => {
    const bytes = Buffer.from('1,2345');
    const comma = { decimal: ',', group: null } as const;
    expect(wattHoursFrom(bytes, 0, 6, energyScale('kwh', 15, '40'), comma)).toBe(49_380);
    expect(wattHoursFrom(bytes, 0, 6, energyScale('kwh', 15, '0.5'), comma)).toBe(617);
  });
});
