import { printable } from './printable.js';

describe('what is shown at a terminal', () => {
  it('holds nothing that the terminal would obey', () => {
    const name = 'Ouarzazate\u001b]0;owned\u0007 \u001b[2J\r\u009b31m \u202egnp.exe\u2066';
    expect(printable(name)).toBe(
      String.raw`Ouarzazate\u001b]0;owned\u0007 \u001b[2J\u000d\u009b31m \u202egnp.exe\u2066`,
    );
  });

  it('keeps lines, tabs, letters and signs of every script', () => {
    const text = 'Énergie\t40 MW\nورزازات 대한민국 m² ☀️\n';
    expect(printable(text)).toBe(text);
  });
});
