import { DAY_MS } from './interval.js';

/** A place on earth, degrees; north and east are positive. */
export interface Place {
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
}

const J2000_MS = Date.UTC(2000, 0, 1, 12);
const RAD = Math.PI / 180;

/**
 * Height of the sun over the horizon, degrees, without refraction: the Astronomical Almanac's low
 * precision formula, good to a tenth of a degree until 2050.
 */
export function sunElevationDeg(instantMs: number, { latitudeDeg, longitudeDeg }: Place): number {
  const days = (instantMs - J2000_MS) / DAY_MS;
  const meanLongitude = 280.46 + 0.9856474 * days;
  const anomaly = (357.528 + 0.9856003 * days) * RAD;
  const ecliptic = (meanLongitude + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const tilt = (23.439 - 0.0000004 * days) * RAD;
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic));
  const declination = Math.asin(Math.sin(tilt) * Math.sin(ecliptic));
  const siderealDeg = 280.46061837 + 360.98564736629 * days;
  const hourAngle = (siderealDeg + longitudeDeg) * RAD - ascension;
  const latitude = latitudeDeg * RAD;
  const height =
    Math.sin(latitude) * Math.sin(declination) +
    Math.cos(latitude) * Math.cos(declination) * Math.cos(hourAngle);
  return Math.asin(height) / RAD;
}
