import type { PeriodMonth } from '../../src/core/statements/periods/period-month.js';

/**
 * The figures of a period once more, in whole numbers of any size and one loop over hours: no code and no
 * order of the sums in common with the engine.
 */
export function reckon(months: readonly PeriodMonth[]) {
  let [load, generation, matched, location, hourly, fossil] = [0n, 0n, 0n, 0n, 0n, 0n];
  // t × 10^12 of the 2015 figure, by site, as a fraction.
  const figure2015: { above: bigint; below: bigint }[] = [];
  let [counted, beyond] = [0n, 0n];
  for (const site of new Set(months.map(({ siteCode }) => siteCode))) {
    let [siteLoad, factors, hourCount, claimed, instruments, surplus] = [0n, 0n, 0n, 0n, 0n, 0n];
    const surplusOf = new Map<string, bigint>();
    for (const month of months.filter(({ siteCode }) => siteCode === site)) {
      for (const hour of month.hours) {
        const [l, g, m] = [hour.loadWh, hour.generationWh, hour.matchedWh].map(BigInt);
        const mix = BigInt(hour.residualMixMgPerKwh ?? hour.gridFactorMgPerKwh);
        siteLoad += l!;
        generation += g!;
        matched += m!;
        location += l! * BigInt(hour.gridFactorMgPerKwh);
        const rest = month.areInstrumentsApplied ? l! - m! : l!;
        hourly += rest * mix;
        fossil += rest * BigInt(hour.fossilMgPerKwh);
        factors += mix;
        hourCount += 1n;
      }
      if (!month.areInstrumentsApplied) continue;
      for (const [at, plant] of month.plants.entries()) {
        const used = BigInt(plant.matchedWh);
        claimed += used;
        instruments += used * BigInt(plant.directFactorMgPerKwh);
        hourly += used * BigInt(plant.directFactorMgPerKwh);
        fossil += used * BigInt(plant.directFactorMgPerKwh);
        const more = BigInt(month.surplusCancelledWh[at]!);
        surplus += more;
        surplusOf.set(plant.plantCode, (surplusOf.get(plant.plantCode) ?? 0n) + more);
      }
    }
    load += siteLoad;
    const room = siteLoad - claimed;
    const taken = surplus < room ? surplus : room;
    counted += taken;
    beyond += surplus - taken;
    // Largest remainder between two plants: whole parts, then the odd Wh to the larger remainder.
    const [pv, wind] = ['PV', 'WIND'].map((code) => surplusOf.get(code) ?? 0n);
    const sum = pv! + wind!;
    const windPart =
      sum === 0n
        ? 0n
        : (taken * wind!) / sum + ((taken * wind!) % sum > (taken * pv!) % sum ? 1n : 0n);
    instruments += windPart * 11_500n;
    figure2015.push({
      above: instruments * hourCount + (room - taken) * factors,
      below: hourCount,
    });
  }
  const below = figure2015.reduce((product, one) => product * one.below, 1n);
  const above = figure2015.reduce((sum, one) => sum + one.above * (below / one.below), 0n);
  const tonnes = (value: bigint, over = 1n): string => {
    const unit = 10n ** 9n * over;
    const thousandths = (value * 2n + unit) / (unit * 2n);
    return `${thousandths / 1000n}.${String(thousandths % 1000n).padStart(3, '0')}`;
  };
  const share = (part: bigint, whole: bigint): string | null => {
    if (whole === 0n) return null;
    const hundredths = (part * 10_000n) / whole;
    return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
  };
  return {
    loadWh: Number(load),
    generationWh: Number(generation),
    matchedWh: Number(matched),
    residualWh: Number(load - matched),
    excessWh: Number(generation - matched),
    surplusCountedWh: Number(counted),
    cancelledBeyondNeedWh: Number(beyond),
    contractedCfePct: share(matched, load),
    locationBasedT: tonnes(location),
    marketBased2015T: tonnes(above, below),
    marketHourlyT: tonnes(hourly),
    marketHourlyFossilT: tonnes(fossil),
  };
}
