import { type ViewInputs, type ViewPlant, viewsOf } from './views.js';

const plant = (change: Partial<ViewPlant> = {}): ViewPlant => ({
  plantCode: 'PV',
  technology: 'solar_pv',
  commissionedOn: '2024-03-01',
  countedWh: 600,
  matchedWh: 500,
  trackingSystems: ['ISSUER'],
  longestMinutes: 60,
  isUnderContract: true,
  ...change,
});
const inputs = (change: Partial<ViewInputs> = {}): ViewInputs => ({
  loadWh: 1000,
  boundaries: ['MA'],
  from: '2026-01-01',
  plants: [plant()],
  notCancelledWh: 0,
  fullyMatchedHours: 3,
  loadedHours: 8,
  scorePct: '65.004999',
  gridUnknownWh: 0,
  ...change,
});
const view = (framework: string, change: Partial<ViewInputs> = {}) =>
  viewsOf(inputs(change)).find((one) => one.framework === framework)!;
const value = (framework: string, line: string, change: Partial<ViewInputs> = {}) =>
  view(framework, change).lines.find((one) => one.line === line && one.plantCode === null)!.value;

describe('the views of a period', () => {
  it('are three, each with its rule and what it leaves out', () => {
    for (const one of viewsOf(inputs())) {
      expect([one.rule === '', one.leavesOut.length > 0]).toEqual([false, true]);
    }
    expect(viewsOf(inputs()).map(({ framework, answer }) => [framework, answer])).toEqual([
      ['RE100', 'fail'],
      ['EnergyTag', 'fail'],
      ['UN-24/7-CFE', 'fail'],
    ]);
  });

  it.each<[string, readonly ViewPlant[], number, string]>([
    ['one young plant', [plant()], 600, '60.00'],
    ['on the day, 15 years ago', [plant({ commissionedOn: '2011-01-01' })], 600, '60.00'],
    ['a day older: exempt up to 15 %', [plant({ commissionedOn: '2010-12-31' })], 150, '15.00'],
    ['storage and chp, not', [plant({ technology: 'chp' })], 0, '0.00'],
    [
      'never more than all',
      [plant({ countedWh: 800 }), plant({ plantCode: 'W', countedWh: 800 })],
      1000,
      '100.00',
    ],
  ])('RE100 counts %s', (_, plants, eligible, share) => {
    expect(value('RE100', 'eligible', { plants })).toBe(eligible);
    expect(value('RE100', 'share', { plants })).toBe(share);
  });

  it('never say no where something is not known', () => {
    const plants = [plant({ countedWh: 1000, matchedWh: 1000 })];
    expect(view('RE100', { plants, notCancelledWh: 1 }).answer).toBe('cannot_determine');
    expect(view('EnergyTag', { plants, notCancelledWh: 1 }).missing).toHaveLength(1);
    expect(view('RE100', { plants }).answer).toBe('pass');
    const other = [plant({ technology: 'other', countedWh: 1000 })];
    expect(view('RE100', { plants: other }).answer).toBe('cannot_determine');
    expect(view('UN-24/7-CFE', { gridUnknownWh: 5 }).answer).toBe('cannot_determine');
    for (const one of viewsOf(inputs({ loadWh: 0, plants: [], scorePct: null }))) {
      expect(one.answer).toBe('cannot_determine');
    }
  });

  it('take hourly certificates only, and cut the score', () => {
    const plants = [plant(), plant({ plantCode: 'W', longestMinutes: 120, matchedWh: 100 })];
    expect(value('EnergyTag', 'matched', { plants })).toBe(500);
    expect(value('UN-24/7-CFE', 'score')).toBe('65.00');
    const contracted = [plant(), plant({ plantCode: 'W', isUnderContract: false, matchedWh: 500 })];
    expect(value('UN-24/7-CFE', 'shareFromNewPlants', { plants: contracted })).toBe('50.00');
  });
});
