import type { CoverageBucket } from '../../core/carbon/views.js';
import type { RunResponse } from '../../features/matching/matching.schemas.js';
import { grouped, mwh } from '../shell/render.js';

type Count = RunResponse['suspect']['undecided'];

/** Stretches that a terminal lists before it only counts. */
const LISTED = 5;

/** What a matching run says of meter-hours that failed a check; nothing where there are none. */
export function suspectLines(month: string, { suspect }: RunResponse): readonly string[] {
  const { undecided, accepted, production } = suspect;
  const lines: string[] = [];
  if (undecided.meterHours > 0) {
    lines.push(
      '',
      `SUSPECT: ${amount(undecided)} failed a check and are in no statement. Nobody decided about them:`,
      ...listed(undecided),
      `No carbon statement rests on this run until they are decided (mizan exceptions ${month}, then`,
      `mizan decide) or taken as measured: mizan match ${month} --accept-suspect --reason "…"`,
    );
  }
  if (accepted.meterHours > 0) {
    lines.push('', `Taken as measured, though SUSPECT: ${amount(accepted)}; statements say so.`);
    lines.push(...listed(accepted));
  }
  if (production.meterHours > 0) {
    lines.push(
      '',
      `Of the plants’ own meters ${amount(production)} are SUSPECT. Certificates are what is matched:`,
      'look whether they were certified rightly.',
      ...listed(production),
    );
  }
  return lines;
}

const amount = ({ meterHours, wh, meterCodes }: Count): string =>
  `${grouped(meterHours)} meter-${meterHours === 1 ? 'hour' : 'hours'} (${mwh(wh)} MWh) of ` +
  `${meterCodes.length === 1 ? meterCodes[0] : `${meterCodes.length} meters`}`;

function listed({ stretches }: Count): readonly string[] {
  const lines = stretches
    .slice(0, LISTED)
    .map(
      ({ meterCode, from, to, hours, wh }) =>
        `  ${meterCode}  ${from} to ${to}  ${hours} h  ${mwh(wh)} MWh`,
    );
  const more = stretches.length - LISTED;
  return more <= 0
    ? lines
    : [...lines, `  and ${more} more ${more === 1 ? 'stretch' : 'stretches'}`];
}

/** What coverage takes for load that failed a check and that nobody decided about, a line for each bucket. */
export function undecidedText(
  buckets: readonly (Pick<
    CoverageBucket,
    'undecidedHours' | 'undecidedWh' | 'withoutUndecidedPct'
  > & { readonly bucket: string })[],
): string[] {
  return buckets
    .filter(({ undecidedHours }) => undecidedHours > 0)
    .map(
      ({ bucket, undecidedHours, undecidedWh, withoutUndecidedPct }) =>
        `${bucket}: ${undecidedHours} meter-hours failed a check and are undecided. They count at ` +
        `${mwh(undecidedWh)} MWh, none of it matched; without them ${withoutUndecidedPct ?? '-'} % is.`,
    );
}
