import type { EnergyUnit } from '../../units/energy.js';
import type { ImportProfile } from '../import-profile.js';
import type { QualityName } from '../blocks/quality.js';

/** What somebody knows of a file that it does not say. */
export interface GuessAnswers {
  readonly zone?: string | undefined;
  readonly label?: 'start' | 'end' | undefined;
  readonly unit?: EnergyUnit | undefined;
  readonly dateOrder?: ImportProfile['dateOrder'] | undefined;
  readonly decimalMark?: '.' | ',' | undefined;
  readonly quality?: QualityName | undefined;
  /** Name of the column that the readings are in. */
  readonly column?: string | undefined;
  /** Names of the source for meters of the ledger. */
  readonly meters?: Readonly<Record<string, string | null>> | undefined;
}

/** Something that the file does not say beyond doubt. */
export interface OpenQuestion {
  readonly setting: string;
  /** Option that answers it. */
  readonly option: string;
  /** What was put into the profile until somebody says. */
  readonly taken: string;
  readonly detail: string;
  /** Whether nothing can be read before it is answered. */
  readonly isNeeded: boolean;
}

/** A profile that was found in a file. */
export interface GuessedProfile {
  /** Settings that are not as the house's own. */
  readonly settings: Partial<ImportProfile> & { readonly format: ImportProfile['format'] };
  /** Length of the intervals; null where the file does not show it. */
  readonly intervalMinutes: number | null;
  readonly questions: readonly OpenQuestion[];
  /** Names of meters in the file, to be mapped. */
  readonly meters: readonly string[];
  /** Other columns that may be read instead. */
  readonly otherColumns: readonly string[];
}
