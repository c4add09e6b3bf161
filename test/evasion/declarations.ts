/** What the header of a part says, broken or in unusual forms. */
import { delimited, lines, messageOf, mixed, plainPart, type Entity } from './mime.ts';
import { entityOf, type Payload } from './payloads.ts';
import { all, files, type Trick, type Tricks } from './trick.ts';

const named =
  (disposition: (name: string) => string, type?: string) =>
  (payload: Payload): Entity =>
    mixed(
      plainPart,
      entityOf(payload, { disposition: disposition(payload.name), ...(type !== undefined && { type }) }),
    );

/** The name in Content-Type alone. */
const typeNamed =
  (parameter: (name: string) => string, disposition = 'attachment') =>
  (payload: Payload): Entity =>
    mixed(
      plainPart,
      entityOf(payload, { type: `application/octet-stream${parameter(payload.name)}`, disposition }),
    );

const start = (name: string): string => name.slice(0, 3);
const end = (name: string): string => name.slice(3);
const percent = (name: string): string =>
  [...name].map((each) => `%${each.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
const word = (name: string): string => `=?utf-8?B?${Buffer.from(name).toString('base64')}?=`;
const q = (name: string): string => `=?utf-8?Q?${percent(name).replaceAll('%', '=').toUpperCase()}?=`;
const utf16 = (name: string): string =>
  `=?utf-16be?B?${Buffer.from(name, 'utf16le').swap16().toString('base64')}?=`;
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const disguise = (name: string): string => name.replace(/\..*/, '.txt');

const rfc2231: readonly Trick[] = [
  ['extended', 'all (RFC 2231 §4)', named((name) => `attachment; filename*=utf-8''${percent(name)}`)],
  ['extended-without-charset', 'all', named((name) => `attachment; filename*=''${name}`)],
  ['extended-with-language', 'all', named((name) => `attachment; filename*=us-ascii'en'${percent(name)}`)],
  [
    'extended-quoted',
    'Gmail, Thunderbird',
    named((name) => `attachment; filename*="utf-8''${percent(name)}"`),
  ],
  [
    'extended-without-quotes-in-it',
    'Outlook, Python',
    named((name) => `attachment; filename*=${percent(name)}`),
  ],
  ['extended-unknown-charset', 'all', named((name) => `attachment; filename*=x-none''${percent(name)}`)],
  [
    'extended-utf-16',
    'Thunderbird',
    named(
      (name) => `attachment; filename*=utf-16be''${[...name].map((each) => `%00${percent(each)}`).join('')}`,
    ),
  ],
  [
    'extended-utf-7',
    'Thunderbird',
    named((name) => `attachment; filename*=utf-7''${name.replace('.', '+AC4-')}`),
  ],
  [
    'pieces',
    'all (RFC 2231 §3)',
    named((name) => `attachment; filename*0="${start(name)}"; filename*1="${end(name)}"`),
  ],
  [
    'pieces-extended',
    'all',
    named(
      (name) => `attachment; filename*0*=utf-8''${percent(start(name))}; filename*1*=${percent(end(name))}`,
    ),
  ],
  [
    'pieces-mixed',
    'all',
    named((name) => `attachment; filename*0*=utf-8''${percent(start(name))}; filename*1="${end(name)}"`),
  ],
  [
    'pieces-plain-then-extended',
    'Python',
    named((name) => `attachment; filename*0="${start(name)}"; filename*1*=${percent(end(name))}`),
  ],
  [
    'pieces-out-of-order',
    'all',
    named((name) => `attachment; filename*1="${end(name)}"; filename*0="${start(name)}"`),
  ],
  [
    'pieces-from-1',
    'Outlook, mailparser',
    named((name) => `attachment; filename*1="${start(name)}"; filename*2="${end(name)}"`),
  ],
  [
    'pieces-leading-zero',
    'mailparser, Python',
    named((name) => `attachment; filename*00="${start(name)}"; filename*01="${end(name)}"`),
  ],
  [
    'pieces-gap',
    'mailparser',
    named((name) => `attachment; filename*0="${start(name)}"; filename*5="${end(name)}"`),
  ],
  [
    'pieces-twice',
    'one or the other',
    named((name) => `attachment; filename*0="${start(name)}"; filename*1=".txt"; filename*1="${end(name)}"`),
  ],
  [
    'pieces-150',
    'Python',
    named(
      (name) =>
        `attachment; ${[...`${'a'.repeat(150)}${name}`].map((each, i) => `filename*${i}="${each}"`).join('; ')}`,
    ),
  ],
  [
    'plain-beside-extended',
    'Outlook shows the plain one',
    named((name) => `attachment; filename="${name}"; filename*=utf-8''${disguise(name)}`),
  ],
  [
    'extended-beside-plain',
    'all others the extended one',
    named((name) => `attachment; filename="${disguise(name)}"; filename*=utf-8''${name}`),
  ],
  [
    'pieces-beside-plain',
    'Thunderbird',
    named(
      (name) =>
        `attachment; filename="${disguise(name)}"; filename*0="${start(name)}"; filename*1="${end(name)}"`,
    ),
  ],
  [
    'plain-beside-pieces',
    'Outlook',
    named((name) => `attachment; filename="${name}"; filename*0="a."; filename*1="txt"`),
  ],
  ['type-extended', 'all', typeNamed((name) => `; name*=utf-8''${percent(name)}`)],
  ['type-pieces', 'all', typeNamed((name) => `; name*0="${start(name)}"; name*1="${end(name)}"`)],
  [
    'type-extended-beside-plain',
    'Thunderbird',
    typeNamed((name) => `; name="${disguise(name)}"; name*=utf-8''${name}`),
  ],
  [
    'type-plain-beside-extended',
    'Outlook',
    typeNamed((name) => `; name="${name}"; name*=utf-8''${disguise(name)}`),
  ],
  [
    'quoted-pairs-in-piece',
    'Thunderbird',
    named((name) => `attachment; filename*0="${start(name)}"; filename*1="${end(name).replace('.', '\\.')}"`),
  ],
];

const words: readonly Trick[] = [
  ['base64', 'Outlook, Gmail, Thunderbird', named((name) => `attachment; filename="${word(name)}"`)],
  ['quoted-printable', 'Outlook, Gmail, Thunderbird', named((name) => `attachment; filename="${q(name)}"`)],
  ['unquoted', 'Outlook, Gmail', named((name) => `attachment; filename=${word(name)}`)],
  [
    'lower-case',
    'Outlook, Gmail',
    named((name) => `attachment; filename="${word(name).replace('?B?', '?b?')}"`),
  ],
  [
    'two',
    'Outlook, Gmail',
    named((name) => `attachment; filename="${word(start(name))} ${word(end(name))}"`),
  ],
  [
    'two-folded',
    'Outlook, Gmail',
    named((name) => `attachment; filename="${word(start(name))}\r\n ${q(end(name))}"`),
  ],
  ['two-joined', 'Gmail', named((name) => `attachment; filename="${word(start(name))}${word(end(name))}"`)],
  ['utf-16', 'Outlook', named((name) => `attachment; filename="${utf16(name)}"`)],
  ['utf-7', 'Outlook', named((name) => `attachment; filename="=?utf-7?Q?${name.replace('.', '+AC4-')}?="`)],
  [
    'without-padding',
    'Outlook, Gmail',
    named(
      (name) =>
        `attachment; filename="${word(name).replaceAll('=', (sign, at) => (at > 10 && at < word(name).length - 1 ? '' : sign))}"`,
    ),
  ],
  [
    'language',
    'RFC 2231 §5',
    named((name) => `attachment; filename="${word(name).replace('utf-8', 'utf-8*en')}"`),
  ],
  [
    'within-a-word',
    'Outlook, Thunderbird',
    named((name) => `attachment; filename="${start(name)}${word(end(name))}"`),
  ],
  [
    'ending-only',
    'Outlook',
    named((name) => `attachment; filename="a${word(name.slice(name.indexOf('.')))}"`),
  ],
  ['blank-in-it', 'Outlook, mailparser', named((name) => `attachment; filename="=?utf-8?Q?${name}_ ?="`)],
  ['in-extended', 'Gmail', named((name) => `attachment; filename*="${word(name)}"`)],
  [
    'in-pieces',
    'Outlook',
    named(
      (name) => `attachment; filename*0="${word(name).slice(0, 15)}"; filename*1="${word(name).slice(15)}"`,
    ),
  ],
  ['in-type', 'all', typeNamed((name) => `; name="${word(name)}"`)],
  [
    'nul-in-it',
    'Outlook ends the name at NUL',
    named((name) => `attachment; filename="${word(`${name}\0.txt`)}"`),
  ],
  [
    'line-end-in-it',
    'Thunderbird drops it',
    named((name) => `attachment; filename="${word(name.replace('.', '.\r\n'))}"`),
  ],
];

const parameters: readonly Trick[] = [
  ['unquoted', 'all', named((name) => `attachment; filename=${name}`)],
  ['upper-case', 'all', named((name) => `ATTACHMENT; FILENAME="${name.toUpperCase()}"`)],
  ['single-quotes', 'Outlook, Gmail', named((name) => `attachment; filename='${name}'`)],
  ['blanks-around-equals', 'all', named((name) => `attachment; filename = "${name}"`)],
  ['blank-in-unquoted', 'Outlook, Gmail', named((name) => `attachment; filename=my ${name}`)],
  ['folded', 'all', named((name) => `attachment;\r\n\tfilename="${name}"`)],
  ['folded-in-quotes', 'Thunderbird', named((name) => `attachment; filename="my\r\n ${name}"`)],
  ['quote-not-closed', 'all', named((name) => `attachment; filename="${name}`)],
  ['quote-closed-only', 'Outlook', named((name) => `attachment; filename=${name}"`)],
  ['quoted-pair', 'all', named((name) => `attachment; filename="${name.replace('.', '\\.')}"`)],
  ['quoted-pair-quote', 'all', named((name) => `attachment; filename="a\\"${name}"`)],
  ['no-semicolon', 'Outlook', named((name) => `attachment filename="${name}"`)],
  ['comma', 'Outlook', named((name) => `attachment, filename="${name}"`)],
  ['no-value', 'Outlook, Thunderbird', named((name) => `; filename="${name}"`)],
  ['value-left-out', 'Outlook, Gmail', named((name) => `filename="${name}"`)],
  ['empty-parameters', 'all', named((name) => `attachment;;; ; filename="${name}"`)],
  ['parameter-without-value', 'all', named((name) => `attachment; size; filename="${name}"`)],
  ['comment-after', 'Python, Thunderbird', named((name) => `attachment; filename=${name} (a file)`)],
  ['comment-before', 'Python', named((name) => `attachment; (a file) filename="${name}"`)],
  ['comment-in-value', 'all', named((name) => `(x) attachment (y); filename="${name}"`)],
  ['comment-nested', 'Python', named((name) => `attachment (a (b) ; c) ; filename="${name}"`)],
  ['twice-first', 'one or the other', named((name) => `attachment; filename="${name}"; filename="a.txt"`)],
  ['twice-last', 'one or the other', named((name) => `attachment; filename="a.txt"; filename="${name}"`)],
  [
    'parameter-101',
    'all',
    named(
      (name) =>
        `attachment; ${Array.from({ length: 101 }, (_, i) => `x${i}=1`).join('; ')}; filename="${name}"`,
    ),
  ],
  ['trailing-dot', 'Windows saves it without', named((name) => `attachment; filename="${name}."`)],
  ['trailing-dots-blanks', 'Windows saves it without', named((name) => `attachment; filename="${name} . ."`)],
  ['trailing-nbsp', 'all', named((name) => `attachment; filename*=utf-8''${name}%C2%A0`)],
  [
    'zero-width',
    'all show it as the bare name',
    named((name) => `attachment; filename*=utf-8''${name.replace('.', '.%E2%80%8B')}`),
  ],
  [
    'soft-hyphen',
    'all show it as the bare name',
    named((name) => `attachment; filename*=utf-8''${name.replace('.', '.%C2%AD')}`),
  ],
  [
    'variation-selector',
    'all show it as the bare name',
    named((name) => `attachment; filename*=utf-8''${name}%EF%B8%8F`),
  ],
  ['right-to-left', 'all', named((name) => `attachment; filename*=utf-8''a%E2%80%AEtxt.${name}`)],
  ['fullwidth', 'Windows, NFKC', named((name) => `attachment; filename="${utf8(name.replace('.', '．'))}"`)],
  [
    'one-dot-leader',
    'Windows, NFKC',
    named((name) => `attachment; filename="${utf8(name.replace('.', '\u2024'))}"`),
  ],
  [
    'control-in-extended',
    'Outlook drops it',
    named((name) => `attachment; filename*=utf-8''${name.replace('.', '.%01')}`),
  ],
  ['tab-in-name', 'Thunderbird', named((name) => `attachment; filename="${name.replace('.', '.\t')}"`)],
  [
    'nul-in-extended',
    'Outlook ends the name there',
    named((name) => `attachment; filename*=utf-8''${name}%00.txt`),
  ],
  ['path', 'all save the last part', named((name) => `attachment; filename="C:\\\\a\\\\${name}"`)],
  ['path-slashes', 'all save the last part', named((name) => `attachment; filename="../../${name}"`)],
  ['trailing-slash', 'Gmail: a slash is dropped', named((name) => `attachment; filename="${name}/"`)],
  [
    'alternate-stream',
    'Windows: the name before the colon',
    named((name) => `attachment; filename="${name}::$DATA"`),
  ],
  ['long', 'all', named((name) => `attachment; filename="${'a'.repeat(300)}${name}"`)],
  ['long-in-type', 'all', typeNamed((name) => `; name="${'a'.repeat(300)}${name}"`)],
  ['long-blanks', 'all', named((name) => `attachment; filename="a.txt${' '.repeat(280)}.${name}"`)],
  [
    'empty-filename-beside-name',
    'Thunderbird, mailparser',
    (payload) =>
      mixed(
        plainPart,
        entityOf(payload, {
          type: `application/octet-stream; name="${payload.name}"`,
          disposition: 'attachment; filename=""',
        }),
      ),
  ],
  [
    'filename-harmless-beside-name',
    'Outlook Express',
    (payload) =>
      mixed(
        plainPart,
        entityOf(payload, {
          type: `application/octet-stream; name="${payload.name}"`,
          disposition: 'attachment; filename="a.txt"',
        }),
      ),
  ],
  [
    'name-harmless-beside-filename',
    'all',
    (payload) =>
      mixed(
        plainPart,
        entityOf(payload, {
          type: 'application/octet-stream; name="a.txt"',
          disposition: `attachment; filename="${payload.name}"`,
        }),
      ),
  ],
  ['type-only', 'all', typeNamed((name) => `; name="${name}"`)],
  ['type-only-inline', 'all', typeNamed((name) => `; name="${name}"`, 'inline')],
  ['filename-in-type', 'Outlook', typeNamed((name) => `; filename="${name}"`)],
  ['name-in-disposition', 'Outlook Express', named((name) => `attachment; name="${name}"`)],
  ['disposition-unknown', 'RFC 2183 §2.8', named((name) => `x-any; filename="${name}"`)],
  ['disposition-quoted', 'Outlook', named((name) => `"attachment"; filename="${name}"`)],
  ['disposition-form-data', 'all', named((name) => `form-data; name=a; filename="${name}"`)],
  [
    'description',
    'Apple Mail, Outlook',
    (payload) =>
      mixed(
        plainPart,
        entityOf(payload, {
          fields: [
            'Content-Type: application/octet-stream',
            'Content-Transfer-Encoding: base64',
            `Content-Description: ${payload.name}`,
          ],
        }),
      ),
  ],
  [
    'dispositions-first',
    'one or the other',
    (payload) =>
      mixed(plainPart, withFields(entityOf(payload), 'Content-Disposition: attachment; filename="a.txt"')),
  ],
  [
    'dispositions-last',
    'one or the other',
    (payload) =>
      mixed(
        plainPart,
        withFields(
          entityOf(payload, { disposition: 'attachment; filename="a.txt"' }),
          `Content-Disposition: attachment; filename="${payload.name}"`,
        ),
      ),
  ],
];

const withFields = ({ fields, body }: Entity, ...more: readonly string[]): Entity => ({
  fields: [...fields, ...more],
  body,
});

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
  { area: 'rfc2231', payloads: ['script'], tricks: rfc2231 },
  { area: 'encoded-word', payloads: ['script'], tricks: words },
  { area: 'parameter', payloads: ['script'], tricks: parameters },
  { area: 'file', payloads: files, tricks: typesOfFiles },
  { area: 'html', payloads: ['html'], tricks: typeOfHtml },
  { area: 'multipart', payloads: ['program', 'html'], tricks: typeOfMultipart },
  { area: 'header', payloads: all, tricks: sections },
];
