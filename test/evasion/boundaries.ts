/** Boundaries of multiparts (RFC 2046 §5.1.1) that programs take in more than one way. */
import { delimited, lines, mixed, plainPart, textOf, type Entity } from './mime.ts';
import { entityOf, type Payload } from './payloads.ts';
import type { Trick, Tricks } from './trick.ts';

/** `boundary` as it stands in the delimiters, `parameter` in Content-Type. */
const bounded =
  (boundary: string, parameter = `boundary="${boundary}"`) =>
  (payload: Payload): Entity => ({
    fields: [`Content-Type: multipart/mixed; ${parameter}`],
    body: delimited([plainPart, entityOf(payload)], boundary),
  });

/** The body written by hand, with boundary `b`. */
const written =
  (body: (part: string) => readonly string[], parameter = 'boundary="b"') =>
  (payload: Payload): Entity => ({
    fields: [`Content-Type: multipart/mixed; ${parameter}`],
    body: lines(...body(textOf(entityOf(payload)))),
  });

const plain = textOf(plainPart);

/** A multipart with boundary `c` within the one with `b`. */
const inInner = (body: (part: string) => readonly string[]) =>
  written((part) => ['--b', 'Content-Type: multipart/mixed; boundary="c"', '', ...body(part), '--b--']);

const parameters: readonly Trick[] = [
  ['unquoted', 'all', bounded('b', 'boundary=b')],
  ['upper-case-parameter', 'all', bounded('b', 'BOUNDARY=b')],
  ['blanks-around-equals', 'all', bounded('b', 'boundary = "b"')],
  ['one-character', 'all', bounded('-')],
  ['hyphens', 'all', bounded('----------')],
  ['equals-in-it', 'all', bounded('a=b=c')],
  ['equals-unquoted', 'all', bounded('a=b', 'boundary=a=b')],
  ['blank-in-it', 'all', bounded('a b')],
  ['blank-unquoted', 'Outlook', bounded('a b', 'boundary=a b')],
  ['slash-colon-unquoted', 'all', bounded("a/b:c?d'e", "boundary=a/b:c?d'e")],
  ['at-unquoted', 'all', bounded('a@b,c', 'boundary=a@b,c')],
  ['parentheses-in-quotes', 'all', bounded('a(b)c')],
  ['parentheses-unquoted', 'Outlook, Gmail', bounded('a(b)c', 'boundary=a(b)c')],
  ['semicolon-in-quotes', 'all', bounded('a;b')],
  ['quoted-pair', 'all', bounded('a"b', 'boundary="a\\"b"')],
  ['backslash', 'Outlook', bounded('a\\b', 'boundary="a\\b"')],
  ['single-quotes-taken-off', 'Outlook', bounded('b', "boundary='b'")],
  ['single-quotes-kept', 'all others', bounded("'b'", "boundary='b'")],
  ['quote-not-closed', 'all', bounded('b', 'boundary="b')],
  ['quote-at-end-only', 'Outlook', bounded('b', 'boundary=b"')],
  ['junk-after-quotes', 'all', bounded('b', 'boundary="b"c')],
  ['comment-after', 'Python', bounded('b', 'boundary=b (x)')],
  ['comment-before', 'Python', bounded('b', '(x) boundary="b"')],
  ['trailing-blank-in-quotes', 'Outlook, Thunderbird', bounded('b', 'boundary="b "')],
  ['trailing-blank-kept', 'Python', bounded('b ', 'boundary="b "')],
  ['leading-blank-in-quotes', 'all', bounded(' b', 'boundary=" b"')],
  ['leading-blank-taken-off', 'mailparser', bounded('b', 'boundary=" b"')],
  ['length-70', 'all', bounded('b'.repeat(70))],
  ['length-71', 'all', bounded('b'.repeat(71))],
  ['length-250', 'all', bounded('b'.repeat(250))],
  ['length-1000', 'Python, mailparser', bounded('b'.repeat(1_000))],
  ['8-bit', 'all', bounded('b\xe4\xff')],
  ['utf-8', 'all', bounded('b\xc3\xa4')],
  ['encoded-word-kept', 'all: no encoded words in a boundary', bounded('=?utf-8?Q?b?=')],
  ['encoded-word-decoded', 'Outlook', bounded('b', 'boundary="=?utf-8?Q?b?="')],
  ['extended', 'Python, Thunderbird', bounded('b c', "boundary*=us-ascii''b%20c")],
  ['extended-kept', 'Outlook', bounded('b', "boundary*=us-ascii''c; boundary=b")],
  ['pieces', 'Python, Thunderbird', bounded('bcd', 'boundary*0="b"; boundary*1="cd"')],
  ['percent', 'all', bounded('a%20b')],
  ['folded', 'all', bounded('b', '\r\n boundary="b"')],
  [
    'no-semicolon',
    'Outlook',
    (payload) => ({
      fields: ['Content-Type: multipart/mixed boundary="b"'],
      body: delimited([plainPart, entityOf(payload)], 'b'),
    }),
  ],
  ['twice-first', 'one or the other', bounded('b', 'boundary=b; boundary=c')],
  ['twice-last', 'one or the other', bounded('b', 'boundary=c; boundary=b')],
  [
    'parameter-101',
    'all',
    bounded('b', `${Array.from({ length: 101 }, (_, i) => `x${i}=1`).join('; ')}; boundary=b`),
  ],
  ['empty', 'Outlook: the delimiter is --', bounded('', 'boundary=""')],
  [
    'none',
    'Outlook, Apple Mail guess it by the first delimiter',
    (payload) => ({
      fields: ['Content-Type: multipart/mixed'],
      body: delimited([plainPart, entityOf(payload)], 'b'),
    }),
  ],
];

const delimiters: readonly Trick[] = [
  ['trailing-blanks', 'all', written((part) => ['--b  ', plain, '--b \t', part, '--b-- '])],
  ['trailing-blanks-300', 'all', written((part) => ['--b', plain, `--b${' '.repeat(300)}`, part, '--b--'])],
  [
    'junk-behind',
    'Thunderbird, Outlook: a prefix is enough',
    written((part) => ['--b', plain, '--b junk', part, '--b--']),
  ],
  [
    'junk-joined',
    'Thunderbird: a prefix is enough',
    written((part) => ['--b', plain, '--bc', part, '--b--']),
  ],
  ['hyphen-behind', 'Thunderbird', written((part) => ['--b', plain, '--b-', part, '--b--'])],
  ['end-with-junk', 'all', written((part) => ['--b', plain, '--b--junk', '--b', part, '--b--'])],
  ['leading-blank', 'Outlook', written((part) => ['--b', plain, ' --b', part, ' --b--'])],
  ['no-empty-line-first', 'all', (payload) => ({ ...written((part) => ['--b', part, '--b--'])(payload) })],
  [
    'after-the-end',
    'Outlook, Apple Mail go on',
    written((part) => ['--b', plain, '--b--', '', '--b', part, '--b--']),
  ],
  ['end-first', 'Outlook, Apple Mail', written((part) => ['--b--', '', '--b', part, '--b--'])],
  ['not-closed', 'all', written((part) => ['--b', plain, '--b', part])],
  [
    'preamble-of-1000-lines',
    'all',
    written((part) => [...Array<string>(1_000).fill('x'), '--b', plain, '--b', part, '--b--']),
  ],
  ['empty-parts', 'all', written((part) => ['--b', '--b', '--b', part, '--b--'])],
  [
    'header-without-body',
    'all',
    written((part) => ['--b', 'Content-Type: text/plain', '--b', part, '--b--']),
  ],
  [
    'same-boundary-nested',
    'one or the other',
    written((part) => [
      '--b',
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      '--b',
      part,
      '--b--',
      '--b--',
    ]),
  ],
  [
    'prefix-of-outer',
    'one or the other',
    written(
      (part) => ['--bc', 'Content-Type: multipart/mixed; boundary="b"', '', '--b', part, '--b--', '--bc--'],
      'boundary="bc"',
    ),
  ],
  [
    'outer-is-prefix',
    'one or the other',
    written((part) => [
      '--b',
      'Content-Type: multipart/mixed; boundary="bc"',
      '',
      '--bc',
      part,
      '--bc--',
      '--b--',
    ]),
  ],
  [
    'outer-with-hyphens-is-inner',
    'one or the other',
    written((part) => [
      '--b',
      'Content-Type: multipart/mixed; boundary="b--"',
      '',
      '--b--',
      part,
      '--b----',
      '--b--',
    ]),
  ],
  [
    'inner-not-closed',
    'all',
    written((part) => [
      '--b',
      'Content-Type: multipart/mixed; boundary="c"',
      '',
      '--c',
      plain,
      '--b',
      part,
      '--b--',
    ]),
  ],
  [
    'outer-within-inner',
    'all',
    written((part) => [
      '--b',
      'Content-Type: multipart/mixed; boundary="c"',
      '',
      '--c',
      plain,
      '--b',
      'Content-Type: text/plain',
      '',
      '--c',
      part,
      '--c--',
      '--b--',
    ]),
  ],
  [
    'in-nested-message',
    'all',
    written((part) => [
      '--b',
      'Content-Type: message/rfc822',
      '',
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      '--b',
      part,
      '--b--',
      '--b--',
    ]),
  ],
  [
    'delimiter-in-header',
    'all',
    written((part) => ['--b', 'Content-Type: text/plain;', '--b', part, '--b--']),
  ],
  [
    'no-line-end-at-end',
    'all',
    (payload) => mixed(plainPart, { ...entityOf(payload), body: entityOf(payload).body.trimEnd() }),
  ],
  [
    'no-empty-line-after-header',
    'Outlook: the body begins where no field is',
    (payload) => ({
      fields: ['Content-Type: multipart/mixed; boundary=b'],
      body: lines('--b', ...entityOf(payload).fields, entityOf(payload).body, '--b--'),
    }),
  ],
  ['empty-line-first-in-part', 'Outlook passes over it', written((part) => ['--b', '', part, '--b--'])],
  [
    'empty-lines-first-in-part',
    'Outlook passes over them',
    written((part) => ['--b', '', '', '', part, '--b--']),
  ],
  ['blank-line-first-in-part', 'Outlook passes over it', written((part) => ['--b', ' ', part, '--b--'])],
];

/** Text where no part is. */
const outside: readonly Trick[] = [
  ['never-opened', 'Python, Thunderbird show the body as text', written((part) => [part])],
  ['in-preamble', 'programs without MIME show it', written((part) => [part, '', '--b', plain, '--b--'])],
  ['in-epilogue-of-inner', 'Apple Mail shows it', inInner((part) => ['--c', plain, '--c--', '', part])],
  [
    'in-preamble-of-inner',
    'programs without MIME show it',
    inInner((part) => [part, '', '--c', plain, '--c--']),
  ],
  ['in-epilogue', 'Apple Mail shows it', written((part) => ['--b', plain, '--b--', '', part])],
];

export const boundaries: readonly Tricks[] = [
  { area: 'boundary-parameter', payloads: ['program', 'html'], tricks: parameters },
  { area: 'delimiter', payloads: ['program', 'script', 'html'], tricks: delimiters },
  { area: 'outside-delimiters', payloads: ['link'], tricks: outside },
];
