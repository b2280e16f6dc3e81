import { rm } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import type { PackManifest } from '../../core/packs/manifest.js';
import { writeZip } from '../../platform/files/packed/zip-writer.js';
import type { Attestation } from './attestations.service.js';
import { PackContentsService } from './pack-contents.service.js';

/** How far a pack is: files that are in it, of how many. */
export type HearPacked = (packed: { readonly count: number; readonly of: number }) => unknown;

/** Writes packs as files. */
@Injectable()
export class PacksService {
  constructor(private readonly contents: PackContentsService) {}

  /**
   * Writes an attestation's pack.
   *
   * @param file   Must not be there; nothing is left of it where this fails.
   * @param since  Sizes that somebody holds checkpoints of.
   * @throws DomainError as `PackContentsService.gather`
   */
  async write(
    ledgerId: string,
    attestation: Attestation,
    {
      file,
      since,
      hear = () => {},
    }: { readonly file: string; readonly since: readonly number[]; readonly hear?: HearPacked },
  ): Promise<PackManifest> {
    const { manifest, sources } = await this.contents.gather(ledgerId, attestation, since);
    let count = 0;
    try {
      await writeZip(file, sources, async () => {
        count += 1;
        await hear({ count, of: sources.length });
      });
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    return manifest;
  }
}
