import { type Place, sunElevationDeg } from '../time/sun.js';
import { HOUR_MS } from '../time/interval.js';

/** What looks wrong about a certificate without being against a rule: taken in, and marked. */
export const CERTIFICATE_FLAGS = ['above-capacity', 'before-commissioning', 'night-solar'] as const;
/** One flag. */
export type CertificateFlag = (typeof CERTIFICATE_FLAGS)[number];

/** What a device could do. */
export interface PlausibleDevice {
  readonly technology: string;
  readonly capacityW: number;
  /** Civil day, `YYYY-MM-DD`. */
  readonly commissionedOn: string;
  /** Null where it is not known: then nothing is said of the sun. */
  readonly place: Place | null;
}

const NIGHT_DEG = -6;
/** Output of the dark that meters show without generating, per mille of the capacity (METHOD V12). */
const DARK_PER_MILLE = 5;

/**
 * What is not plausible about a certificate that is within the margin of its capacity (METHOD 2.4 V6
 * and V12, 3.2): more than the capacity itself; before the plant was commissioned; solar energy
 * while the sun stood below −6° from start to end.
 */
export function flagsOf(
  { startMs, endMs, wh }: { readonly startMs: number; readonly endMs: number; readonly wh: number },
  device: PlausibleDevice,
): CertificateFlag[] {
  const flags: CertificateFlag[] = [];
  const capacityWh = (device.capacityW * (endMs - startMs)) / HOUR_MS;
  if (wh > capacityWh) flags.push('above-capacity');
  // A legal day of Morocco began at most an hour before the UTC one: what is surely before is said.
  if (endMs <= Date.parse(`${device.commissionedOn}T00:00:00Z`) - HOUR_MS) {
    flags.push('before-commissioning');
  }
  const { place } = device;
  if (place === null || device.technology !== 'solar_pv') return flags;
  const isDark = [startMs, (startMs + endMs) / 2, endMs].every(
    (instantMs) => sunElevationDeg(instantMs, place) < NIGHT_DEG,
  );
  if (isDark && wh > (capacityWh * DARK_PER_MILLE) / 1_000) flags.push('night-solar');
  return flags;
}
