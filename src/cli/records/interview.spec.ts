import { PassThrough } from 'node:stream';
import type { PointerProblem } from '../../core/errors.js';
import { METER } from '../../features/assets/meter.kind.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { interview, personAt } from './interview.js';

const A_METER = { noun: 'meter', document: METER.attributes.extend({ code: RecordCode }) };

/** What somebody is shown, and what comes of it, when these lines are typed. */
async function answered(
  lines: readonly string[],
  attempt: (document: object) => readonly PointerProblem[] = () => [],
): Promise<{ readonly shown: string; readonly document: object | null }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(`${lines.join('\n')}\n`);
  const person = personAt(input, output);
  const document = await interview(A_METER, person, async (one) => attempt(one));
  person.end();
  return { shown: String(output.read() ?? ''), document };
}

const HALL = ['HALL-9', 'Hall 9', 'CASA-1', '15', '', '12000000'];

describe('an interview about a record', () => {
  it('asks for each field with what it is for, takes what stands in brackets, and shows it', async () => {
    const { shown, document } = await answered([...HALL, '', '', '', '', 'yes']);
    expect(document).toEqual({
      code: 'HALL-9',
      name: 'Hall 9',
      siteCode: 'CASA-1',
      intervalMinutes: 15,
      ratedPowerW: 12_000_000,
    });
    expect(shown).toContain('siteCode: Site that it measures\n');
    expect(shown).toContain('; 5 or 10 or 15 or 30 or 60');
    expect(shown).toContain('direction ["consumption"]: ');
    expect(shown).toContain('parentCode [none]: ');
    expect(shown).toContain('"ratedPowerW": 12000000');
  });

  it('refuses nonsense at once, and asks again', async () => {
    const { shown, document } = await answered([
      '',
      'no spaces',
      'HALL-9',
      'Hall 9',
      'CASA-1',
      '17',
      'x',
      '60',
      '',
      '-5',
      '12e6',
      'sideways',
      'generation',
      '',
      'no',
      '[{"meterCode": "A", "sign": 2}]',
      '[{"meterCode": "A", "sign": 1}]',
      'y',
    ]);
    expect(document).toMatchObject({
      intervalMinutes: 60,
      ratedPowerW: 12_000_000,
      direction: 'generation',
      isBooked: false,
      formula: [{ meterCode: 'A', sign: 1 }],
    });
    expect(shown).toContain('It is needed: Code of the record');
    expect(shown).toContain('/0/sign: ');
    expect(shown.match(/Invalid/g)!.length).toBeGreaterThanOrEqual(4);
  });

  it('asks again for what the ledger refuses', async () => {
    const { shown, document } = await answered([...HALL, '', '', '', '', 'CASA-2', 'yes'], (one) =>
      (one as { siteCode: string }).siteCode === 'CASA-2'
        ? []
        : [{ pointer: '/siteCode', rule: 'record.reference_unknown', detail: 'Not there.' }],
    );
    expect(shown).toContain('/siteCode: Not there.');
    expect(document).toMatchObject({ siteCode: 'CASA-2', code: 'HALL-9' });
  });

  it.each([
    ['no is answered', [...HALL, '', '', '', '', 'no']],
    ['nobody answers any more', HALL],
  ])('saves nothing where %s', async (_, lines) => {
    expect((await answered(lines)).document).toBeNull();
  });
});
