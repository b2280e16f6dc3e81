/** Figures of the statements, computed again from rows (PACK 7). */
import { fraction, isDecimal, isSame, minus, over, plus, rounded, times } from '../base/decimal.js';
import { isCount } from '../base/canonical.js';

const HOUR_MS = 3_600_000;
const HUNDRED = fraction(100);
/** 1 Wh at 1 mg/kWh. */
const WH_MG_PER_T = fraction(10n ** 12n);
const WH_PER_MWH = fraction(1_000_000);

/**
 * @param {{entries: object[], events: object[], rows: object[], statements: object[]}} pack
 */
export function checkFigures(check, { entries, events, rows, statements }) {
  let count = 0;
  const carbon = statements.filter(({ row }) => row.kind === 'carbon');
  const latest = carbon.toSorted((a, b) => a.row.version - b.row.version).at(-1);
  if (latest !== undefined)
    count += checkCarbon(check, { entries, events, rows, statement: latest });
  for (const statement of statements.filter(({ row }) => row.kind === 'billing')) {
    count += checkBilling(check, statement);
  }
  check.pass('figures.ok', { count });
  if (latest === undefined) check.note('figures.no_carbon');
}

function checkCarbon(check, { entries, events, rows, statement }) {
  const { file, value } = statement;
  const run = events.find(({ value: event }) => event.eventId === value.matching?.runId);
  if (run === undefined) {
    check.fail('figures.no_run', { file, run: value.matching?.runId });
    return 0;
  }
  const plants = Array.isArray(value.plants) ? value.plants : [];
  const known = plants.every(
    (plant) => typeof plant?.code === 'string' && isDecimal(plant.directFactorGPerKwh),
  );
  const figures = figuresOf(value);
  const generationWh = figures.get('generationWh')?.value;
  if (!known || !Array.isArray(value.meterCodes) || !isCount(generationWh)) {
    check.fail('figures.form', { file });
    return 0;
  }
  const sums = sumsOf({ entries, rows, value, plants, upTo: run.seq });
  const factors = factorsOf(check, { file, value, rows });
  const due = {
    ...energyFigures(sums, generationWh),
    ...carbonFigures(check, { file, value, sums, plants, factors }),
  };
  const matchedSum = [...sums.byPlant.values()].reduce((sum, wh) => sum + wh, 0);
  if (matchedSum !== sums.matchedWh) {
    check.fail('figures.sides', { file, demand: sums.matchedWh, supply: matchedSum });
  }
  for (const [id, figure] of Object.entries(due)) {
    if (!figures.has(id)) check.fail('figures.missing', { file, id });
    else sameFigure(check, { file, id, is: figures.get(id).value, due: figure });
  }
  return Object.keys(due).length;
}

/** Figures are the same where they are the same decimal, however it is written. */
function sameFigure(check, { file, id, is, due }) {
  const isNumber = (value) => Number.isSafeInteger(value) || isDecimal(value);
  const isEqual = isNumber(is) && isNumber(due) ? isSame(fraction(is), fraction(due)) : is === due;
  if (!isEqual) check.fail('figures.other', { file, id, is: shown(is), due: shown(due) });
}

const shown = (value) => (value === null ? 'null' : value);

const figuresOf = ({ figures }) =>
  new Map((Array.isArray(figures) ? figures : []).map((figure) => [figure?.id, figure]));

/** Load and matched by hour, and matched by plant, as the run left them. */
function sumsOf({ entries, rows, value, plants, upTo }) {
  const plantOf = new Map();
  for (const { value: row } of rows) {
    if (/^mizan\/row\/certificate\/[12]$/.test(row['@']))
      plantOf.set(row.certificateId, row.plantCode);
  }
  const byPlant = new Map(plants.map(({ code }) => [code, 0]));
  const meters = new Set(value.meterCodes);
  const hours = new Map();
  const [startMs, endMs] = [Date.parse(value.period?.start), Date.parse(value.period?.end)];
  const DEMAND = {
    consume: ['loadWh', 1],
    consume_reversal: ['loadWh', -1],
    match_demand: ['matchedWh', 1],
    unmatch_demand: ['matchedWh', -1],
  };
  const SUPPLY = { match_supply: 1, unmatch_supply: -1 };
  for (const { seq, move, hourMs, subject, wh } of entries) {
    if (seq > upTo || !(hourMs >= startMs && hourMs < endMs)) continue;
    const [name, sign] = DEMAND[move] ?? [];
    if (name !== undefined && meters.has(subject)) {
      const hour = hours.get(hourMs) ?? { loadWh: 0, matchedWh: 0 };
      hour[name] += sign * wh;
      hours.set(hourMs, hour);
    }
    const plant = plantOf.get(subject);
    if (SUPPLY[move] !== undefined && byPlant.has(plant)) {
      byPlant.set(plant, byPlant.get(plant) + SUPPLY[move] * wh);
    }
  }
  const total = (name) => [...hours.values()].reduce((sum, hour) => sum + hour[name], 0);
  return { hours, byPlant, loadWh: total('loadWh'), matchedWh: total('matchedWh') };
}

function energyFigures({ hours, byPlant, loadWh, matchedWh }, generationWh) {
  const withLoad = [...hours.values()].filter((hour) => hour.loadWh > 0);
  const full = withLoad.filter((hour) => hour.loadWh === hour.matchedWh).length;
  const pct = (part, whole, places, rule) =>
    whole === 0
      ? null
      : rounded(over(times(fraction(part), HUNDRED), fraction(whole)), places, rule);
  return {
    loadWh,
    matchedWh,
    residualWh: loadWh - matchedWh,
    excessWh: generationWh - matchedWh,
    ...Object.fromEntries([...byPlant].map(([code, wh]) => [`matchedWh.${code}`, wh])),
    contractedCfePct: pct(matchedWh, loadWh, 2, 'cut'),
    contractedCfeEnginePct: pct(matchedWh, loadWh, 6, 'half'),
    hoursFullyMatched: String(full),
    hoursFullyMatchedPct: pct(full, withLoad.length, 2, 'cut'),
    volumetricPct: pct(generationWh, loadWh, 6, 'half'),
  };
}

/** Resolutions of factors, in the order in which they are taken. */
const RUNGS = ['hourly', 'monthly', 'annual'];

/** The factor rows that a statement names, by what they are of, finest first, then as named. */
function factorsOf(check, { file, value, rows }) {
  const named = Array.isArray(value.factors) ? value.factors : [];
  const byKind = new Map();
  for (const { code, version } of named) {
    const row = rows.find(
      ({ value: { '@': domain, code: is, version: of } }) =>
        domain === 'mizan/row/emission-factor/1' && is === code && of === version,
    );
    if (row === undefined) check.fail('figures.no_factor', { file, code, version });
    else byKind.set(row.value.kind, [...(byKind.get(row.value.kind) ?? []), row.value]);
  }
  const rungOf = ({ resolution }) => RUNGS.indexOf(resolution);
  const ordered = (kind) => (byKind.get(kind) ?? []).toSorted((a, b) => rungOf(a) - rungOf(b));
  return { grid: ordered('grid_average'), residual: ordered('residual_mix') };
}

/** mg/kWh of an hour, from the first factor that says it; null where none does. */
function factorAt(factors, hourMs) {
  for (const factor of factors) {
    const value = valueAt(factor, hourMs);
    if (value !== null) return value;
  }
  return null;
}

function valueAt({ resolution, mgPerKwh, validFrom, validTo, stepStarts = [] }, hourMs) {
  if (!(Date.parse(validFrom) <= hourMs && hourMs < Date.parse(validTo))) return null;
  let at = 0;
  if (resolution === 'hourly') at = (hourMs - Date.parse(validFrom)) / HOUR_MS;
  if (resolution === 'monthly') {
    at = stepStarts.findLastIndex((start) => Date.parse(start) <= hourMs);
  }
  const value = Array.isArray(mgPerKwh) ? mgPerKwh[at] : undefined;
  return isCount(value) ? BigInt(value) : null;
}

/** Version of the carbon engine from which on the figure of the 2015 Guidance counts what was matched. */
const VOLUMES_MATCHED = 3;

function carbonFigures(check, { file, value, sums, plants, factors }) {
  if (factors.grid.length === 0) {
    check.fail('figures.no_grid_factor', { file });
    return {};
  }
  // Where a quality criterion is not met, nothing counts as matched in market-based figures.
  const isApplied = value.instrumentsApplied !== false;
  let location = 0n;
  let market = 0n;
  let residualWh = 0;
  for (const [hourMs, { loadWh, matchedWh }] of sums.hours) {
    const grid = factorAt(factors.grid, hourMs);
    const residual = factorAt(factors.residual, hourMs) ?? grid;
    if (grid === null) {
      check.fail('figures.factor_hour', { file, hour: new Date(hourMs).toISOString() });
      return {};
    }
    location += BigInt(loadWh) * grid;
    const rest = loadWh - (isApplied ? matchedWh : 0);
    market += BigInt(rest) * residual;
    residualWh += rest;
  }
  const direct = (isApplied ? plants : [])
    .map(({ code, directFactorGPerKwh }) =>
      times(fraction(sums.byPlant.get(code)), times(fraction(directFactorGPerKwh), fraction(1000))),
    )
    .reduce(plus, fraction(0));
  const tonnes = (value) => rounded(over(value, WH_MG_PER_T), 3, 'half');
  return {
    locationBasedT: tonnes(fraction(location)),
    marketHourlyT: tonnes(plus(direct, fraction(market))),
    ...(value.engineVersion >= VOLUMES_MATCHED
      ? volumeFigure(check, { file, value, factors, direct, residualWh })
      : {}),
  };
}

/** The figure of the 2015 Guidance: what is not claimed takes the mean of the hours' factors. */
function volumeFigure(check, { file, value, factors, direct, residualWh }) {
  const [startMs, endMs] = [Date.parse(value.period?.start), Date.parse(value.period?.end)];
  let sum = 0n;
  let count = 0n;
  for (let hourMs = startMs; hourMs < endMs; hourMs += HOUR_MS) {
    const mg = factorAt(factors.residual, hourMs) ?? factorAt(factors.grid, hourMs);
    if (mg === null) {
      check.fail('figures.factor_hour', { file, hour: new Date(hourMs).toISOString() });
      return {};
    }
    sum += mg;
    count += 1n;
  }
  const rest = over(times(fraction(residualWh), fraction(sum)), fraction(count));
  return { marketBased2015T: rounded(over(plus(direct, rest), WH_MG_PER_T), 3, 'half') };
}

/** How many amounts of a bill were computed again. */
function checkBilling(check, { file, value }) {
  const { lines, ...totals } = value.billing ?? {};
  if (!Array.isArray(lines)) {
    check.note('figures.no_lines', { file });
    return 0;
  }
  const sums = { net: fraction(0), vat: fraction(0), gross: fraction(0) };
  for (const [index, line] of lines.entries()) {
    const amounts = [
      'lossFactor',
      'deliveredWh',
      'strikePriceMadPerMwh',
      'netMad',
      'vatRatePct',
      'vatMad',
      'grossMad',
    ];
    if (!isCount(line?.generationWh) || !amounts.every((name) => isDecimal(line[name]))) {
      check.fail('figures.bill_line', { file, line: index + 1 });
      return 0;
    }
    const due = amountsOf(line);
    if (!isSame(fraction(line.deliveredWh), due.delivered)) {
      const shownDue = rounded(due.delivered, 12, 'half');
      sameFigure(check, {
        file,
        id: `lines.${index}.deliveredWh`,
        is: line.deliveredWh,
        due: shownDue,
      });
    }
    for (const name of ['net', 'vat', 'gross']) {
      sameFigure(check, {
        file,
        id: `lines.${index}.${name}Mad`,
        is: line[`${name}Mad`],
        due: due[name],
      });
      sums[name] = plus(sums[name], fraction(due[name]));
    }
  }
  const due = Object.fromEntries(
    [
      ['totalNetMad', sums.net],
      ['totalVatMad', sums.vat],
      ['totalGrossMad', sums.gross],
    ].map(([name, sum]) => [name, rounded(sum, 2, 'half')]),
  );
  for (const [id, sum] of Object.entries(due)) {
    sameFigure(check, { file, id: `billing.${id}`, is: totals[id], due: sum });
  }
  return lines.length * 4 + 3 + checkBillFigures(check, { file, value, lines, due });
}

/** That the figures of a bill say what its lines say. */
function checkBillFigures(check, { file, value, lines, due }) {
  const figures = figuresOf(value);
  for (const [id, sum] of Object.entries(due)) {
    if (figures.has(id)) sameFigure(check, { file, id, is: figures.get(id).value, due: sum });
    else check.fail('figures.missing', { file, id });
  }
  const said = lines.flatMap((line) => {
    const part =
      typeof line.from === 'string' ? `${line.plantCode} from ${line.from}` : line.plantCode;
    return ['generationWh', 'deliveredWh', 'netMad', 'vatMad', 'grossMad'].map((name) => ({
      id: `${part}.${name}`,
      due: line[name],
    }));
  });
  for (const { id, due: ofLine } of said) {
    if (figures.has(id)) sameFigure(check, { file, id, is: figures.get(id).value, due: ofLine });
    else check.fail('figures.missing', { file, id });
  }
  return said.length + 3;
}

function amountsOf({ generationWh, lossFactor, strikePriceMadPerMwh, vatRatePct }) {
  const delivered = times(fraction(generationWh), minus(fraction(1), fraction(lossFactor)));
  const price = fraction(strikePriceMadPerMwh);
  const net = rounded(times(over(delivered, WH_PER_MWH), price), 2, 'half');
  const vat = rounded(over(times(fraction(net), fraction(vatRatePct)), HUNDRED), 2, 'half');
  return { delivered, net, vat, gross: rounded(plus(fraction(net), fraction(vat)), 2, 'half') };
}
