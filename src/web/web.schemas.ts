import { z } from 'zod';

export const StartQuery = z.strictObject({
  lang: z.literal(['en', 'fr']).optional().describe('Language of the page; absent = the browser’s'),
});
export type StartQuery = z.output<typeof StartQuery>;

export const StartResponse = z
  .object({
    name: z.string(),
    description: z.string(),
    api: z.string().describe('Where the description of the API is'),
    health: z.object({ live: z.string(), ready: z.string() }),
    key: z.string().describe('How a key is sent, and had'),
  })
  .meta({ id: 'Start' });
export type StartResponse = z.output<typeof StartResponse>;
