/**
 * Ends the process at a named moment, as a power cut would: loaded before the program by
 * `--import`, so that the program itself knows nothing of it. `FAIL_AT` names the moment.
 */
import { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

const die = () => process.kill(process.pid, 'SIGKILL');
const { writeHead } = ServerResponse.prototype;
const { write } = Socket.prototype;

const MOMENTS = {
  /** The answer is kept and nothing of it was sent. */
  after_commit_before_reply: () => {
    ServerResponse.prototype.writeHead = function (status, ...rest) {
      const { method, headers } = this.req;
      if (method === 'POST' && status < 300 && headers['idempotency-key'] !== undefined) die();
      return writeHead.call(this, status, ...rest);
    };
  },
  /** All is written and nothing is committed. */
  before_commit: () => {
    Socket.prototype.write = function (chunk, ...rest) {
      if (Buffer.isBuffer(chunk) && chunk.includes('INSERT INTO "mizan"."reply"')) die();
      return write.call(this, chunk, ...rest);
    };
  },
};

MOMENTS[process.env.FAIL_AT]();
