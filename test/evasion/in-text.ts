/** Files that stand in text. */
import { base64, binHex, lines, mixed, plainPart, uuencode, yEnc, type Entity } from './mime.ts';
import type { Payload } from './payloads.ts';
import { files, type Trick, type Tricks } from './trick.ts';

/** A file in a text part. */
const inText =
  (make: (octets: string, name: string) => string, type = 'text/plain') =>
  (payload: Payload): Entity => ({
    fields: [`Content-Type: ${type}`],
    body: lines('Good morning.', '', make(payload.octets, payload.name), '', 'Good evening.'),
  });
const attached =
  (type: string, make: (octets: string, name: string) => string) =>
  (payload: Payload): Entity =>
    mixed(plainPart, {
      fields: [`Content-Type: ${type}`, 'Content-Disposition: attachment; filename="a.txt"'],
      body: make(payload.octets, payload.name),
    });

const inTexts: readonly Trick[] = [
  ['uuencode', 'Outlook, Thunderbird', inText((octets, name) => uuencode(octets, name))],
  ['uuencode-666', 'Outlook, Thunderbird', inText((octets, name) => uuencode(octets, name, 'begin 666'))],
  [
    'uuencode-4-digits',
    'Outlook, Thunderbird',
    inText((octets, name) => uuencode(octets, name, 'begin 0644')),
  ],
  ['uuencode-two-blanks', 'Outlook', inText((octets, name) => uuencode(octets, name, 'begin  644 '))],
  ['uuencode-upper-case', 'Outlook', inText((octets, name) => uuencode(octets, name, 'BEGIN 644'))],
  [
    'uuencode-name-with-blanks',
    'Outlook, Thunderbird',
    inText((octets, name) => uuencode(octets, `my ${name}`)),
  ],
  ['uuencode-quoted-name', 'Outlook', inText((octets, name) => uuencode(octets, `"${name}"`))],
  ['uuencode-trailing-blank', 'Outlook, Thunderbird', inText((octets, name) => uuencode(octets, `${name} `))],
  [
    'uuencode-without-end',
    'Outlook',
    inText((octets, name) => uuencode(octets, name).replace('\r\nend', '')),
  ],
  ['uuencode-blanks-for-zero', 'all', inText((octets, name) => uuencode(octets, name).replaceAll('`', ' '))],
  [
    'uuencode-base64',
    'Thunderbird, mutt (POSIX)',
    inText((octets, name) => lines(`begin-base64 644 ${name}`, base64(octets), '====')),
  ],
  [
    'uuencode-after-megabyte',
    'Outlook, Thunderbird',
    inText((octets, name) => `${'Good morning.\r\n'.repeat(75_000)}${uuencode(octets, name)}`),
  ],
  ['uuencode-in-html', 'Outlook Express', inText((octets, name) => uuencode(octets, name), 'text/html')],
  [
    'uuencode-attached',
    'opened by who reads it',
    attached('text/plain', (octets, name) => uuencode(octets, name)),
  ],
  [
    'uuencode-octet-stream',
    'opened by who reads it',
    attached('application/octet-stream', (octets, name) => uuencode(octets, name)),
  ],
  [
    'uuencode-25th',
    'Outlook',
    inText((octets, name) =>
      lines(...Array<string>(24).fill(uuencode('x', 'a.txt')), uuencode(octets, name)),
    ),
  ],
  [
    'uuencode-no-type',
    'Outlook, Thunderbird',
    (payload) => ({ fields: [], body: lines('', uuencode(payload.octets, payload.name)) }),
  ],
  [
    'uuencode-in-base64',
    'Outlook, Thunderbird',
    (payload) => ({
      fields: ['Content-Type: text/plain', 'Content-Transfer-Encoding: base64'],
      body: base64(uuencode(payload.octets, payload.name)),
    }),
  ],
  [
    'uuencode-lf-in-base64',
    'Outlook, Thunderbird',
    (payload) => ({
      fields: ['Content-Type: text/plain', 'Content-Transfer-Encoding: base64'],
      body: base64(uuencode(payload.octets, payload.name).replaceAll('\r\n', '\n')),
    }),
  ],
  [
    'uuencode-second-part',
    'Outlook, Thunderbird',
    (payload) =>
      mixed(plainPart, {
        fields: ['Content-Type: text/plain'],
        body: uuencode(payload.octets, payload.name),
      }),
  ],
  ['yenc', 'Thunderbird, news readers', inText(yEnc)],
  [
    'yenc-8bit',
    'Thunderbird',
    (payload) => ({
      fields: ['Content-Type: text/plain', 'Content-Transfer-Encoding: 8bit'],
      body: yEnc(payload.octets, payload.name),
    }),
  ],
  [
    'yenc-part-1-of-1',
    'Thunderbird',
    inText((octets, name) =>
      yEnc(octets, name).replace(
        /^(=ybegin) (.*\r\n)/,
        `$1 part=1 total=1 $2=ypart begin=1 end=${octets.length}\r\n`,
      ),
    ),
  ],
  ['yenc-octet-stream', 'Thunderbird', attached('application/octet-stream', yEnc)],
  ['binhex', 'Apple Mail, Outlook', attached('application/mac-binhex40', binHex)],
  ['binhex-in-text', 'Apple Mail', inText(binHex)],
];

export const filesInText: readonly Tricks[] = [{ area: 'in-text', payloads: files, tricks: inTexts }];
