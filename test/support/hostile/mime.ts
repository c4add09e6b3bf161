/** Parts: nesting, counts, boundaries, parameters, and what programs read differently. */
import { base64, lines, message, multipart, sized, times, type Maker } from './shapes.ts';

const nested = (depth: number, close: boolean): Buffer => {
  const open = times(depth, (i) =>
    lines(`Content-Type: multipart/mixed; boundary="b${i}-"`, '', `--b${i}-`),
  ).join('');
  const end = close ? times(depth, (i) => lines(`--b${depth - 1 - i}---`)).join('') : '';
  return message(
    open.slice(0, open.indexOf('\r\n') + 2),
    `${open.slice(open.indexOf('\r\n') + 4)}\r\nx\r\n${end}`,
  );
};

export const mime: readonly Maker[] = [
  ...sized('nested multiparts', [10, 100, 1_000, 20_000], (n) => nested(n, true)),
  ...sized('nested multiparts without an end', [100, 10_000], (n) => nested(n, false)),
  ...sized('nested messages', [10, 100, 20_000], (n) =>
    message('Content-Type: message/rfc822\r\n', 'Content-Type: message/rfc822\r\n\r\n'.repeat(n)),
  ),
  ...sized('parts', [100, 1_000, 100_000], (n) => multipart(`${'--b\r\n\r\nx\r\n'.repeat(n)}--b--\r\n`)),
  ...sized('empty parts', [100_000], (n) => multipart('--b\r\n'.repeat(n))),
  ...sized('ends', [100_000], (n) => multipart(`--b\r\n\r\nx\r\n${'--b--\r\n'.repeat(n)}`)),
  ...sized('lines of dashes', [200_000], (n) => multipart(`--b\r\n\r\n${'--\r\n'.repeat(n)}--b--\r\n`)),
  ...sized('almost the boundary', [20_000], (n) =>
    multipart(`${`--${'b'.repeat(69)}\r\n`.repeat(n)}`, 'b'.repeat(70)),
  ),
  ...sized('boundary of octets', [1_000, 100_000], (n) =>
    multipart(`--${'b'.repeat(n)}\r\n\r\nx\r\n`, 'b'.repeat(n)),
  ),
  ['boundary of nothing', () => multipart('--\r\n\r\nx\r\n----\r\n', '')],
  ['boundary of blanks', () => multipart('--   \r\n\r\nx\r\n--   --\r\n', '   ')],
  ['boundary of dashes', () => multipart('------\r\n\r\nx\r\n------\r\n', '----')],
  ['boundary with quotes', () => multipart('--a"b\r\n\r\nx\r\n--a"b--\r\n', 'a\\"b')],
  ['boundary in UTF-8', () => multipart('--\xc3\xbc\r\n\r\nx\r\n--\xc3\xbc--\r\n', '\xc3\xbc')],
  [
    'two boundaries',
    () =>
      message(
        'Content-Type: multipart/mixed; boundary=a; boundary=b\r\n',
        '--a\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--\r\n--a--\r\n',
      ),
  ],
  [
    'the boundary within itself',
    () => multipart(`${'--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'.repeat(50)}--b--\r\n`),
  ],
  [
    'parts after the end',
    () =>
      multipart(
        `--b\r\n\r\nx\r\n--b--\r\n${'--b\r\nContent-Disposition: attachment; filename=a.exe\r\n\r\nMZ\r\n'.repeat(20)}`,
      ),
  ],
  [
    'a part in the preamble',
    () => multipart('Content-Type: application/x-dosexec\r\n\r\nMZ\r\n--b\r\n\r\nx\r\n--b--\r\n'),
  ],
  [
    'a delimiter within a header',
    () => multipart('--b\r\nContent-Type: text/plain\r\n--b\r\n\r\nx\r\n--b--\r\n'),
  ],
  [
    'a multipart in base64',
    () =>
      message(
        'Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n',
        base64(Buffer.from('--b\r\nContent-Type: a/b; name=a.exe\r\n\r\nMZ\r\n--b--\r\n')),
      ),
  ],
  [
    'a message in base64 in a message in base64',
    () =>
      times(12, (i) => i).reduce(
        (inner) =>
          message('Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n', base64(inner)),
        message(''),
      ),
  ],
  [
    'a multipart without a boundary',
    () => message('Content-Type: multipart/mixed\r\n', '--b\r\n\r\nx\r\n--b--\r\n'),
  ],
  [
    'two types',
    () =>
      message(
        'Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b\r\n',
        '--b\r\n\r\nx\r\n--b--\r\n',
      ),
  ],
  [
    'two encodings',
    () =>
      message(
        'Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n',
        base64(Buffer.from('x')),
      ),
  ],
  [
    'a digest of messages',
    () =>
      message(
        'Content-Type: multipart/digest; boundary=b\r\n',
        `${'--b\r\n\r\nSubject: x\r\n\r\ny\r\n'.repeat(700)}--b--\r\n`,
      ),
  ],
  ['a part of a message', () => message('Content-Type: message/partial; id=a; number=2; total=3\r\n')],
  [
    'a body that is elsewhere',
    () => message('Content-Type: message/external-body; access-type=URL; URL="http://x.test/"\r\n'),
  ],
  ...sized('parameters', [100, 30_000], (n) =>
    message(`Content-Type: text/plain${times(n, (i) => `; p${i}=v`).join('')}\r\n`),
  ),
  ...sized('pieces of a parameter', [100, 10_000], (n) =>
    message(`Content-Disposition: attachment${times(n, (i) => `; filename*${i}*=%41`).join('')}\r\n`),
  ),
  ...sized('semicolons', [200_000], (n) => message(`Content-Type: text/plain${';'.repeat(n)}\r\n`)),
  [
    'parameters out of order',
    () =>
      message(
        `Content-Disposition: attachment; filename*2=c; filename*0="a."; filename*1=exe; filename*999=x\r\n`,
      ),
  ],
  [
    'percent signs that are none',
    () => message("Content-Disposition: attachment; filename*=utf-8''%ZZ%4%%00a.exe\r\n"),
  ],
  ['quotes in a type', () => message('Content-Type: "text/plain"; charset="ut\\f-8\r\n')],
];
