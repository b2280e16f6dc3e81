import { type Canonical, canonicalJson } from '../ledger/canonical.js';
import type { SampledItem } from './engagement.js';
import type { PlacedStep } from './sample-trace.js';

/** Form of the proofs of a sample, as their listing names it (SAMPLING section 8). */
export const SAMPLE_PROOFS = 'mizan/sample-proofs/1';
/** What the signature of their listing says that it is of. */
export const SAMPLE_TYP = 'mizan-sample+jws';

/** An item of a sample with its steps. */
export interface TracedItem extends SampledItem {
  /** Place in the sample, from 1. */
  readonly item: number;
  readonly steps: readonly PlacedStep[];
}

/** What the proofs of a sample are of. */
export interface SampleProofs {
  readonly ledgerId: string;
  readonly engagementId: string;
  readonly sampleId: string;
  readonly population: string;
  readonly seed: string;
  /** The auditor's, as text. */
  readonly nonce: string;
  readonly populationSha256: string;
  /** The signed state that all of them lead to. */
  readonly checkpoint: { readonly size: number; readonly root: string; readonly kid: string };
  readonly items: readonly TracedItem[];
}

/** Writes the listing of a sample's proofs, canonical JSON. */
export function sampleProofsText(of: SampleProofs): string {
  return canonicalJson({ '@': SAMPLE_PROOFS, ...of } as unknown as Canonical);
}
