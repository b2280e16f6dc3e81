import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { itemOf, type MissingItem, missingOf } from '../../../core/settlement/missing.js';
import { openingsOf } from '../../../core/settlement/accounts/carry-over.js';
import type { Elections } from '../../../core/settlement/elections/elections.shape.js';
import { formatInstant } from '../../../core/time/interval.js';
import { MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { isOfService } from '../../../platform/database/refusals.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import { SettlementInputService, type SettlementWanted } from './settlement-input.service.js';

/** Refusals that say what is missing: there may be more of it. */
const GAPS = new Set([
  'matching.run_not_found',
  'matching.inputs_changed',
  'settlement.reference_missing',
  'settlement.hours_incomplete',
  'settlement.estimated_refused',
  'settlement.series_wrong',
]);

/** Says all that a settlement lacks, where it is refused for the first of it. */
@Injectable()
export class SettlementNeedsService {
  constructor(readonly inputs: SettlementInputService) {}

  /**
   * The refusal of a settlement: where more than one thing is missing, one that names them all.
   *
   * @param first  The refusal as it came.
   */
  async refusal(
    tx: LedgerTx,
    wanted: SettlementWanted,
    {
      first,
      draft,
      asOf,
    }: {
      readonly first: unknown;
      readonly draft: Elections | null;
      readonly asOf: string;
    },
  ): Promise<unknown> {
    if (!(first instanceof DomainError) || !GAPS.has(first.code)) return first;
    const items: MissingItem[] = [];
    try {
      const grid = await this.inputs.onlyGrid(tx);
      const basis = await this.inputs.basis(
        tx,
        { ...wanted, tariffGridCode: wanted.tariffGridCode ?? grid },
        { draft, asOf, onGap: (error, month) => items.push(gapOf(error, month)) },
      );
      const lacking = missingOf(
        { ...basis.input, openings: openingsOf([], basis.contractYear) },
        MOROCCO_LEGAL_TIME,
      );
      const isLoadNeeded = lacking.some(({ what, key }) => what === 'hours' && key === 'loadWh');
      items.push(
        ...lacking.filter(({ what, key }) => what !== 'hours' || key !== 'loadWh'),
        ...basis.views.flatMap((view) => [
          ...(isLoadNeeded ? metersLacking(view) : []),
          ...plantsLacking(view),
        ]),
      );
    } catch (error) {
      if (!(error instanceof DomainError) || isOfService(error)) throw error;
      // What stands in the way of looking further is the last that can be told.
      items.push(itemOf(error));
    }
    if (items.length <= 1) return first;
    return new DomainError('settlement.incomplete', {
      month: wanted.month,
      run: wanted.run,
      missing: items,
      fix: 'Bring in what is listed, then settle again.',
    });
  }
}

function gapOf(error: DomainError, month: string): MissingItem {
  if (!error.code.startsWith('matching.')) return itemOf(error);
  const { fix } = error.details as { readonly fix: string };
  const isStale = error.code === 'matching.inputs_changed';
  return { what: 'matching-run', key: isStale ? 'of what changed since' : '', at: month, fix };
}

/** Meters that say nothing of some hours, or something that is not billable. */
function metersLacking({ meters, matched }: MonthView): readonly MissingItem[] {
  const suspect = new Set(matched.suspect.map((one) => `${one.meterCode} ${one.hourMs}`));
  return meters.flatMap(({ code }) => {
    const lacking = matched.hours.filter(
      ({ hourMs, demand }) =>
        suspect.has(`${code} ${hourMs}`) || demand.every(({ meterCode }) => meterCode !== code),
    );
    const [first] = lacking;
    if (first === undefined) return [];
    const open = lacking.filter(({ hourMs }) => suspect.has(`${code} ${hourMs}`)).length;
    const fix =
      `${lacking.length} hours are not billable` +
      (open === 0 ? '' : `, ${open} of them SUSPECT`) +
      ': import or estimate readings, decide about exceptions.';
    return [{ what: 'readings', key: code, at: formatInstant(first.hourMs), fix }];
  });
}

/** Contracted plants of which no certificate is known in the month: they count as no generation. */
function plantsLacking({ plants, matched, inputs }: MonthView): readonly MissingItem[] {
  const known = new Set(
    matched.hours.flatMap(({ supply }) => supply.map(({ certificate }) => certificate.plantCode)),
  );
  return plants
    .filter(({ code }) => !known.has(code))
    .map(({ code }) => ({
      what: 'certificates',
      key: code,
      at: formatInstant(inputs.startMs),
      fix: 'No certificate of the month is known: import them, or it counts as no generation.',
    }));
}
