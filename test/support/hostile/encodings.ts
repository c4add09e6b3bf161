/** Encodings and charsets that are broken, or of which there is too much. */
import { field, message, sized, times, type Maker } from './shapes.ts';

export const encodings: readonly Maker[] = [
  [
    'base64 with everything else in it',
    () => message('Content-Transfer-Encoding: base64\r\n', `${'!@#$%\r\n'.repeat(10_000)}YQ==\r\n`),
  ],
  ...sized('pieces of base64', [1_000, 100_000], (n) =>
    message('Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n', 'YQ==\r\n'.repeat(n)),
  ),
  ...sized('equals signs in base64', [1_000_000], (n) =>
    message('Content-Transfer-Encoding: base64\r\n', `${'='.repeat(n)}\r\n`),
  ),
  ...sized('equals signs in quoted-printable', [1_000_000], (n) =>
    message('Content-Transfer-Encoding: quoted-printable\r\n', `${'='.repeat(n)}\r\n`),
  ),
  ...sized('soft breaks', [300_000], (n) =>
    message('Content-Transfer-Encoding: quoted-printable\r\n', '=\r\n'.repeat(n)),
  ),
  [
    'soft breaks behind blanks',
    () =>
      message(
        'Content-Transfer-Encoding: quoted-printable\r\n',
        `${`=${' '.repeat(70)}`.repeat(10_000)}\r\n`,
      ),
  ],
  [
    'NULs behind an encoding',
    () => message('Content-Transfer-Encoding: quoted-printable\r\n', `${'=00'.repeat(20_000)}\r\n`),
  ],
  ['an encoding that nobody knows', () => message('Content-Transfer-Encoding: x-hostile\r\n')],
  [
    'uuencode in text',
    () =>
      message(
        '',
        `begin 644 a.exe\r\n${'M35J0  P    $    __\\  +@         0                         \r\n'.repeat(2_000)}\`\r\nend\r\n`,
      ),
  ],
  ...sized('beginnings of uuencode', [50_000], (n) => message('', 'begin 644 x\r\n'.repeat(n))),
  ...[
    'utf-16',
    'utf-16le',
    'utf-7',
    'utf-32',
    'iso-2022-jp',
    'gb18030',
    'big5',
    'shift_jis',
    'euc-kr',
    'x-user-defined',
    'hz-gb-2312',
    'ibm866',
    'x',
    '',
    'utf-8\\"',
  ].map((charset): Maker => [
    `octets that are no ${charset === '' ? 'charset' : charset}`,
    () =>
      message(
        `Content-Type: text/plain; charset="${charset}"\r\nContent-Transfer-Encoding: 8bit\r\n`,
        Buffer.concat([
          ...times(2_000, (i) => Buffer.from([0x80 | (i & 0x7f), 0x1b, 0x24, 0xff, 0xd8 ^ (i & 1), 0x41])),
          Buffer.from('\r\n'),
        ]),
      ),
  ]),
  [
    'controls of direction',
    () =>
      message(
        'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n',
        Buffer.from(`${'\u202e\u2066\u200f\u061c'.repeat(5_000)}\r\n`),
      ),
  ],
  [
    'combining marks',
    () =>
      message('Content-Type: text/plain; charset=utf-8\r\n', Buffer.from(`a${'\u0301'.repeat(50_000)}\r\n`)),
  ],
  [
    'emoji joined for ever',
    () =>
      message('Content-Type: text/plain; charset=utf-8\r\n', Buffer.from(`${'👩\u200d'.repeat(50_000)}\r\n`)),
  ],
  [
    'noncharacters',
    () =>
      message(
        'Content-Type: text/plain; charset=utf-8\r\n',
        Buffer.from(`${'\ufffe\uffff\u{10ffff}\ufdd0'.repeat(3_000)}\r\n`),
      ),
  ],
  [
    'letters that look alike',
    () => field(`From: =?utf-8?q?${'=D0=B0'.repeat(200)}?= <\xd0\xb0@xn--80ak6aa92e.test>`),
  ],
];
