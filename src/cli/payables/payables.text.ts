import type { InvoiceCheckDocument } from '../../features/payables/received/supplier-invoice.document.js';
import { table } from '../shell/render.js';

/** What of a document's own sums does not hold, a line each. */
export function arithmeticText(
  faults: readonly {
    readonly rule: string;
    readonly where: string;
    readonly statedMad: string;
    readonly computedMad: string;
  }[],
): string[] {
  return faults.map(
    ({ rule, where, statedMad, computedMad }) =>
      `${rule}, ${where}: ${statedMad} stated, ${computedMad} computed`,
  );
}

/** A check for a person: what differs, by how much, why. */
export function checkText(check: InvoiceCheckDocument): string {
  const { lines, totals, arithmetic, faults, owed } = check;
  const rows = lines.map((line) => [
    line.label,
    line.theirs?.amountMad ?? '',
    line.ours?.amountMad ?? '',
    line.varianceMad,
    line.quantityEffectMad,
    line.priceEffectMad,
    line.classes.join(', '),
  ]);
  const header = ['Line', 'Theirs', 'Ours', 'Variance', 'Quantity', 'Price', 'Class'];
  const { theirs, ours, variance } = totals;
  return [
    `${check.verdict} (documents of ${check.period}: ${check.documents.join(', ')})`,
    table(header, rows, [1, 2, 3, 4, 5]),
    `Gross ${theirs.grossMad} MAD, ours ${ours.grossMad}, variance ${variance.grossMad}`,
    ...lines.flatMap(({ label, says }) => says.map((one) => `${label}: ${one}`)),
    ...arithmeticText(arithmetic),
    ...faults.map((fault) => `${fault.class}: ${fault.says}`),
    ...check.cancelled.map(([document, credit]) => `${credit} cancels ${document}.`),
    `Disputed ${check.disputedMad} MAD, undisputed ${check.undisputedMad}`,
    ...(owed.onActualMad === null
      ? []
      : [`Owed on actual readings ${owed.onActualMad} MAD, on estimates ${owed.onEstimatesMad}`]),
    ...(check.rate === undefined
      ? []
      : [
          `At ${check.rate.madPerUnit} MAD for 1 ${check.rate.currency} of ${check.rate.day} (${check.rate.id})`,
        ]),
    ...(check.notComputed === undefined ? [] : [check.notComputed]),
  ].join('\n');
}
