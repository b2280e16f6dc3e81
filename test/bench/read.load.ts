/** Asks one address from many connections that stay open, and prints how often and how fast. */
import { Agent, get } from 'node:http';

const [url = '', key = '', connectionsText = '50', secondsText = '5'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(connectionsText) });
const headers = { authorization: `Bearer ${key}` };

/** One answer to its end; its status. */
const ask = (): Promise<number> =>
  new Promise((done, failed) => {
    get(url, { agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => done(answer.statusCode ?? 0));
    }).on('error', failed);
  });

const timesMs: number[] = [];
let wrong = 0;
const startMs = performance.now();
const untilMs = startMs + Number(secondsText) * 1_000;
const askers = Array.from({ length: Number(connectionsText) }, async () => {
  for (let nowMs = performance.now(); nowMs < untilMs;) {
    if ((await ask()) !== 200) wrong += 1;
    const endMs = performance.now();
    timesMs.push(endMs - nowMs);
    nowMs = endMs;
  }
});
await Promise.all(askers);
const perS = timesMs.length / ((performance.now() - startMs) / 1_000);
timesMs.sort((a, b) => a - b);
const p99Ms = timesMs[Math.floor(timesMs.length * 0.99)] ?? 0;
process.stdout.write(JSON.stringify({ perS, p99Ms, wrong }));
process.exit(0);
