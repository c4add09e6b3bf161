/** Header sections: counts, sizes, structure and encoded words. */
import { field, lines, message, sized, times, type Maker } from './shapes.ts';

export const header: readonly Maker[] = [
  ...sized('header fields', [1_000, 10_000, 100_000], (n) => message('X-F: y\r\n'.repeat(n))),
  ...sized('different header fields', [5_000, 50_000], (n) =>
    message(times(n, (i) => `X-${i}: y\r\n`).join('')),
  ),
  ...sized('octets in one field', [1_000, 100_000, 1_000_000], (n) => field(`X-Long: ${'y'.repeat(n)}`)),
  ['10 MB header', () => message(`X-Long: ${'y'.repeat(900)}\r\n`.repeat(11_000))],
  ['10 MB header in one field', () => field(`X-Long: ${`y\r\n ${'z'.repeat(900)}`.repeat(11_000)}`)],
  ...sized('continuation lines', [100, 50_000, 500_000], (n) => field(`Subject: a${'\r\n b'.repeat(n)}`)),
  ...sized('blanks in a field', [10_000, 1_000_000], (n) => field(`Subject:${' '.repeat(n)}x`)),
  ['lines that are no fields', () => message(lines(...times(5_000, (i) => `no field ${i}`)))],
  ['no header at all', () => Buffer.from('\r\ntext\r\n')],
  ['nothing but a header', () => Buffer.from('From: a@b.test\r\n')],
  ['an empty message', () => Buffer.from('\r\n')],
  [
    'every singular field twice',
    () =>
      message(
        lines(
          ...times(2, (i) =>
            [
              'From',
              'To',
              'Cc',
              'Subject',
              'Date',
              'Message-ID',
              'Sender',
              'Reply-To',
              'References',
              'In-Reply-To',
              'MIME-Version',
            ]
              .map((name) => `${name}: ${i}`)
              .join('\r\n'),
          ),
        ),
      ),
  ],
  ...sized('addresses in From', [1_000, 100_000], (n) =>
    field(`Sender: x@y.test\r\nFrom: ${'a@b.test, '.repeat(n)}c@d.test`),
  ),
  ...sized('comments within comments', [1_000, 100_000], (n) =>
    field(`From: ${'('.repeat(n)}x${')'.repeat(n)} a@b.test`),
  ),
  ...sized('quotes that never close', [1_000, 100_000], (n) => field(`From: ${'"\\'.repeat(n)} <a@b.test>`)),
  ...sized('groups in To', [10_000], (n) => field(`To: ${'g: a@b.test;'.repeat(n)}`)),
  ...sized('angle brackets', [100_000], (n) => field(`From: ${'<'.repeat(n)}a@b.test${'>'.repeat(n)}`)),
  ...sized('encoded words', [1_000, 30_000], (n) => field(`Subject: ${'=?utf-8?q?=C3=BC?= '.repeat(n)}`)),
  ...sized('beginnings of encoded words', [100_000], (n) => field(`Subject: ${'=?utf-8?q?'.repeat(n)}`)),
  ['encoded words that hide line ends', () => field('Subject: =?utf-8?q?a=0D=0ABcc:_x@y.test=00?=')],
  [
    'encoded words in unknown charsets',
    () => field(`Subject: ${times(4_000, (i) => `=?x-${i}?q?=FF=FE?=`).join(' ')}`),
  ],
  ['encoded words that are no base64', () => field(`Subject: ${'=?utf-8?b?!!==!!?='.repeat(500)}`)],
  ['octets that are no UTF-8', () => field(`Subject: ${'\xff\xfe\xc0\x80'.repeat(1_000)}`)],
  ['unpaired surrogates in UTF-8', () => field(`Subject: ${'\xed\xa0\x80'.repeat(1_000)}`)],
];
