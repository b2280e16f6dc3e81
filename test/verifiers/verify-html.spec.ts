import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type PackOfMonth, packOfMonth } from '../support/pack-month.js';
import { givenKey, type PackFiles, zipped } from '../support/pack-writing.js';
import { withOneByteChanged } from '../support/verify-packs.js';

/** Where there has to be a browser, its path is said. */
const CHROMIUM = process.env['MIZAN_CHROMIUM'] ?? '/usr/bin/chromium';
const hasBrowser = process.env['MIZAN_CHROMIUM'] !== undefined || existsSync(CHROMIUM);
const PAGE = pathToFileURL(resolve('src/verifiers/verify.html')).href;

function runs(): void {
  let folder: string;
  let browser: Browser;
  let page: Page;
  let pack: PackOfMonth;
  /** What the page asked of anybody, and what it was told off for. */
  let asked: string[];
  let complaints: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'verify-html-'));
    pack = packOfMonth();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    [asked, complaints] = [[], []];
    page = await browser.newPage({ locale: 'en-GB' });
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(PAGE);
  });
  afterEach(async () => {
    await page.close();
    expect({ asked, complaints }).toEqual({ asked: [PAGE], complaints: [] });
  });

  async function choose(change: (files: PackFiles) => void = () => {}): Promise<void> {
    const files: PackFiles = new Map(pack.files);
    change(files);
    const path = join(folder, 'pack.zip');
    writeFileSync(path, zipped(files));
    await page.getByLabel('Choose the ZIP file').setInputFiles(path);
  }

  const answered = async (): Promise<string> => {
    await page.waitForSelector('#answer:not([hidden])');
    return page.locator('#verdict').innerText();
  };
  const badges = (): Promise<string[]> => page.locator('#checks .status').allInnerTexts();

  it('passes a pack that holds, with key and earlier checkpoint', async () => {
    await choose();
    await page.getByLabel('Key that you trust').fill(givenKey(pack.ledgerId, pack.key));
    await page.getByLabel('Earlier checkpoint').fill(pack.since);
    await page.getByRole('button', { name: 'Check the pack' }).click();
    expect(await answered()).toBe('ok: none of 14 checks failed');
    expect(await badges()).toEqual(Array.from({ length: 14 }, () => 'ok'));
    expect(await page.locator('#subject').innerText()).toContain('Site CASA-1, month 2026-10');
  });

  it('works by keyboard alone, and tells a screen reader what came out', async () => {
    await choose((files) =>
      files.set('data/book.csv', withOneByteChanged(files.get('data/book.csv')!, 3)),
    );
    await page.locator('#pack').focus();
    for (const id of ['key', 'since', 'run']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id')).toBe(id);
    }
    await page.keyboard.press('Enter');
    expect(await answered()).toBe('FAIL: 2 of 14 checks failed');
    expect(await page.evaluate('document.activeElement.id')).toBe('verdict');
    expect(await page.getByRole('alert').innerText()).toBe(
      'FAIL: 2 of 14 checks failed. Failed: Manifest, Tables.',
    );
    const items = await page.locator('#checks li').allInnerTexts();
    expect(items.filter((item) => item.startsWith('FAIL')).join('\n')).toContain('data/book.csv');
    expect(await page.locator('progress').getAttribute('max')).toBe('14');
  });

  it('says the same in French', async () => {
    await choose();
    await page.getByRole('button', { name: 'Check the pack' }).click();
    await answered();
    await page.getByRole('button', { name: 'Français' }).click();
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    expect(await answered()).toBe('Conforme : aucun des 14 contrôles n’a échoué');
    expect(new Set(await badges())).toEqual(new Set(['conforme', 'note']));
    expect(await page.locator('#checks').innerText()).toContain('aucune clé n’a été indiquée');
    const unsaid = await page.locator('body').innerText();
    expect(unsaid).not.toMatch(/undefined|\{\w+\}|Check|checks/);
  });

  it('says of what is no pack that it is none', async () => {
    await page.getByRole('button', { name: 'Check the pack' }).click();
    expect(await answered()).toBe('Choose a pack first.');
    const path = join(folder, 'text.zip');
    writeFileSync(path, 'text');
    await page.getByLabel('Choose the ZIP file').setInputFiles(path);
    await page.getByRole('button', { name: 'Check the pack' }).click();
    await page.waitForFunction("document.getElementById('verdict').textContent.includes('ZIP')");
    expect(await answered()).toBe('This is no pack: it is no ZIP archive.');
  });

  it('takes a pack that is dropped on it', async () => {
    const archive = zipped(pack.files).toString('base64');
    await page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));
      const scope = globalThis as unknown as Record<string, new (...args: unknown[]) => never>;
      const transfer = new scope['DataTransfer']!() as { items: { add(file: unknown): void } };
      transfer.items.add(new scope['File']!([bytes], 'dropped.zip'));
      const event = new scope['DragEvent']!('drop', { dataTransfer: transfer, bubbles: true });
      (scope['document'] as unknown as EventTarget).dispatchEvent(event);
    }, archive);
    expect(await page.locator('#pack-name').innerText()).toContain('dropped.zip');
    await page.getByRole('button', { name: 'Check the pack' }).click();
    expect(await answered()).toBe('ok: none of 14 checks failed');
  });
}

if (hasBrowser) describe('verify.html, opened from disk', runs);
else {
  it('is opened where there is a browser', () => {
    process.stdout.write(
      `There is no ${CHROMIUM} here (MIZAN_CHROMIUM names another): verify.html was not opened.\n`,
    );
    expect(hasBrowser).toBe(false);
  });
}
