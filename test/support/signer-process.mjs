// A signer as docs/method/SIGNER.md describes it, in a process of its own: keys in memory, until it ends.
// Told by `mode`, it does wrong what a signer can do wrong.
import { generateKeyPairSync, sign } from 'node:crypto';
import { rmSync } from 'node:fs';
import http from 'node:http';

const [place, token = ''] = process.argv.slice(2);
const keys = new Map();
let mode = 'well';

const answer = (response, status, body) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

function make() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  keys.set(x, privateKey);
  return x;
}

function answerTo(path, asked, response) {
  if (mode === 'silent') return;
  if (mode === 'locked') return answer(response, 403, { detail: 'the\u001b[31m vault is locked' });
  if (mode === 'long') return answer(response, 200, JSON.stringify('x'.repeat(70_000)));
  if (path === '/keys' && typeof asked.origin === 'string') {
    return answer(response, 200, { x: mode === 'same-key' ? [...keys.keys()][0] : make() });
  }
  if (path !== '/signatures') return answer(response, 404, { detail: 'no such path' });
  const key = keys.get(asked.x);
  if (key === undefined) return answer(response, 404, { detail: 'no such key' });
  const bytes = Buffer.from(asked.bytes, 'base64url');
  const signed = mode === 'other-bytes' ? Buffer.concat([bytes, bytes]) : bytes;
  const signature = sign(null, signed, key).toString('base64url');
  answer(response, 200, { signature: mode === 'short' ? signature.slice(4) : signature });
}

const server = http.createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  if (request.url === '/mode') {
    mode = text;
    return answer(response, 200, {});
  }
  if (token !== '' && request.headers.authorization !== `Bearer ${token}`) {
    return answer(response, 401, { detail: 'who is there?' });
  }
  answerTo(request.url, JSON.parse(text), response);
});
// One that was killed leaves its socket behind.
if (!/^\d+$/.test(place)) rmSync(place, { force: true });
server.listen(/^\d+$/.test(place) ? { port: Number(place), host: '127.0.0.1' } : place, () => {
  const at = server.address();
  console.log(typeof at === 'string' ? `unix:${at}` : `http://127.0.0.1:${at.port}`);
});
