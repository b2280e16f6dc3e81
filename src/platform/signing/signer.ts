/** What signs for a log. Its private keys are its own: nobody else sees them (LEDGER section 13). */
export abstract class Signer {
  /** Where it keeps them, for the event that names the key: `file` or `remote`. */
  abstract readonly kind: string;

  /**
   * Makes a key.
   *
   * @param origin  Log that the key will sign for.
   * @returns       Public key, Ed25519, 32 bytes.
   * @throws DomainError `signing.unavailable`
   */
  abstract make(origin: string): Promise<Uint8Array>;

  /**
   * Signs bytes by a key of its own (RFC 8032).
   *
   * @returns  64 bytes; they verify.
   * @throws DomainError `signing.unavailable`
   */
  abstract sign(publicKey: Uint8Array, bytes: Uint8Array): Promise<Uint8Array>;
}
