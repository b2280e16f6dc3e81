/** Holds streams of events open until its input ends, and says when all of them have begun. */
import { Agent, get } from 'node:http';

const [url = '', key = '', countText = '500'] = process.argv.slice(2);
const AT_ONCE = 50;
const agent = new Agent({ maxSockets: Infinity });
const headers = { authorization: `Bearer ${key}` };

const begin = (): Promise<void> =>
  new Promise((begun, failed) => {
    get(url, { agent, headers }, (answer) => {
      if (answer.statusCode !== 200) failed(new Error(`stream: ${answer.statusCode}`));
      answer.once('data', () => begun());
      answer.on('error', () => {});
    }).on('error', failed);
  });

// As readers come: some at once, not all; beyond its queue the product says "not now".
for (let left = Number(countText); left > 0; left -= AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, left) }, begin));
}
process.stdout.write('open\n');
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
