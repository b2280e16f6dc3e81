import { newKeyId } from './api-key.js';

describe('ids of keys', () => {
  it('begin with no dash, which a terminal would take for an option', () => {
    // 0xf8 begins with a dash in base64url.
    const given = [Buffer.alloc(9, 0xf8), Buffer.alloc(9, 0xfa), Buffer.alloc(9, 1)];
    const keyId = newKeyId((byteCount) => given.shift()!.subarray(0, byteCount));
    expect(keyId).toBe('AQEBAQEBAQEB');
    expect(given).toEqual([]);
  });
});
