/** Addresses of links, in HTML and in text, that a mail program or the browser behind it follows to a host. */
import { quotedPrintable } from './mime.ts';
import type { Tricks } from './trick.ts';
import { inHtml, inText, type Written } from './written.ts';

const a = (href: string): string => `<p>Good morning. <a href="${href}">Read on</a></p>`;
const percent = (text: string): string =>
  [...text].map((each) => `%${each.charCodeAt(0).toString(16)}`).join('');
const decimal = (text: string): string => [...text].map((each) => `&#${each.charCodeAt(0)};`).join('');
const hex = (text: string): string =>
  [...text].map((each) => `&#x${each.charCodeAt(0).toString(16)}`).join(';');
const wide = (text: string): string =>
  text.replace(/[a-z]/g, (each) => String.fromCharCode(each.charCodeAt(0) + 0xfee0));
const dotted = (host: string, dot: string): string => host.replace('.', dot);

const addresses: readonly Written[] = [
  ['plain', 'all', (host) => a(`http://${host}/p`)],
  ['upper-case', 'all', (host) => a(`HTTP://${host.toUpperCase()}/`)],
  ['subdomain', 'all', (host) => a(`https://a.b.${host}/`)],
  ['port', 'all', (host) => a(`https://${host}:8443/`)],
  ['trailing-dot', 'browsers', (host) => a(`https://${host}./`)],
  ['ftp', 'browsers', (host) => a(`ftp://${host}/p`)],
  ['no-scheme', 'Outlook, Gmail put http:// in front', (host) => a(`${host}/p`)],
  ['no-scheme-bare', 'Outlook, Gmail put http:// in front', (host) => a(host)],
  ['no-scheme-www', 'Outlook, Gmail put http:// in front', (host) => a(`www.${host}`)],
  ['two-slashes', 'browsers', (host) => a(`//${host}/p`)],
  ['two-backslashes', 'browsers', (host) => a(`\\\\${host}\\p`)],
  ['slash-backslash', 'browsers', (host) => a(`/\\${host}/p`)],
  ['three-slashes', 'browsers', (host) => a(`///${host}/p`)],
  ['http-backslashes', 'browsers', (host) => a(`http:\\\\${host}\\p`)],
  ['http-one-slash', 'browsers', (host) => a(`http:/${host}/p`)],
  ['http-no-slash', 'browsers', (host) => a(`http:${host}/p`)],
  ['http-many-slashes', 'browsers', (host) => a(`http://///${host}/p`)],
  ['leading-blanks', 'browsers', (host) => a(`  \n http://${host}/`)],
  ['leading-controls', 'browsers', (host) => a(`\x01\x1f\x08http://${host}/`)],
  ['leading-controls-entities', 'browsers', (host) => a(`&#1;&#8;&#31;http://${host}/`)],
  ['leading-zero-width', 'Gmail', (host) => a(`\u200bhttp://${host}/`)],
  ['leading-nbsp', 'Outlook', (host) => a(`\u00a0http://${host}/`)],
  ['tab-in-scheme', 'browsers', (host) => a(`ht\ttp://${host}/`)],
  ['line-end-in-scheme', 'browsers', (host) => a(`ht\r\ntp://${host}/`)],
  ['tab-in-host', 'browsers', (host) => a(`http://${host.replace('v', '\tv')}/`)],
  ['tab-entity', 'browsers', (host) => a(`ht&Tab;tp:/&NewLine;/${host}/`)],
  ['entities-decimal', 'all', (host) => a(decimal(`http://${host}/`))],
  ['entities-hex-unclosed', 'browsers', (host) => a(`${hex('http://')};${host}`)],
  ['entities-named', 'browsers', (host) => a(`http&colon;&sol;&sol;${dotted(host, '&period;')}/`)],
  ['entities-leading-zeros', 'browsers', (host) => a(`&#0000000104;ttp://${host}/`)],
  ['userinfo', 'browsers', (host) => a(`http://bank.test@${host}/`)],
  ['userinfo-password', 'browsers', (host) => a(`http://bank.test:443@${host}/`)],
  ['userinfo-many', 'browsers', (host) => a(`http://a@b@${host}/`)],
  ['userinfo-backslash', 'browsers', (host) => a(`http://${host}\\@bank.test/`)],
  ['percent-encoded-host', 'browsers', (host) => a(`http://${percent(host)}/`)],
  ['percent-encoded-dot', 'browsers', (host) => a(`http://${dotted(host, '%2e')}/`)],
  ['percent-encoded-wide-dot', 'browsers', (host) => a(`http://${dotted(host, '%E3%80%82')}/`)],
  ['ideographic-dot', 'browsers', (host) => a(`http://${dotted(host, '。')}/`)],
  ['fullwidth-dot', 'browsers', (host) => a(`http://${dotted(host, '．')}/`)],
  ['halfwidth-dot', 'browsers', (host) => a(`http://${dotted(host, '｡')}/`)],
  ['fullwidth-letters', 'browsers', (host) => a(`http://${wide(host)}/`)],
  ['circled-letter', 'browsers', (host) => a(`http://${host.replace('e', 'ⓔ')}/`)],
  ['soft-hyphen-in-host', 'browsers', (host) => a(`http://${host.replace('l.', 'l\u00ad.')}/`)],
  ['zero-width-in-host', 'browsers', (host) => a(`http://${host.replace('l.', 'l\u200b.')}/`)],
  ['joiner-in-host', 'browsers', (host) => a(`http://${host.replace('l.', 'l\u2060.')}/`)],
  ['fragment-first', 'browsers', (host) => a(`http://${host}#@bank.test/`)],
  ['query-first', 'browsers', (host) => a(`http://${host}?@bank.test/`)],
  ['redirector', 'who follows it', (host) => a(`http://go.test/?u=http%3A%2F%2F${host}%2F`)],
  [
    'redirector-twice-encoded',
    'who follows it',
    (host) => a(`http://go.test/?u=http%253A%252F%252F${host}%252F`),
  ],
  ['redirector-no-scheme', 'who follows it', (host) => a(`http://go.test/url?q=${host}/p`)],
  ['redirector-no-scheme-encoded', 'who follows it', (host) => a(`http://go.test/url?a=1&amp;q=${host}%2Fp`)],
  ['redirector-fragment', 'who follows it', (host) => a(`http://go.test/#?url=${host}/p`)],
  ['view-source', 'browsers', (host) => a(`view-source:http://${host}/`)],
  ['feed', 'browsers', (host) => a(`feed:http://${host}/`)],
  ['webcal', 'Apple Mail, Outlook', (host) => a(`webcal://${host}/p`)],
  ['ms-office', 'Outlook', (host) => a(`ms-word:ofe|u|http://${host}/p`)],
  ['search-ms', 'Windows', (host) => a(`search-ms:query=a&crumb=location:\\\\${host}@80\\p`)],
  ['file', 'Outlook', (host) => a(`file://${host}/p`)],
  ['file-unc', 'Outlook', (host) => a(`file:\\\\\\\\${host}\\p`)],
  ['data-html', 'Thunderbird', (host) => a(`data:text/html,<a href='http://${host}/'>a</a>`)],
  [
    'data-html-base64',
    'Thunderbird',
    (host) => a(`data:text/html;base64,${Buffer.from(`<a href="http://${host}/">a</a>`).toString('base64')}`),
  ],
  ['url-long', 'all', (host) => a(`http://${'a'.repeat(2_100)}@${host}/`)],
  [
    'url-1001st',
    'all',
    (host) =>
      Array.from({ length: 1_000 }, (_, i) => a(`http://a.test/${i % 150}`)).join('') + a(`http://${host}/`),
  ],
  [
    'url-201st',
    'all',
    (host) => Array.from({ length: 200 }, (_, i) => a(`http://a.test/${i}`)).join('') + a(`http://${host}/`),
  ],
];

const texts: readonly Written[] = [
  ['http', 'all', (host) => `See http://${host}/p now.`],
  ['upper-case', 'all', (host) => `See HTTPS://${host.toUpperCase()}/p now.`],
  ['bare-with-path', 'Outlook, Gmail, Apple Mail', (host) => `See ${host}/p now.`],
  ['bare', 'Gmail, Apple Mail', (host) => `See ${host} now.`],
  ['www', 'all', (host) => `See www.${host} now.`],
  ['in-angle-brackets', 'all', (host) => `See <http://${host}/p> now.`],
  ['in-brackets', 'all', (host) => `See [http://${host}/p] now.`],
  ['url-prefix', 'Outlook', (host) => `See <URL:http://${host}/p> now.`],
  ['letters-before', 'Gmail, Outlook', (host) => `See:xhttp://${host}/p now.`],
  ['underscore-before', 'Apple Mail', (host) => `See _http://${host}/p_ now.`],
  ['ideograph-before', 'all', (host) => `見http://${host}/p now.`],
  ['fullwidth', 'Gmail, Apple Mail', (host) => `See http://${wide(host)}/p now.`],
  ['ideographic-dot', 'Apple Mail', (host) => `See http://${dotted(host, '。')}/p now.`],
  [
    'zero-width',
    'Outlook, Gmail show it as the bare host',
    (host) => `See http://${host.replace('v', '\u200bv')}/p now.`,
  ],
  ['soft-hyphen', 'Outlook, Gmail', (host) => `See http://${host.replace('v', '\u00adv')}/p now.`],
  ['byte-order-mark', 'Outlook', (host) => `See http://${host.replace('v', '\ufeffv')}/p now.`],
  ['userinfo', 'all', (host) => `See http://bank.test@${host}/p now.`],
  ['backslashes', 'Outlook', (host) => `See http:\\\\${host}\\p now.`],
  ['unc', 'Outlook', (host) => `See \\\\${host}\\p now.`],
  ['file', 'Outlook', (host) => `See file://${host}/p now.`],
  ['percent-encoded', 'browsers', (host) => `See http://${percent(host)}/p now.`],
  [
    'broken-in-angle-brackets',
    'Thunderbird joins it (RFC 3986 appendix C)',
    (host) => `See <http://${host.slice(0, 3)}\r\n${host.slice(3)}/p> now.`,
  ],
  ['share-in-text', 'Outlook', (host) => `See \\\\${host}@80\\p now.`],
  ['share-in-text-tls', 'Outlook', (host) => `See \\\\${host}@SSL@8443\\p now.`],
  [
    'broken-in-angle-brackets-url',
    'Thunderbird joins it (RFC 3986 appendix C)',
    (host) =>
      `See <URL:http://${host}\r\n /p> or <URL:http://${host.slice(0, 2)}\r\n  ${host.slice(2)}/p> now.`,
  ],
  ['redirector', 'who follows it', (host) => `See http://go.test/?u=http%3A%2F%2F${host} now.`],
  [
    'in-201-links',
    'all',
    (host) =>
      `${Array.from({ length: 201 }, (_, i) => `http://a.test/${i}`).join('\r\n')}\r\nhttp://${host}/`,
  ],
  ['after-300-kb', 'all', (host) => `${'Good morning. '.repeat(22_000)}http://${host}/p`],
  ['after-megabyte', 'all', (host) => `${'Good morning.\r\n'.repeat(75_000)}http://${host}/p`],
];

const flowed: readonly Written[] = [
  [
    'delsp',
    'Thunderbird, Apple Mail (RFC 3676)',
    (host) => `See http://${host.slice(0, 3)} \r\n${host.slice(3)}/p now.`,
  ],
  ['delsp-in-scheme', 'Thunderbird, Apple Mail', (host) => `See ht \r\ntp:/ \r\n/${host}/p now.`],
  [
    'delsp-quoted',
    'Thunderbird, Apple Mail',
    (host) => `> See http://${host.slice(0, 3)} \r\n> ${host.slice(3)}/p now.`,
  ],
  [
    'delsp-space-stuffed',
    'Thunderbird, Apple Mail',
    (host) => `See http://${host.slice(0, 3)} \r\n ${host.slice(3)}/p now.`,
  ],
];
const softBreaks: readonly Written[] = [['quoted-printable', 'all', (host) => `See http://${host}/p now.`]];

const split = (text: string): string => quotedPrintable(text).replace(/=76/g, '=\r\n=76');

export const links: readonly Tricks[] = [
  { area: 'url', payloads: ['html'], tricks: addresses.map(inHtml) },
  { area: 'text', payloads: ['link'], tricks: texts.map(inText()) },
  { area: 'flowed', payloads: ['link'], tricks: flowed.map(inText('; format=flowed; delsp=yes')) },
  {
    area: 'flowed-upper-case',
    payloads: ['link'],
    tricks: flowed.slice(0, 1).map(inText('; FORMAT=Flowed; DELSP="Yes"')),
  },
  { area: 'soft-break', payloads: ['link'], tricks: softBreaks.map(inText('', split, 'quoted-printable')) },
];
