import {
  type InvoiceState,
  type InvoiceStep,
  isDismissed,
  isVoided,
  payableMad,
  type StepBasis,
  stepFault,
  voidFault,
} from './life.js';

const PLAIN: InvoiceStep = {
  state: 'ACCEPTED',
  outcome: null,
  disputedMad: null,
  upheldMad: null,
  note: '',
};
const BASIS: StepBasis = {
  state: 'RECEIVED',
  verdict: 'ACCEPT',
  grossMad: '1000.00',
  disputedMad: null,
};
const fault = (step: Partial<InvoiceStep>, basis: Partial<StepBasis> = {}) =>
  stepFault({ ...PLAIN, ...step }, { ...BASIS, ...basis });

describe('the life of a received invoice', () => {
  it('goes by the table of SETTLEMENT 9 and no other way', () => {
    const opened = { state: 'OPEN', disputedMad: '10.00', note: 'Index' } as const;
    const inDispute = { state: 'UNDER_REVIEW', disputedMad: '10.00' } as const;
    expect(fault({})).toBeNull();
    expect(fault(opened)).toBeNull();
    expect(fault({}, { state: 'ACCEPTED' })).toBe('ACCEPTED goes on to VOIDED.');
    expect(fault(opened, { state: 'LAPSED' })).toMatch(/nothing/);
    expect(fault({ state: 'UNDER_REVIEW' })).toMatch(/ACCEPTED, OPEN/);
    expect(fault({ state: 'EXPERT' }, inDispute)).toBeNull();
    expect(fault({ state: 'EXPERT' }, { ...inDispute, state: 'OPEN' })).toMatch(/UNDER_REVIEW/);
    expect(fault({ state: 'RESOLVED', outcome: 'UPHELD' }, inDispute)).toBeNull();
    expect(fault({ state: 'LAPSED' }, inDispute)).toBeNull();
  });

  it('needs a reason against the check, and amounts that are possible', () => {
    expect(fault({}, { verdict: 'DISPUTE' })).toMatch(/needs a note/);
    expect(fault({ note: 'Agreed by phone' }, { verdict: 'DISPUTE' })).toBeNull();
    const open = (disputedMad: string | null, note = 'Index') =>
      fault({ state: 'OPEN', disputedMad, note });
    expect([open('1000.00'), open('1000.01'), open('0.00'), open(null)]).toEqual([
      null,
      expect.stringMatching(/at most/),
      expect.stringMatching(/more than 0/),
      expect.stringMatching(/says what is disputed/),
    ]);
    expect(open('5.00', '')).toMatch(/reason/);
    const inDispute = { state: 'OPEN', disputedMad: '10.00' } as const;
    const resolved = (outcome: InvoiceStep['outcome'], upheldMad: string | null = null) =>
      fault({ state: 'RESOLVED', outcome, upheldMad }, inDispute);
    expect([resolved('PARTLY', '4.00'), resolved('PARTLY', '10.00')]).toEqual([
      null,
      expect.stringMatching(/less than 10/),
    ]);
    expect(resolved('UPHELD', '4.00')).toMatch(/PARTLY, and only that/);
    expect(resolved(null)).toMatch(/outcome/);
  });

  it('says what is to be paid meanwhile and in the end', () => {
    const open: InvoiceStep = { ...PLAIN, state: 'OPEN', disputedMad: '100.00' };
    const ended = (outcome: InvoiceStep['outcome'], upheldMad: string | null = null): string =>
      payableMad('1000.00', [open, { ...PLAIN, state: 'RESOLVED', outcome, upheldMad }], 'PAY_ALL');
    expect(payableMad('1000.00', [], 'PAY_UNDISPUTED')).toBe('1000.00');
    expect(payableMad('1000.00', [open], 'PAY_UNDISPUTED')).toBe('900.00');
    expect(payableMad('1000.00', [open], 'PAY_ALL')).toBe('1000.00');
    expect([ended('UPHELD'), ended('PARTLY', '30.00'), ended('REJECTED')]).toEqual([
      '900.00',
      '970.00',
      '1000.00',
    ]);
    const lapsed: InvoiceStep = { ...PLAIN, state: 'LAPSED' };
    expect(payableMad('1000.00', [open, lapsed], 'PAY_UNDISPUTED')).toBe('1000.00');
  });
});

describe('a voided document', () => {
  const step: InvoiceStep = { ...PLAIN, state: 'VOIDED', note: 'Of another company' };
  const inState = (state: InvoiceState, correctedBy: string[] = []) =>
    voidFault(step, { state, correctedBy });

  it('says why, while nothing was settled of it and nothing corrects it', () => {
    for (const state of ['RECEIVED', 'ACCEPTED', 'OPEN', 'UNDER_REVIEW', 'EXPERT'] as const) {
      expect(inState(state)).toBeNull();
    }
    expect(inState('RESOLVED')).toBe('RESOLVED goes on to nothing.');
    expect(inState('LAPSED')).toBe('LAPSED goes on to nothing.');
    expect(inState('VOIDED')).toBe('VOIDED goes on to nothing.');
    expect(inState('ACCEPTED', ['AV-1', 'AV-2'])).toMatch(/AV-1, AV-2 corrects it: void AV-1/);
    const of = { state: 'RECEIVED', correctedBy: [] } as const;
    expect(voidFault({ ...step, note: ' ' }, of)).toMatch(/reason/);
    expect(voidFault({ ...step, disputedMad: '1.00' }, of)).toMatch(/neither/);
  });

  it('owes nothing', () => {
    expect([isVoided([PLAIN, step]), isVoided([PLAIN]), isVoided([])]).toEqual([
      true,
      false,
      false,
    ]);
    expect(payableMad('1000.00', [PLAIN, step], 'PAY_ALL')).toBe('0.00');
  });
});

describe('a document disputed whole', () => {
  const open = { state: 'OPEN', outcome: null, disputedMad: '110.00' } as const;
  const ended = (outcome: 'UPHELD' | 'REJECTED') =>
    ({ state: 'RESOLVED', outcome, disputedMad: null }) as const;

  it.each([
    ['and upheld bills nothing', '110.00', [open, ended('UPHELD')], true],
    ['in part goes on to bill', '120.00', [open, ended('UPHELD')], false],
    ['and rejected goes on to bill', '110.00', [open, ended('REJECTED')], false],
    ['and open still bills', '110.00', [open], false],
    ['that is none goes on to bill', '110.00', [], false],
  ])('%s', (_, grossMad, steps, expected) => {
    expect(isDismissed(grossMad, steps)).toBe(expected);
  });
});
