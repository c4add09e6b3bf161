/** What the header of a part says, broken or in unusual forms. */
import { delimited, lines, messageOf, mixed, plainPart, withFields, type Entity } from './mime.ts';
import { entityOf, type Payload } from './payloads.ts';
import { all, files, type Trick, type Tricks } from './trick.ts';

/** Types of a file that programs save whatever they say. */
const fileTypes = [
  ...[
    '',
    ';',
    ';;',
    'x',
    'text',
    'text/',
    '/plain',
    '/',
    'application',
    'text/plain/any',
    'text plain',
    'text\\plain',
  ],
  ...[
    '"text/plain"',
    '(text/plain)',
    'text/plain; charset',
    'text/plain; =x',
    'text/(x)plain',
    '\x01/\x02',
    '\xe4/\xf6',
  ],
  ...[
    'multipart',
    'multipart/',
    'multipart;',
    'message',
    'message/',
    'image',
    'text/plain text/html',
    'text=plain',
    '*/*',
  ],
];

const typesOfFiles: readonly Trick[] = fileTypes.map((type) => [
  `type-${JSON.stringify(type).slice(1, -1).replaceAll('/', '|')}`,
  'all: a file by its name and octets',
  (payload) => mixed(plainPart, entityOf(payload, { type })),
]);

const typesOfHtml = [
  ...[
    'TEXT/HTML',
    'text / html',
    'text/ html',
    'text /html',
    'text/html;',
    'text/html;;charset=utf-8',
    'text/html; charset',
    'text/html charset=utf-8',
  ],
  ...[
    'text/html, text/plain',
    'text/html(x)',
    '(x)text/html',
    'text/(x)html',
    'text/(x) html (y)',
    '"text/html"',
    'text/html; charset="utf-8',
    'text/"html"',
  ],
  ...[
    '\r\n text/html',
    'text/\r\n html',
    '\ttext/html\t',
    'text/html; =',
    "text/html; charset*=us-ascii''utf-8",
    'text/html; (;) charset=utf-8',
    'text/html:',
  ],
  ...[
    'application/xhtml+xml',
    'text/x-html',
    'html',
    'text',
    'text/html/',
    'text//html',
    ';text/html',
    'text/html; format=flowed',
    'text/enriched',
  ],
];

const typeOfHtml: readonly Trick[] = typesOfHtml.map((type) => [
  `type-${JSON.stringify(type).slice(1, -1).replaceAll('/', '|')}`,
  'Outlook, Thunderbird: HTML by what it says or by its octets',
  (payload) => entityOf(payload, { type }),
]);

const multipartTypes = [
  ...[
    'multipart',
    'multipart/',
    'multipart / mixed',
    'multipart /mixed',
    'multipart/ mixed',
    'MULTIPART/MIXED',
    'multipart/(x)mixed',
  ],
  ...[
    '(x)multipart/mixed',
    'multipart/mixed (x)',
    'multipart/mixed/x',
    '"multipart/mixed"',
    'multipart\\mixed',
    'multipart;',
    'Multipart/Mixed;;',
  ],
  ...[
    'multipart/mixed; charset=utf-8',
    'multipart/mixed; x',
    'multipart/mixed; =',
    'multipart/mixed, text/plain',
    'multipart//mixed',
    '\r\n multipart/mixed',
  ],
  ...[
    'x-multipart/mixed',
    'text/plain, multipart/mixed',
    'multi(x)part/mixed',
    '; multipart/mixed',
    'multipart/mixed; type="text/plain; a"',
  ],
];

const typeOfMultipart: readonly Trick[] = multipartTypes.map((type) => [
  `type-${JSON.stringify(type).slice(1, -1).replaceAll('/', '|')}`,
  'Outlook, Gmail or Thunderbird read the parts',
  (payload) => ({
    fields: [`Content-Type: ${type}; boundary="outer_1"`],
    body: delimited([plainPart, entityOf(payload)], 'outer_1'),
  }),
]);

const around =
  (...before: readonly string[]) =>
  (payload: Payload): Entity => {
    const { fields, body } = mixed(plainPart, entityOf(payload));
    return { fields: [...before, ...fields], body };
  };
const filler = (count: number, length = 1): string[] =>
  Array.from({ length: count }, (_, i) => `X-${i}: ${'x'.repeat(length)}`);

const sections: readonly Trick[] = [
  ['no-mime-version', 'all', (payload) => messageOf(mixed(plainPart, entityOf(payload)), [])],
  [
    'mime-version-2',
    'all',
    (payload) => messageOf(mixed(plainPart, entityOf(payload)), ['MIME-Version: 2.0']),
  ],
  [
    'mime-version-comment',
    'all',
    (payload) => messageOf(mixed(plainPart, entityOf(payload)), ['MIME-Version: (x) 1.0 (y)']),
  ],
  [
    'mime-version-twice',
    'all',
    (payload) => messageOf(mixed(plainPart, entityOf(payload)), ['MIME-Version: 1.0', 'MIME-Version: 1.1']),
  ],
  [
    'types-first',
    'one or the other',
    (payload) => withFields(mixed(plainPart, entityOf(payload)), 'Content-Type: text/plain'),
  ],
  ['types-last', 'one or the other', around('Content-Type: text/plain')],
  ['types-empty-first', 'Outlook, Thunderbird', around('Content-Type:')],
  ['types-other-boundary-first', 'one or the other', around('Content-Type: multipart/mixed; boundary=other')],
  [
    'types-other-boundary-last',
    'one or the other',
    (payload) =>
      withFields(mixed(plainPart, entityOf(payload)), 'Content-Type: multipart/mixed; boundary=other'),
  ],
  [
    'types-of-part',
    'one or the other',
    (payload) => mixed(plainPart, withFields(entityOf(payload), 'Content-Type: application/octet-stream')),
  ],
  [
    'types-of-part-first',
    'one or the other',
    (payload) =>
      mixed(plainPart, {
        ...entityOf(payload),
        fields: ['Content-Type: message/external-body; access-type=x', ...entityOf(payload).fields],
      }),
  ],
  ['blank-before-colon', 'all', (payload) => rewritten(payload, (field) => field.replace(':', ' :'))],
  ['tab-before-colon', 'all', (payload) => rewritten(payload, (field) => field.replace(':', '\t:'))],
  ['no-blank-after-colon', 'all', (payload) => rewritten(payload, (field) => field.replace(': ', ':'))],
  [
    'lower-case',
    'all',
    (payload) => rewritten(payload, (field) => field.replace(/^[^:]*/, (name) => name.toLowerCase())),
  ],
  [
    'upper-case',
    'all',
    (payload) => rewritten(payload, (field) => field.replace(/^[^:]*/, (name) => name.toUpperCase())),
  ],
  ['folded-after-colon', 'all', (payload) => rewritten(payload, (field) => field.replace(': ', ':\r\n '))],
  ['folded-at-blanks', 'all', (payload) => rewritten(payload, (field) => field.replace(/; /g, ';\r\n\t'))],
  [
    'folded-by-empty-line',
    'Outlook: a line of blanks goes on with the header',
    (payload) => rewritten(payload, (field) => field.replace(/; /g, ';\r\n \r\n ')),
  ],
  ['odd-line-before', 'all but Python', around('This is no field')],
  [
    'odd-line-in-part',
    'all but Python',
    (payload) =>
      mixed(plainPart, { ...entityOf(payload), fields: ['This is no field', ...entityOf(payload).fields] }),
  ],
  ['empty-name', 'all', around(': x')],
  ['8-bit-name', 'all', around('X-\xe4: x')],
  [
    'continuation-first',
    'all',
    (payload) => mixed(plainPart, { ...entityOf(payload), fields: [' x', ...entityOf(payload).fields] }),
  ],
  [
    'mbox-line-first',
    'Thunderbird, Python',
    (payload) => lines('From a@b Wed Nov 25 10:00:00 2026', messageOf(mixed(plainPart, entityOf(payload)))),
  ],
  [
    'mbox-line-in-part',
    'Thunderbird',
    (payload) =>
      mixed(plainPart, {
        ...entityOf(payload),
        fields: ['From a@b Wed Nov 25 10:00:00 2026', ...entityOf(payload).fields],
      }),
  ],
  ['fields-1100', 'all', around(...filler(1_100))],
  ['fields-of-300-kb', 'all', around(...filler(320, 960))],
  [
    'part-fields-120',
    'all',
    (payload) =>
      mixed(plainPart, { ...entityOf(payload), fields: [...filler(120), ...entityOf(payload).fields] }),
  ],
  [
    'part-fields-of-40-kb',
    'all',
    (payload) =>
      mixed(plainPart, { ...entityOf(payload), fields: [...filler(45, 960), ...entityOf(payload).fields] }),
  ],
  [
    'long-field',
    'all',
    (payload) => rewritten(payload, (field) => field.replace(/; /g, `; x="${'x'.repeat(70_000)}"; `)),
  ],
  [
    'many-comments',
    'all',
    (payload) => rewritten(payload, (field) => field.replace(': ', `: ${'(x)'.repeat(50)}`)),
  ],
];

const rewritten = (payload: Payload, rewrite: (field: string) => string): Entity => {
  const part = entityOf(payload);
  const whole = mixed(plainPart, { fields: part.fields.map(rewrite), body: part.body });
  return { fields: whole.fields.map(rewrite), body: whole.body };
};

export const declarations: readonly Tricks[] = [
  { area: 'file', payloads: files, tricks: typesOfFiles },
  { area: 'html', payloads: ['html'], tricks: typeOfHtml },
  { area: 'multipart', payloads: ['program', 'html'], tricks: typeOfMultipart },
  { area: 'header', payloads: all, tricks: sections },
];
