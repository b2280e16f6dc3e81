/** Languages of the page. */
export type PageLanguage = 'en' | 'fr';

/** Allows the page's own style sheet, and nothing else: no script, no frame, no form. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Where the style sheet of the page is. */
export const STYLE_PATH = '/start.css';

interface Words {
  readonly title: string;
  readonly what: string;
  readonly apiHead: string;
  readonly api: string;
  readonly keyHead: string;
  readonly key: string;
  readonly keyAfter: string;
  readonly healthHead: string;
  readonly live: string;
  readonly ready: string;
  readonly moreHead: string;
  readonly more: string;
  readonly other: { readonly language: PageLanguage; readonly text: string };
}

const WORDS: Readonly<Record<PageLanguage, Words>> = {
  en: {
    title: 'Mizan: energy contract and renewable matching ledger',
    what: 'Hour by hour, how much of what a data centre consumed was renewable under its power purchase agreement, what it costs, and the proof.',
    apiHead: 'The API',
    api: 'Its description, OpenAPI 3.1, with an example for every request',
    keyHead: 'A key',
    key: 'Every route under <code>/v1</code> wants one. The first two are made at the terminal of this server:',
    keyAfter:
      'It goes into the header: <code>Authorization: Bearer KEY</code>. Every other key is issued by an admin.',
    healthHead: 'Is it well?',
    live: 'The process answers',
    ready: 'Its database answers too',
    moreHead: 'More',
    more: 'The README and the guides in <code>docs/</code> come with the program; <code>npx mizan --help</code> lists its commands, and <code>npx mizan help CODE</code> explains a refusal.',
    other: { language: 'fr', text: 'En français' },
  },
  fr: {
    title: 'Mizan : registre de contrats d’énergie et d’appariement renouvelable',
    what: 'Heure par heure : quelle part de la consommation d’un centre de données était renouvelable au titre de son contrat d’achat d’électricité, ce qu’elle coûte, et la preuve.',
    apiHead: 'L’API',
    api: 'Sa description, OpenAPI 3.1, avec un exemple pour chaque requête',
    keyHead: 'Une clé',
    key: 'Chaque route sous <code>/v1</code> en demande une. Les deux premières se créent au terminal de ce serveur :',
    keyAfter:
      'Elle va dans l’en-tête : <code>Authorization: Bearer CLÉ</code>. Toute autre clé est délivrée par un administrateur.',
    healthHead: 'Tout va bien ?',
    live: 'Le processus répond',
    ready: 'Sa base de données répond aussi',
    moreHead: 'Pour aller plus loin',
    more: 'Le README et les guides de <code>docs/</code> accompagnent le programme ; <code>npx mizan --help</code> liste ses commandes, et <code>npx mizan help CODE</code> explique un refus.',
    other: { language: 'en', text: 'In English' },
  },
};

/** What a person who opens the server's address is shown: what this is, and where to go. */
export function startPage(language: PageLanguage): string {
  const words = WORDS[language];
  return `<!doctype html>
<html lang="${language}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${words.title}</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<header>
<p class="mark" lang="ar" dir="rtl">ميزان</p>
<h1>Mizan</h1>
<p class="what">${words.what}</p>
</header>
<main>
<section aria-labelledby="api">
<h2 id="api">${words.apiHead}</h2>
<p><a href="/openapi.json">${words.api}</a></p>
</section>
<section aria-labelledby="key">
<h2 id="key">${words.keyHead}</h2>
<p>${words.key}</p>
<pre tabindex="0"><code>npx mizan key issue --role admin --name NAME --out admin.key --ledger LEDGER</code></pre>
<p>${words.keyAfter}</p>
</section>
<section aria-labelledby="health">
<h2 id="health">${words.healthHead}</h2>
<ul>
<li><a href="/health/live">${words.live}</a></li>
<li><a href="/health/ready">${words.ready}</a></li>
</ul>
</section>
<section aria-labelledby="more">
<h2 id="more">${words.moreHead}</h2>
<p>${words.more}</p>
</section>
</main>
<footer><p><a href="/?lang=${words.other.language}" hreflang="${words.other.language}" lang="${words.other.language}">${words.other.text}</a></p></footer>
</body>
</html>
`;
}

/** Contrast is 7:1 and more in both modes (WCAG 2.2 AA asks 4.5:1); nothing moves. */
export const START_STYLE = `:root {
  --ink: #1b2430; --paper: #fbfaf7; --quiet: #49545f; --line: #d9d5ca; --link: #0b5a4a; --code: #f0ede4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #ece9e1; --paper: #14191f; --quiet: #b9c0c7; --line: #333c46; --link: #7fd6bf; --code: #1e252d;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 0 1.25rem; color: var(--ink); background: var(--paper);
  font: 1.0625rem/1.6 system-ui, sans-serif;
}
header, main, footer { max-width: 42rem; margin-inline: auto; }
header { padding-block: 3.5rem 1.5rem; border-block-end: 1px solid var(--line); }
.mark { margin: 0; color: var(--link); font-size: 2rem; line-height: 1.2; text-align: start; direction: ltr; }
h1 { margin: 0; font-size: 2.5rem; line-height: 1.15; letter-spacing: -0.01em; }
.what { margin-block: 0.75rem 0; color: var(--quiet); font-size: 1.1875rem; }
h2 { margin-block: 2rem 0.25rem; font-size: 1.1875rem; }
p, ul { margin-block: 0.25rem; }
ul { padding-inline-start: 1.25rem; }
a { color: var(--link); text-underline-offset: 0.15em; padding-block: 0.25rem; }
a:focus-visible, pre:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
code { font: 0.9375em/1.5 ui-monospace, monospace; background: var(--code); padding: 0.1em 0.3em; border-radius: 3px; }
pre { margin-block: 0.5rem; padding: 0.75rem 1rem; overflow-x: auto; background: var(--code); border-radius: 6px; }
pre code { padding: 0; background: none; }
footer { margin-block-start: 2.5rem; padding-block: 1rem 3rem; border-block-start: 1px solid var(--line); }
`;

/**
 * The language that a reader would rather have (RFC 9110 section 12.5.4): English, unless French is
 * wanted more.
 */
export function languageOf(acceptLanguage: string | undefined): PageLanguage {
  const wanted = (acceptLanguage ?? '').split(',').map((part, at) => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const quality = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find(Boolean);
    return { language: tag.split('-')[0], weight: Number(quality ?? 1), at };
  });
  const [first] = wanted
    .filter(({ language, weight }) => (language === 'en' || language === 'fr') && weight > 0)
    .toSorted((a, b) => b.weight - a.weight || a.at - b.at);
  return first?.language === 'fr' ? 'fr' : 'en';
}

/** Whether who asks reads pages: a browser says so, a program does not. */
export function wantsPage(accept: string | undefined): boolean {
  return /(^|,)\s*text\/html\s*(;|,|$)/i.test(accept ?? '');
}
