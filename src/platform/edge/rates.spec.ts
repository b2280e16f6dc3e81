import { callerAddress, FailedKeys, Rate } from './rates.js';

describe('rates', () => {
  it('lets a burst through, then what the minute gives back', () => {
    let nowMs = 0;
    const rate = new Rate(60, 3, () => nowMs);
    const allowed = (): boolean[] => Array.from({ length: 4 }, () => rate.take('a')!.isAllowed);
    expect(allowed()).toEqual([true, true, true, false]);
    expect(rate.take('a')).toMatchObject({ limit: 60, remaining: 0, resetS: 3, retryAfterS: 1 });
    expect(rate.take('b')).toMatchObject({ isAllowed: true, remaining: 2 });
    nowMs = 1_000;
    expect(allowed()).toEqual([true, false, false, false]);
    nowMs = 3_600_000;
    expect(allowed()).toEqual([true, true, true, false]);
  });

  it('has no limit at 0', () => {
    expect(new Rate(0, 100, () => 0).take('a')).toBeNull();
  });

  it('remembers a bounded number of names', () => {
    const rate = new Rate(60, 1, () => 0);
    for (let at = 0; at < 25_000; at += 1) rate.take(`address ${at}`);
    expect(rate.size).toBe(10_000);
    expect(rate.take('address 24999')!.isAllowed).toBe(false);
    expect(rate.take('address 0')!.isAllowed).toBe(true);
  });
});

describe('wrong keys', () => {
  it('refuse an address for five minutes after so many in five minutes', () => {
    let nowMs = 0;
    const failed = new FailedKeys(3, () => nowMs);
    failed.add('a');
    failed.add('a');
    expect(failed.refusedS('a')).toBe(0);
    nowMs = 200_000;
    failed.add('a');
    expect(failed.refusedS('a')).toBe(300);
    expect(failed.refusedS('b')).toBe(0);
    nowMs = 500_000;
    expect(failed.refusedS('a')).toBe(0);
    failed.add('a');
    expect(failed.refusedS('a')).toBe(0);
  });

  it('are forgotten after five minutes', () => {
    let nowMs = 0;
    const failed = new FailedKeys(2, () => nowMs);
    failed.add('a');
    nowMs = 300_000;
    failed.add('a');
    expect(failed.refusedS('a')).toBe(0);
  });
});

describe('the address of a caller', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is %s', (ip, address) => {
    expect(callerAddress(ip)).toBe(address);
  });
});
