const HEADER_BYTES = 20;

/** Element types, with their length in bytes and their OID in every PostgreSQL. */
const ELEMENTS = { integer: { bytes: 4, oid: 23 }, bigint: { bytes: 8, oid: 20 } } as const;

/**
 * A parameter `integer[]` or `bigint[]` of millions of elements in the binary form of PostgreSQL,
 * filled in place. It starts as zeros.
 */
export class FlatArray {
  /** What is sent. */
  readonly bytes: Buffer;
  private readonly view: DataView;
  private readonly stride: number;
  private readonly isBigint: boolean;

  constructor(type: keyof typeof ELEMENTS, length: number) {
    const { bytes: elementBytes, oid } = ELEMENTS[type];
    this.isBigint = type === 'bigint';
    this.stride = 4 + elementBytes;
    this.bytes = Buffer.alloc(HEADER_BYTES + length * this.stride);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    const dimensions = length === 0 ? [0, 0, oid] : [1, 0, oid, length, 1];
    dimensions.forEach((value, at) => this.view.setInt32(4 * at, value));
    if (length === 0) this.bytes = this.bytes.subarray(0, 12);
    for (let at = HEADER_BYTES; at < this.bytes.length; at += this.stride) {
      this.view.setInt32(at, elementBytes);
    }
  }

  /**
   * Sets one element.
   *
   * @param at     From 0.
   * @param value  Whole, safe, zero or more; below 2^31 in an `integer[]`.
   */
  set(at: number, value: number): void {
    const place = HEADER_BYTES + at * this.stride + 4;
    if (this.isBigint) this.view.setUint32(place, Math.floor(value / 2 ** 32));
    this.view.setUint32(place + (this.isBigint ? 4 : 0), value % 2 ** 32);
  }
}
