import type { PackManifest } from './manifest.js';

/** The text that tells a reader how to check a pack (PACK section 1). @param of  What it is of, and the key that signed. */
export function packHowTo(
  of: Pick<PackManifest, 'siteCode' | 'month' | 'label' | 'checkpoint' | 'ledgerId'> & {
    readonly key: string;
  },
): string {
  const { siteCode, month, label, checkpoint, ledgerId, key } = of;
  return `Attestation pack of ${siteCode} for ${month} (${label})
Ledger ${ledgerId}, signed at ${checkpoint.size} events by the key ${checkpoint.kid}

WHAT THIS IS
Everything with which the statements of this month can be checked away from the ledger: the statements,
the events and rows of the log that they rest on, the files as they were received, and proofs that these
events stand in the signed log and that none that matters to the month was left out.

HOW TO CHECK IT
Get a verifier from where the product is published, not from whoever gave you this pack, and compare its
SHA-256 with the published one. None of them needs anything else, or the network:

  node verify.mjs PACK.zip --key KEY [--since YOUR-LAST-CHECKPOINT]
  python3 verify.py PACK.zip --key KEY [--since YOUR-LAST-CHECKPOINT]
  verify.html, opened from disk in a browser

KEY is the key of the log. Get it from whoever runs the ledger, by a way that this pack did not come. This
pack says of itself, which proves nothing:

  ${key}

Keep the file "checkpoint" of this pack: given as --since with the next one, it shows that nothing that
you have seen was rewritten. With the program itself, "mizan verify PACK.zip" runs the same checks, and
"mizan recompute PACK.zip" runs matching, carbon, billing and settlement again.

WHAT THE CHECKS DO NOT SHOW
That readings and certificates were true when they came: that is what an auditor's work is for. And that no
other history was shown to somebody else: compare checkpoints with theirs.
`;
}
