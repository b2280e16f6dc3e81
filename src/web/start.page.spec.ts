import { languageOf, startPage, wantsPage } from './start.page.js';

describe('the page at the server’s address', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['fr', 'fr'],
    ['fr-MA,fr;q=0.9,en;q=0.8', 'fr'],
    ['en-GB,en;q=0.9,fr;q=0.8', 'en'],
    ['ar-MA, fr;q=0.7, en;q=0.3', 'fr'],
    ['en;q=0.1,fr;q=0.2', 'fr'],
    ['fr;q=0,de', 'en'],
    ['*', 'en'],
  ] as const)('speaks to who prefers %j in %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  it.each([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['TEXT/HTML', true],
    ['*/*', false],
    ['application/json', false],
    [undefined, false],
  ])('is for a browser: %j is %s', (header, isPage) => {
    expect(wantsPage(header)).toBe(isPage);
  });

  it.each(['en', 'fr'] as const)(
    'has one heading of each section, and no script or style of its own (%s)',
    (language) => {
      const page = startPage(language);
      expect(page).toContain(`<html lang="${language}"`);
      expect(page.match(/<h1>/g)).toHaveLength(1);
      const sections = [...page.matchAll(/aria-labelledby="(\w+)"/g)].map(([, id]) => id);
      expect(sections).toHaveLength(4);
      for (const id of sections) expect(page).toContain(`<h2 id="${id}">`);
      expect(page).not.toMatch(/<script|\sstyle=|<style|\son\w+=|https?:/);
      expect(Buffer.byteLength(page)).toBeLessThan(4_096);
    },
  );
});
