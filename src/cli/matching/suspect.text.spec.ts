import { undecidedText } from './suspect.text.js';

it('undecided load is told where there is some, with the share without it', () => {
  const none = { undecidedHours: 0, undecidedWh: 0, withoutUndecidedPct: '90.000000' };
  const some = { undecidedHours: 2, undecidedWh: 3_500_000, withoutUndecidedPct: '91.500000' };
  const text = undecidedText([
    { bucket: '2026-09', ...none },
    { bucket: '2026-10', ...some },
    { bucket: '2026-11', ...some, withoutUndecidedPct: null },
  ]);
  const told = '2 meter-hours failed a check and are undecided. They count at 3.500000 MWh';
  expect(text).toEqual([
    `2026-10: ${told}, none of it matched; without them 91.500000 % is.`,
    `2026-11: ${told}, none of it matched; without them - % is.`,
  ]);
});
