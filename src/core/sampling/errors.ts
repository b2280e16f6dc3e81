/** Refusals about samples: what each says beside its code. */
export interface SamplingErrors {
  'sampling.nonce_unusable': { byteCount: number; min: number; max: number; fix: string };
  'sampling.nothing_to_draw': { fix: string };
  'sampling.interval_below_one': { tolerable: number; confidencePct: number; fix: string };
  'sampling.size_out_of_range': {
    frequency: string;
    count: number;
    min: number;
    max: number;
    fix: string;
  };
}
