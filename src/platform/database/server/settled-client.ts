import pg, { escapeLiteral } from 'pg';

/** Roles that a login switches to. */
export type DatabaseRole = 'mizan_owner' | 'mizan_app';

const ROLE = 'role';

/**
 * The same login, in another role. The URL only says so: the role goes with each transaction's first
 * message. Start-up `options` would be shorter, and poolers refuse them.
 */
export function withRole(url: string, role: DatabaseRole): string {
  const changed = new URL(url);
  changed.searchParams.set(ROLE, role);
  return changed.href;
}

/** What a URL says: where to log in, and which role to take then; null stays who logged in. */
export function targetOf(url: string): {
  readonly connectionString: string;
  readonly role: string | null;
} {
  const own = new URL(url);
  const role = own.searchParams.get(ROLE);
  own.searchParams.delete(ROLE);
  return { connectionString: own.href, role };
}

/**
 * One statement that settles these settings until the transaction ends. Never for the session: behind
 * a pooler the session is lent to others.
 */
export function settle(settings: Readonly<Record<string, string>>): string {
  const all = Object.entries(settings).map(
    ([name, value]) => `set_config('${name}', ${escapeLiteral(value)}, true)`,
  );
  return `SELECT ${all.join(', ')}`;
}

/** What every transaction of ours settles: role, schema and zone. */
export function ownSettings(role: string | null): Readonly<Record<string, string>> {
  return { ...(role === null ? {} : { role }), search_path: 'mizan', timezone: 'UTC' };
}

/** The statement that opens a transaction, and what comes after it in the same message. */
const OPENS = /^(\s*(?:BEGIN|START TRANSACTION)\b[^;]*)(.*)$/is;
const STATEMENTS_APART = /^\s*(VACUUM|(CREATE|DROP|REINDEX)\s.*CONCURRENTLY)/i;

/** Pool or connection options with the settings that a `SettledClient` carries. */
interface SettledConfig extends pg.ClientConfig {
  readonly settings?: Readonly<Record<string, string>>;
}

type Answer = pg.QueryResult | pg.QueryResult[];

/**
 * A connection for those who write their own SQL (the ORM's migrations, the queue): it carries its
 * settings into every transaction they open and every statement outside one, so that it does not
 * matter which of a pooler's connections does it.
 */
export class SettledClient extends pg.Client {
  private readonly ask: (...given: readonly unknown[]) => Promise<Answer>;
  private readonly settling: string;
  private last: Promise<unknown> = Promise.resolve();
  private underWay = 0;

  constructor(config: SettledConfig) {
    super(config);
    this.settling = settle(config.settings ?? {});
    this.ask = super.query.bind(this) as SettledClient['ask'];
    // The driver's method has a dozen signatures; all that matters is what is to be sent.
    this.query = ((...given: readonly unknown[]) => this.send(given)) as pg.Client['query'];
    // One that fails while nobody asks it anything is noticed by who asks next.
    this.on('error', () => {});
  }

  private send(given: readonly unknown[]): Promise<Answer> | undefined {
    const [first, second] = given;
    const isObject = typeof first === 'object' && first !== null;
    const text = isObject && 'text' in first ? first.text : first;
    const values = isObject && 'values' in first ? first.values : second;
    const isPlain = typeof text === 'string' && !STATEMENTS_APART.test(text);
    const isOutside = this.getTransactionStatus() === 'I' || this.underWay > 0;
    if (!isPlain || !isOutside) return this.ask(...given);
    const answer = this.inOrder(() => this.settled(text, Array.isArray(values) ? values : []));
    const tell = given.find((one) => typeof one === 'function');
    if (tell === undefined) return answer;
    answer.then(
      (result) => tell(null, result),
      (error: unknown) => tell(error),
    );
    return undefined;
  }

  /** Those who ask at once are answered one after the other: each has a transaction to himself. */
  private async inOrder(ask: () => Promise<Answer>): Promise<Answer> {
    const before = this.last;
    this.underWay += 1;
    const answer = before.then(ask);
    this.last = answer.catch(() => {});
    try {
      return await answer;
    } finally {
      this.underWay -= 1;
    }
  }

  private settled(text: string, values: readonly unknown[]): Promise<Answer> {
    if (values.length > 0) return this.alone(text, values);
    const [, open, rest] = OPENS.exec(text) ?? [];
    return open === undefined
      ? this.ask(`${this.settling}; ${text}`).then((answer) => without(answer, 0))
      : this.ask(`${open}; ${this.settling}${rest}`).then((answer) => without(answer, 1));
  }

  /** A statement with values in a transaction of its own: a message holds no other beside it. */
  private async alone(text: string, values: readonly unknown[]): Promise<Answer> {
    await this.ask(`BEGIN; ${this.settling}`);
    try {
      const answer = await this.ask(text, values);
      await this.ask('COMMIT');
      return answer;
    } catch (error) {
      await this.ask('ROLLBACK').catch(() => {});
      throw error;
    }
  }
}

/** The answers of a message but for the one to what was put in. */
function without(answer: Answer, at: number): Answer {
  if (!Array.isArray(answer)) return answer;
  const own = answer.toSpliced(at, 1);
  return own.length === 1 ? own[0]! : own;
}
