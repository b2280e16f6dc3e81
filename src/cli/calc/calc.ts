import { z } from 'zod';
import { type Coverage, coverageOf } from '../../core/carbon/coverage.js';
import { DomainError } from '../../core/errors.js';
import { matchHours } from '../../core/matching/policies/hour.js';
import { shareOf } from '../../core/math/exact-share.js';
import { POLICIES } from '../../core/matching/policies/policies.js';
import { allocateStorage } from '../../core/storage/allocate.js';
import { parseInstant } from '../../core/time/interval.js';
import { sumWattHours } from '../../core/units/energy.js';
import { factorMgPerKwh } from '../../core/units/emissions.js';
import { Decimal } from '../../core/units/money.js';
import { ENGINE_LIMITS, readJsonStream } from '../../platform/files/formats/json-text.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { readVeeChanges } from '../../core/metering/vee/rule-changes.shape.js';
import { type VeeReport, veeReport } from '../../core/metering/vee/report.js';
import { CoverageInput, MatchInput, StorageInput } from './calc.schemas.js';
import { settleDocument } from './calc-settle.js';
import { SettleInput } from './calc-settle.schemas.js';
import { VeeDocument } from './calc-vee.schemas.js';
import { writeFully } from '../shell/output.js';

/** Engines that `mizan calc` runs. */
export const ENGINES = ['coverage', 'match', 'storage', 'vee', 'settle'] as const;
/** One engine. */
export type Engine = (typeof ENGINES)[number];

/** JSON Schema of an engine's input. */
function engineSchema(engine: Engine): object {
  return z.toJSONSchema(INPUTS[engine], { io: 'input' });
}

/**
 * Runs an engine on a JSON document.
 *
 * @throws DomainError `request.invalid` naming every problem by pointer; the engine's own refusals.
 */
function runEngine(engine: Engine, document: unknown): object {
  const parsed = INPUTS[engine].safeParse(document);
  if (!parsed.success) {
    throw new DomainError('request.invalid', { errors: pointerProblems(parsed.error.issues) });
  }
  switch (engine) {
    case 'coverage':
      return coverage(parsed.data as CoverageInput);
    case 'match':
      return match(parsed.data as MatchInput);
    case 'storage':
      return storage(parsed.data as StorageInput);
    case 'vee':
      return vee(parsed.data as VeeDocument);
    case 'settle':
      return settleDocument(parsed.data as SettleInput);
  }
}

const INPUTS = {
  coverage: CoverageInput,
  match: MatchInput,
  storage: StorageInput,
  vee: VeeDocument,
  settle: SettleInput,
} as const;

/** @throws DomainError `request.malformed` when it is not JSON; `import.limit_exceeded` */
async function readInput(): Promise<unknown> {
  try {
    return await readJsonStream(process.stdin, ENGINE_LIMITS);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const detail = `Not JSON: ${error instanceof Error ? error.message : String(error)}`;
    throw new DomainError('request.malformed', { detail }, { cause: error });
  }
}

function coverage({ intervals, fallbackFactorGPerKwh }: CoverageInput): Coverage {
  return coverageOf(
    intervals.map((interval) => ({
      loadWh: interval.loadWh,
      generationWh:
        interval.generationWh ??
        sumWattHours(interval.generation!.map(({ wh, estimated }) => (estimated ? 0 : wh))),
      gridCfePpm: new Decimal(interval.gridCfeShare ?? 0).times(1_000_000).toNumber(),
      gridFactorMgPerKwh: factorMgPerKwh(interval.gridFactorGPerKwh),
    })),
    factorMgPerKwh(fallbackFactorGPerKwh),
  );
}

function match({ policy, tieRule, hours }: MatchInput): ReturnType<typeof matchHours> {
  return matchHours(hours, POLICIES[policy], tieRule);
}

/** Discharge traced to charge. A flow lasts until the next one starts: the series is continuous. */
function storage({ method, efficiency, flows }: StorageInput): object {
  const starts = flows.map(({ start }) => parseInstant(start)!);
  const trace = allocateStorage(
    flows.map(({ start, wh }, at) => ({
      id: start,
      direction: wh < 0 ? 'discharge' : 'charge',
      startMs: starts[at]!,
      endMs: starts[at + 1] ?? starts[at]! + 1,
      wh: Math.abs(wh),
    })),
    shareOf(efficiency),
    method === 'weighted' ? 'weighted-average' : method,
  );
  return {
    allocations: trace.allocations.map(({ chargeId, dischargeId, dischargeWh, chargeWh }) => ({
      charge: chargeId,
      discharge: dischargeId,
      dischargeWh,
      chargeWh,
    })),
    unbacked: trace.unbacked.map(({ dischargeId, wh }) => ({ discharge: dischargeId, wh })),
  };
}

function vee({ estimate: isEstimated, rules, ...input }: VeeDocument): VeeReport {
  return veeReport({ ...input, rules: readVeeChanges(rules), isEstimated });
}

/**
 * The engine of this name.
 *
 * @throws DomainError `request.invalid` for any other.
 */
function engineOf(name: string): Engine {
  const engine = ENGINES.find((known) => known === name);
  if (engine !== undefined) return engine;
  throw new DomainError('request.invalid', {
    errors: [{ pointer: '', rule: 'engine.known', detail: `Engines: ${ENGINES.join(', ')}` }],
  });
}

/** `mizan calc ENGINE [--schema]`: answers on stdout, reads its document from stdin. */
export async function calc(name: string, { schema = false }: { schema?: boolean }): Promise<void> {
  const engine = engineOf(name);
  const document = schema ? engineSchema(engine) : runEngine(engine, await readInput());
  writeFully(`${JSON.stringify(document, null, schema ? 2 : 0)}\n`);
}
