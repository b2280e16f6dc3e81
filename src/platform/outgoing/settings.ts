import { z } from 'zod';
import { networks } from './addresses.js';

const listed = (text: string): readonly string[] =>
  text.split(',').filter((one) => one.trim() !== '');

/** Variables of what is sent to servers of others. */
export const OUTGOING_VARIABLES = {
  MIZAN_CHECKPOINT_URL: z.url({ protocol: /^https?$/ }).optional(),
  MIZAN_CHECKPOINT_SECRET_FILE: z.string().min(1).optional(),
  MIZAN_PRIVATE_NETWORKS: z
    .string()
    .default('')
    .refine((text) => networks(listed(text)) !== null, 'ADDRESS/BITS, with commas between'),
};

/** What is sent to servers of others. */
export interface OutgoingSettings {
  /** Who is sent checkpoints, to keep a copy; null = nobody. */
  readonly checkpointUrl: string | null;
  /** File of mode 0600 with the secret, `whsec_…`, by which the receiver knows us; there where the URL is. */
  readonly checkpointSecretFile: string | null;
  /** Networks that may be sent to although they are not public, `ADDRESS/BITS`. */
  readonly privateNetworks: readonly string[];
}

type Values = z.output<z.ZodObject<typeof OUTGOING_VARIABLES>>;

/** The settings, from the variables. */
export function outgoingSettings(values: Values): OutgoingSettings {
  return {
    checkpointUrl: values.MIZAN_CHECKPOINT_URL ?? null,
    checkpointSecretFile: values.MIZAN_CHECKPOINT_SECRET_FILE ?? null,
    privateNetworks: listed(values.MIZAN_PRIVATE_NETWORKS),
  };
}
