/** Where in a message the part stands. */
import { base64, delimited, lines, messageOf, mixed, multipart, plainPart, quotedPrintable } from './mime.ts';
import { uuencode, type Entity } from './mime.ts';
import { entityOf, type Payload } from './payloads.ts';
import { all, type Trick, type Tricks } from './trick.ts';

const part = (payload: Payload): Entity => entityOf(payload);
const inner = (payload: Payload): string =>
  messageOf(mixed(plainPart, part(payload))).replaceAll('outer_1', 'inner_2');

const subtypes = [
  ...[
    'mixed',
    'alternative',
    'related',
    'signed',
    'encrypted',
    'report',
    'parallel',
    'form-data',
    'appledouble',
  ],
  ...['header-set', 'x-mixed-replace', 'byteranges', 'voice-message', 'fax-message', 'x-unknown', 'digest'],
];

const multiparts: readonly Trick[] = subtypes.map((subtype) => [
  `multipart-${subtype}`,
  'all: an unknown subtype is read as mixed (RFC 2046 §5.1.3)',
  (payload) => multipart(`multipart/${subtype}`, [plainPart, part(payload)]),
]);

const wrapped =
  (type: string, encoding = '7bit', encode = (text: string): string => text, disposition?: string) =>
  (payload: Payload): Entity =>
    mixed(plainPart, {
      fields: [
        `Content-Type: ${type}`,
        `Content-Transfer-Encoding: ${encoding}`,
        ...(disposition === undefined ? [] : [`Content-Disposition: ${disposition}`]),
      ],
      body: encode(inner(payload)),
    });

function nested(payload: Payload, levels: number): Entity {
  let entity = part(payload);
  for (let level = 0; level < levels; level += 1)
    entity = multipart('multipart/mixed', [plainPart, entity], `level_${level}_`);
  return entity;
}

function messages(payload: Payload, levels: number): Entity {
  let entity = part(payload);
  for (let level = 0; level < levels; level += 1)
    entity = { fields: ['Content-Type: message/rfc822'], body: messageOf(entity) };
  return entity;
}

const places: readonly Trick[] = [
  ['whole', 'all: the message is the part', part],
  ['only-part', 'all', (payload) => mixed(part(payload))],
  ['first-part', 'all', (payload) => mixed(part(payload), plainPart)],
  ['nested-4', 'all', (payload) => nested(payload, 4)],
  ['nested-15', 'all', (payload) => nested(payload, 15)],
  ['nested-40', 'Thunderbird, Python: no limit', (payload) => nested(payload, 40)],
  ['part-600', 'all', (payload) => mixed(...Array<Entity>(600).fill(plainPart), part(payload))],
  [
    'alternative-last-but-one',
    'programs show one alternative or the other',
    (payload) => multipart('multipart/alternative', [plainPart, part(payload), plainPart]),
  ],
  [
    'related-root-by-start',
    'Outlook shows the part that start names',
    (payload) =>
      multipart('multipart/related; start="<root@a>"', [
        plainPart,
        { ...part(payload), fields: ['Content-ID: <root@a>', ...part(payload).fields] },
      ]),
  ],
];

const embedded: readonly Trick[] = [
  ['rfc822', 'all', wrapped('message/rfc822')],
  [
    'rfc822-named',
    'all: a message that is attached',
    wrapped('message/rfc822; name="a.eml"', '7bit', undefined, 'attachment; filename="a.eml"'),
  ],
  ['rfc822-upper-case', 'all', wrapped('MESSAGE/RFC822')],
  ['rfc822-comment', 'all', wrapped('message/rfc822 (a message)')],
  ['rfc822-base64', 'Outlook, Thunderbird decode it', wrapped('message/rfc822', 'base64', base64)],
  [
    'rfc822-quoted-printable',
    'Outlook, Thunderbird decode it',
    wrapped('message/rfc822', 'quoted-printable', quotedPrintable),
  ],
  [
    'rfc822-uuencode',
    'Thunderbird decodes it',
    wrapped('message/rfc822', 'x-uuencode', (text) => uuencode(text, 'a.eml')),
  ],
  [
    'rfc822-bare-lf-in-base64',
    'all: LF ends a line of what is decoded',
    wrapped('message/rfc822', 'base64', (text) => base64(text.replaceAll('\r\n', '\n'))),
  ],
  [
    'rfc822-bare-cr-in-base64',
    'Thunderbird, Python: CR ends a line too',
    wrapped('message/rfc822', 'base64', (text) => base64(text.replaceAll('\r\n', '\r'))),
  ],
  [
    'rfc822-after-mbox-line',
    'Thunderbird, Python pass over the line',
    wrapped('message/rfc822', '7bit', (text) =>
      lines('From anna@sender.test Wed Nov 25 10:00:00 2026', text),
    ),
  ],
  [
    'rfc822-after-escaped-mbox-line',
    'Thunderbird',
    wrapped('message/rfc822', '7bit', (text) =>
      lines('>From anna@sender.test Wed Nov 25 10:00:00 2026', text),
    ),
  ],
  [
    'rfc822-after-blank-line',
    'Outlook passes over it',
    wrapped('message/rfc822', '7bit', (text) => lines('', text)),
  ],
  ['rfc822-2-levels', 'all', (payload) => messages(payload, 2)],
  ['rfc822-12-levels', 'all', (payload) => messages(payload, 12)],
  ['rfc822-40-levels', 'Thunderbird, Python', (payload) => messages(payload, 40)],
  ['global', 'RFC 6532: a message in UTF-8', wrapped('message/global')],
  ['global-base64', 'RFC 6532 allows it', wrapped('message/global', 'base64', base64)],
  ['news', 'Thunderbird shows it as a message', wrapped('message/news')],
  ['x-unknown-message', 'Python reads every message/… as one', wrapped('message/x-unknown')],
  [
    'digest-without-type',
    'RFC 2046 §5.1.5',
    (payload) => multipart('multipart/digest', [{ fields: [], body: inner(payload) }]),
  ],
  ['digest-type-of-its-own', 'RFC 2046 §5.1.5', (payload) => multipart('multipart/digest', [part(payload)])],
  [
    'report-original',
    'all: the message that came back',
    (payload) =>
      multipart('multipart/report; report-type=delivery-status', [
        plainPart,
        { fields: ['Content-Type: message/delivery-status'], body: 'Reporting-MTA: dns; a.test' },
        { fields: ['Content-Type: message/rfc822'], body: inner(payload) },
      ]),
  ],
  [
    'eml-octet-stream',
    'Outlook, Apple Mail open it by its name',
    wrapped('application/octet-stream', 'base64', base64, 'attachment; filename="mail.eml"'),
  ],
  [
    'eml-text',
    'Outlook, Apple Mail open it by its name',
    wrapped('text/plain; name="mail.eml"', '7bit', undefined, 'attachment; filename="mail.eml"'),
  ],
  [
    'eml-by-type-name',
    'Outlook, Apple Mail',
    wrapped('application/x-message; name=MAIL.EML', 'base64', base64),
  ],
  [
    'mht',
    'Outlook, a browser open it by its name',
    wrapped('application/octet-stream', 'base64', base64, 'attachment; filename="page.mht"'),
  ],
  ['mhtml-type', 'a browser', wrapped('multipart/related; boundary="inner_2"')],
  [
    'nws',
    'Outlook Express, Thunderbird',
    wrapped('application/octet-stream', 'base64', base64, 'attachment; filename="a.nws"'),
  ],
  [
    'eml-in-eml',
    'Outlook, Apple Mail',
    (payload) =>
      wrapped(
        'application/octet-stream',
        'base64',
        () =>
          base64(
            messageOf(
              wrapped('application/octet-stream', 'base64', base64, 'attachment; filename="b.eml"')(payload),
            ),
          ),
        'attachment; filename="a.eml"',
      )(payload),
  ],
  [
    'partial-1-of-1',
    'Outlook Express puts it together',
    wrapped('message/partial; id="a@b"; number=1; total=1'),
  ],
  ['partial-1-of-2', 'Outlook Express, mutt', wrapped('message/partial; id="a@b"; number=1; total=2')],
];

/** A part whose encoding is that of the whole multipart. */
const encodedMultipart =
  (encoding: string, encode: (text: string) => string) =>
  (payload: Payload): Entity => ({
    fields: ['Content-Type: multipart/mixed; boundary=outer_1', `Content-Transfer-Encoding: ${encoding}`],
    body: encode(delimited([plainPart, part(payload)], 'outer_1')),
  });

const encodedWholes: readonly Trick[] = [
  ['multipart-base64', 'Outlook decodes it', encodedMultipart('base64', base64)],
  [
    'multipart-quoted-printable',
    'Outlook, mailparser',
    encodedMultipart('quoted-printable', quotedPrintable),
  ],
  [
    'multipart-base64-in-name-only',
    'all read the delimiters as they stand',
    encodedMultipart('base64', (text) => text),
  ],
  ['multipart-quoted-printable-in-name-only', 'all', encodedMultipart('quoted-printable', (text) => text)],
  ['multipart-unknown-encoding', 'all', encodedMultipart('x-unknown', (text) => text)],
];

export const carriers: readonly Tricks[] = [
  { area: 'place', payloads: all, tricks: [...places, ...multiparts, ...encodedWholes] },
  { area: 'message', payloads: all, tricks: embedded },
];
