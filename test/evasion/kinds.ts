/** Parts declared as something else, and parts of types that programs show in place. */
import { base64, mixed, plainPart, type Entity } from './mime.ts';
import { entityOf, type Payload } from './payloads.ts';
import { files, type Trick, type Tricks } from './trick.ts';

const asMessage =
  (type: string, encoding = 'base64') =>
  (payload: Payload): Entity =>
    mixed(
      plainPart,
      entityOf(payload, { type, encoding, ...(encoding !== 'base64' && { body: payload.octets }) }),
    );

/** A file declared as something that is not a file. */
const declaredAs: readonly Trick[] = [
  ['rfc822', 'Outlook, Gmail save it under its name', asMessage('message/rfc822')],
  ['rfc822-8bit', 'Outlook, Gmail save it under its name', asMessage('message/rfc822', '8bit')],
  ['global', 'Gmail', asMessage('message/global')],
  ...[
    'delivery-status',
    'news',
    'partial; id=a; number=1; total=1',
    'disposition-notification',
    'x-any',
    'http',
  ].map((subtype): Trick => [
    `message-${subtype.split(';')[0]!}`,
    'all save it under its name',
    asMessage(`message/${subtype}`),
  ]),
  ['external-body', 'Python, Gmail', asMessage('message/external-body; access-type=local-file')],
  ...[
    'text/plain',
    'text/html',
    'text/calendar',
    'text/rfc822-headers',
    'image/png',
    'audio/wav',
    'font/ttf',
    'model/x',
    'x-a/x-b',
  ].map((type): Trick => [type.replace('/', '-'), 'all save it under its name', asMessage(type)]),
  ['multipart-mixed', 'Gmail, Python: a leaf for want of a boundary', asMessage('multipart/mixed')],
  [
    'multipart-mixed-boundary',
    'Gmail, Python: no delimiter is in it',
    asMessage('multipart/mixed; boundary=none'),
  ],
  ['pgp-encrypted', 'all', asMessage('application/pgp-encrypted')],
  ['pkcs7-signature', 'all but Outlook', asMessage('application/pkcs7-signature')],
  ['ms-tnef', 'all but Outlook', asMessage('application/ms-tnef')],
  ['applefile', 'all but Apple Mail', asMessage('application/applefile')],
];

/** Text under a type that programs show in place. */
const shownInPlace: readonly Trick[] = [
  ...['delivery-status', 'disposition-notification', 'feedback-report', 'x-any', 'tracking-status'].map(
    (subtype): Trick => [
      `message-${subtype}`,
      'Thunderbird, Apple Mail show it as text',
      (payload) => mixed(plainPart, entityOf(payload, { type: `message/${subtype}` })),
    ],
  ),
  ...[
    'enriched',
    'richtext',
    'x-unknown',
    'markdown',
    'css',
    'xml',
    'csv',
    'rfc822-headers',
    'x-amp-html',
    'watch-html',
  ].map((subtype): Trick => [
    `text-${subtype}`,
    'all but the types known to them: as plain text',
    (payload) => mixed(plainPart, entityOf(payload, { type: `text/${subtype}` })),
  ]),
  ['inline-disposition', 'all', (payload) => mixed(plainPart, entityOf(payload, { disposition: 'inline' }))],
  [
    'inline-named',
    'Thunderbird, Apple Mail show it in place',
    (payload) => mixed(plainPart, entityOf(payload, { disposition: 'inline; filename=a.txt' })),
  ],
  [
    'attached-named',
    'opened by who reads it',
    (payload) =>
      mixed(
        plainPart,
        entityOf(payload, {
          disposition: `attachment; filename=a.${payload.shows === 'html' ? 'html' : 'txt'}`,
        }),
      ),
  ],
];

const htmlFiles: readonly Trick[] = [
  ...['page.html', 'page.htm', 'page.xhtml', 'page.shtml', 'picture.svg', 'page.mht'].map((name): Trick => [
    `octet-stream-${name}`,
    'a browser opens it by its name',
    (payload) =>
      mixed(
        plainPart,
        entityOf(payload, {
          type: 'application/octet-stream',
          encoding: 'base64',
          body: base64(payload.octets),
          disposition: `attachment; filename="${name}"`,
        }),
      ),
  ]),
  ...['application/xhtml+xml', 'image/svg+xml', 'text/xml', 'application/xml'].map((type): Trick => [
    type.replace('/', '-'),
    'a browser, Thunderbird',
    (payload) => mixed(plainPart, entityOf(payload, { type })),
  ]),
];

export const kinds: readonly Tricks[] = [
  { area: 'declared-as', payloads: files, tricks: declaredAs },
  { area: 'shown-in-place', payloads: ['link'], tricks: shownInPlace },
  { area: 'html-file', payloads: ['html'], tricks: htmlFiles },
  {
    area: 'html-shown-in-place',
    payloads: ['html'],
    tricks: shownInPlace.filter(([name]) => /named|inline/.test(name)),
  },
];
