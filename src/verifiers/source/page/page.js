/** The page: asks for a pack, a key and a checkpoint, and shows the answer in two languages. */
import { linesOf, NoPack, textOf } from '../report.js';
import { EN } from '../texts/en.js';
import { FR } from '../texts/fr.js';
import { verifyPack } from '../verify-pack.js';
import { WORDS } from './words.js';

const TEXTS = { en: EN, fr: FR };
const CLASSES = { ok: 'good', FAIL: 'bad', note: 'noted' };
const at = (id) => document.getElementById(id);

/** What the page shows, from which everything on it is drawn again in another language. */
const state = {
  language: navigator.language.startsWith('fr') ? 'fr' : 'en',
  pack: null,
  /** A report, or what kept it from being made: `{code, values}` of the texts, or `{word}` of the page. */
  answer: null,
  isBusy: false,
};

const words = () => WORDS[state.language];

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function draw() {
  document.documentElement.lang = state.language;
  document.title = `Mizan: ${words().title}`;
  for (const node of document.querySelectorAll('[data-text]')) {
    node.textContent = words()[node.dataset.text];
  }
  const other = state.language === 'en' ? 'fr' : 'en';
  at('language').textContent = words().other;
  at('language').lang = other;
  const { pack } = state;
  const megabytes = pack === null ? '' : (pack.size / 1e6).toFixed(1);
  at('pack-name').textContent =
    pack === null ? '' : textOf(words(), 'chosen', { name: pack.name, megabytes });
  at('run').disabled = state.isBusy;
  at('work').hidden = !state.isBusy;
  drawAnswer();
}

function drawAnswer() {
  const { answer } = state;
  at('answer').hidden = answer === null;
  at('checks').replaceChildren();
  at('subject').textContent = '';
  if (answer === null) return;
  const { report } = answer;
  const isGood = report !== undefined && report.failedCount === 0;
  at('verdict').className = isGood ? 'good' : 'bad';
  at('verdict').textContent = verdict();
  if (report === undefined) return;
  if (report.subject !== null) {
    at('subject').textContent = textOf(words(), 'subject', report.subject);
  }
  const byCheck = Map.groupBy(linesOf(report, TEXTS[state.language]), ({ check }) => check);
  for (const [check, lines] of byCheck) at('checks').append(itemOf(check, lines));
}

function verdict() {
  const { report, word, code, values } = state.answer;
  if (word !== undefined) return words()[word];
  if (report === undefined) return textOf(TEXTS[state.language], code, values);
  const key = report.failedCount === 0 ? 'verdict.good' : 'verdict.failed';
  const counts = { count: report.failedCount, of: report.checks.size };
  return textOf(TEXTS[state.language], key, counts);
}

function itemOf(check, lines) {
  const item = element('li', '', '');
  const { status } = lines[0];
  const badge = element('span', `status ${CLASSES[status]}`, words().status[status]);
  item.append(badge, element('span', 'name', words().checks[check]));
  const messages = element('div', '', '');
  for (const line of lines) {
    const isMore = line.status === 'note' && status === 'FAIL';
    const text = isMore ? `${words().status.note}: ${line.message}` : line.message;
    messages.append(element('p', 'message', text));
  }
  item.append(messages);
  return item;
}

/** Tells what came out to whoever does not see it, and takes the keyboard there. */
function announce() {
  const { report } = state.answer;
  const failed = [...(report?.checks.values() ?? [])].filter(({ isFailed }) => isFailed);
  const names = failed.map(({ name }) => words().checks[name]).join(', ');
  at('announce').textContent =
    names === '' ? verdict() : textOf(words(), 'announced', { verdict: verdict(), names });
  at('verdict').focus();
}

const rest = () => new Promise((resolve) => setTimeout(resolve, 0));

function showProgress(check, done, of) {
  at('progress').max = of;
  at('progress').value = done;
  at('work-text').textContent = textOf(words(), 'working', { check: words().checks[check] });
}

async function answerTo(pack) {
  if (pack === null) return { word: 'noFile' };
  let bytes;
  try {
    bytes = new Uint8Array(await pack.arrayBuffer());
  } catch {
    return { word: 'noRead' };
  }
  const note = at('since').value.replaceAll('\r\n', '\n').trim();
  const keys = at('key')
    .value.split(/\s+/)
    .filter((key) => key !== '');
  const since = note === '' ? undefined : { name: words().pasted, text: `${note}\n` };
  try {
    return { report: await verifyPack(bytes, { keys, since, rest, onProgress: showProgress }) };
  } catch (error) {
    if (error instanceof NoPack) return { code: error.code, values: error.values };
    return { code: 'unreadable', values: { reason: String(error) } };
  }
}

async function check(event) {
  event.preventDefault();
  if (state.isBusy) return;
  Object.assign(state, { isBusy: true, answer: null });
  at('announce').textContent = '';
  draw();
  await rest();
  const answer = await answerTo(state.pack);
  Object.assign(state, { isBusy: false, answer });
  draw();
  announce();
}

function take(pack) {
  Object.assign(state, { pack: pack ?? null, answer: null });
  draw();
}

at('language').addEventListener('click', () => {
  state.language = state.language === 'en' ? 'fr' : 'en';
  at('announce').textContent = '';
  draw();
});
at('pack').addEventListener('change', () => take(at('pack').files[0]));
at('form').addEventListener('submit', (event) => void check(event));
for (const name of ['dragover', 'dragleave', 'drop']) {
  // Anywhere on the page: a file that misses the box must not replace the page.
  document.addEventListener(name, (event) => {
    event.preventDefault();
    at('drop').classList.toggle('over', name === 'dragover');
    if (name === 'drop' && event.dataTransfer.files.length > 0) take(event.dataTransfer.files[0]);
  });
}
draw();
