/** One command of a shell, run by the process that runs the other commands (`shell.ts`): `client SOCKET args…`. */
import { writeSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

const [socket, ...args] = process.argv.slice(2);
const answer = connect({ path: socket, allowHalfOpen: true });
answer.end(JSON.stringify({ args, env: process.env, cwd: process.cwd() }));
const { code, stdout, stderr } = JSON.parse(await text(answer));
const write = (fd, told) => {
  for (let bytes = Buffer.from(told); bytes.length > 0;)
    bytes = bytes.subarray(writeSync(fd, bytes));
};
write(2, stderr);
write(1, stdout);
process.exitCode = code;
