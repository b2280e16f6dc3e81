import { FairTurnQueue } from './fair-turn-queue.js';

const LIMITS = { atATime: 4, ofOneKey: 3, weight: 100 };

/** Work that ends when it is told to, and says when it begins. */
function tried(limits = LIMITS) {
  const turns = new FairTurnQueue(limits);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const take = (name: string, weight = 1, signal?: AbortSignal): Promise<void> =>
    turns.take({ key: name[0]!, weight, ...(signal === undefined ? {} : { signal }) }, () => {
      begun.push(name);
      return new Promise((done) => ends.set(name, done));
    });
  /** Ends one, and all that follows of it. */
  const end = async (name: string, taken: Promise<void>): Promise<void> => {
    ends.get(name)!();
    await taken;
  };
  const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
  return { begun, take, end, settled };
}

describe('turns', () => {
  it('leave room for another key, however many of one wait', async () => {
    const { begun, take, settled } = tried();
    for (let count = 1; count <= 6; count += 1) void take(`a${count}`);
    void take('b1');
    await settled();
    expect(begun).toEqual(['a1', 'a2', 'a3', 'b1']);
  });

  it('go next to the key that has least under way, then to the one that came first', async () => {
    const { begun, take, end, settled } = tried();
    const [first] = ['a1', 'a2', 'a3', 'c1'].map((name) => take(name));
    void take('a4');
    void take('b1');
    await settled();
    await end('a1', first!);
    await settled();
    expect(begun).toEqual(['a1', 'a2', 'a3', 'c1', 'b1']);
  });

  it('let a heavy one go alone, and none pass it while it waits', async () => {
    const { begun, take, end, settled } = tried();
    const light = take('a1', 60);
    const heavy = take('b1', 200);
    void take('c1', 1);
    await settled();
    expect(begun).toEqual(['a1']);
    await end('a1', light);
    await settled();
    expect(begun).toEqual(['a1', 'b1']);
    await end('b1', heavy);
    await settled();
    expect(begun).toEqual(['a1', 'b1', 'c1']);
  });

  it('are given up by whoever goes, and hold nothing then', async () => {
    const { begun, take, settled } = tried({ ...LIMITS, atATime: 1 });
    void take('a1');
    const gone = new AbortController();
    const waiting = take('b1', 1, gone.signal);
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await settled();
    expect(begun).toEqual(['a1']);
    await expect(take('c1', 1, gone.signal)).rejects.toThrow('gone');
  });
});
