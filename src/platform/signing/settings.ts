import { z } from 'zod';

/** Variables of who signs for a log. */
export const SIGNING_VARIABLES = {
  MIZAN_SIGNER_URL: z
    .url({ protocol: /^(https?|unix)$/ })
    .regex(/^(https?|unix:\/)/)
    .optional(),
  MIZAN_SIGNER_TOKEN_FILE: z.string().min(1).optional(),
  MIZAN_TSA_URL: z.url({ protocol: /^https?$/ }).optional(),
};

/** Who signs for a log (LEDGER section 13). */
export interface SigningSettings {
  /** A signer of somebody else: `https://…`, `http://…` or `unix:/path/of/a/socket`; null = keys in files. */
  readonly signerUrl: string | null;
  /** File of mode 0600 with the word that the signer knows us by; null = none. */
  readonly signerTokenFile: string | null;
  /** A time-stamp authority, over HTTP (RFC 3161 section 3.4); null = none. */
  readonly tsaUrl: string | null;
}

type Values = z.output<z.ZodObject<typeof SIGNING_VARIABLES>>;

/** The settings, from the variables. */
export function signingSettings(values: Values): SigningSettings {
  return {
    signerUrl: values.MIZAN_SIGNER_URL ?? null,
    signerTokenFile: values.MIZAN_SIGNER_TOKEN_FILE ?? null,
    tsaUrl: values.MIZAN_TSA_URL ?? null,
  };
}
