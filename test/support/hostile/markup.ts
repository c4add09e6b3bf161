/** HTML and URLs. */
import { MEGABYTE, attached, html, lines, message, sized, times, type Maker } from './shapes.ts';

export const markup: readonly Maker[] = [
  ...sized('elements within elements', [1_000, 200_000], (n) => html(`${'<div>'.repeat(n)}x`)),
  ...sized('tags that never close', [200_000], (n) => html('<a '.repeat(n))),
  ...sized('attributes', [200_000], (n) => html(`<a ${'b=c '.repeat(n)}>`)),
  ...sized('quotes that never close in HTML', [100_000], (n) => html('<a href="'.repeat(n))),
  ...sized('comments that never close', [100_000], (n) => html('<!--'.repeat(n))),
  ...sized('blanks in a tag', [500_000], (n) => html(`<a${' '.repeat(n)}href=x>`)),
  ...sized('entities', [200_000], (n) => html('&amp;'.repeat(n))),
  ...sized('entities that are none', [200_000], (n) => html('&amp'.repeat(n))),
  ...sized('numbers of characters', [100_000], (n) => html('&#x10FFFF;&#0;&#xD800;'.repeat(n / 10))),
  ...sized('scripts', [50_000], (n) => html('<script>'.repeat(n))),
  ...sized('cells', [200_000], (n) => html('<td> '.repeat(n))),
  ...sized('hidden within hidden', [50_000], (n) => html(`${'<div style="display:none">'.repeat(n)}x`)),
  ...sized('links', [50_000], (n) => html(times(n, (i) => `<a href="http://h${i}.test/">x</a>`).join(''))),
  ['one link of a megabyte', () => html(`<a href="http://x.test/${'y'.repeat(MEGABYTE)}">x</a>`)],
  ['a URL in a URL in a URL', () => html(`<a href="${'http://r.test/?u='.repeat(5_000)}">x</a>`)],
  [
    'a URL escaped again and again',
    () =>
      html(
        `<a href="http://r.test/?u=${times(8, () => 0).reduce((url) => encodeURIComponent(url), 'http://x.test/')}">x</a>`,
      ),
  ],
  ...sized('URLs in text', [50_000], (n) =>
    message('', lines(...times(n / 10, (i) => `http://h${i}.test/(((((`))),
  ),
  ...sized('brackets behind a URL', [500_000], (n) => message('', `http://x.test/${')'.repeat(n)}\r\n`)),
  ['a host of a thousand labels', () => message('', `http://${'a.'.repeat(1_000)}test/\r\n`)],
  [
    'hosts that are no hosts',
    () =>
      message(
        '',
        lines(
          'http://[::1]/',
          'http://0x7f.1/',
          'http://\xff/',
          'http://xn--/',
          'http://a..b/',
          'http://@/',
          'http://%00/',
        ),
      ),
  ],
  [
    'SVG with a script',
    () => attached('a.svg', Buffer.from('<svg><script href="http://x.test/"/></svg>'), 'image/svg+xml'),
  ],
];
