/**
 * A month from readings to what is owed, by a typed client. The types are made of the server's own
 * description:
 *
 *   npm install openapi-fetch && npm install --save-dev openapi-typescript
 *   npx openapi-typescript http://127.0.0.1:3000/openapi.json --default-non-nullable=false --output api.ts
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

type Problem = components['schemas']['Problem'];

/** Where the server is, who calls, and what is settled. */
export interface Month {
  readonly url: string;
  /** Key of an energy manager. */
  readonly key: string;
  /** `2026-10` */
  readonly month: string;
  /** Hourly readings of the month's meters. */
  readonly readings: components['schemas']['SendReadingsRequest']['items'];
}

/** What is owed for the month, by line. Every refusal is thrown with its code and its way on. */
export async function settleMonth({ url, key, month, readings }: Month) {
  const api = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${key}` } });
  for (let at = 0; at < readings.length; at += 500) {
    const items = readings.slice(at, at + 500);
    // Sent again under its key, a batch has its effect once.
    const header = { 'Idempotency-Key': `readings-${month}-${at}` };
    // All of a batch, or none of it with what is wrong: a reading that is left out is a gap.
    const params = { header, query: { atomic: 'true' as const } };
    given(await api.POST('/v1/readings', { params, body: { items } }));
  }
  given(await api.POST('/v1/matching-runs', { body: { month } }));
  return given(await api.POST('/v1/settlement-runs', { body: { run: 'PROVISIONAL', month } }));
}

function given<Data>(answer: { readonly data?: Data; readonly error?: Problem }): Data {
  if (answer.data !== undefined) return answer.data;
  const { code, fix } = answer.error as Problem;
  throw new Error(`${code}: ${fix}`);
}
