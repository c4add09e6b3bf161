/** The header section: fields found in it, mailboxes, encoded words, parameters, and whose an Authentication-Results is. */
import { arcResultsOf, mayPassForOurs } from '@mailpair/shared/filter/dkim-dmarc-arc/authentication-results';
import { FieldFinder, findFields } from '@mailpair/shared/smtp/server/header-fields';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { headerSectionOf } from '@mailpair/shared/filter/dkim-dmarc-arc/header-section';
import { authorsIn } from '@mailpair/shared/filter/submitters/authors';
import { mailboxesIn } from '@mailpair/shared/filter/content/addresses';
import { decodeWords } from '@mailpair/shared/filter/mime/encoded-words';
import { readHeader } from '@mailpair/shared/filter/content/header';
import { parseStructured } from '@mailpair/shared/filter/content/parameters';
import { isDeepStrictEqual } from 'node:util';
import { hostileMessages } from '../../support/hostile/messages.ts';
import { must, piecesOf, type TargetFile } from '../target.ts';

const wanted = new Set(['from', 'authentication-results', 'received', 'dkim-signature', 'subject']);
const bounds = { fields: 1_000, bytes: 256 * 1024, fieldCharacters: 64 * 1024 };
const hosts = ['mx.example.com', 'xn--mx-xka.example.com'];
const LONGEST = 12 * 1024;

export const headerFields: TargetFile = {
  name: 'header-fields',
  open: () => ({
    name: 'header-fields',
    seeds: [
      'From: "Anna, A" <anna@example.com>, bob@example.net (comment (nested)), Group: c@d.test, e@f.test;\r\n\r\nx',
      'From: =?utf-8?q?J=C3=B6rg?= =?UTF-8*de?B?w7w=?= <j@example.com>\r\nSubject: =?iso-8859-1?q?=FC?=\r\n\r\n',
      'Authentication-Results: (a (b)) mx.example.com (v) 1;\r\n\tspf=pass smtp.mailfrom=a.test; dkim=none\r\n\r\n',
      'Authentication-Results: "mx.\\example.com"; none\r\nauthentication-results : x; y\r\n\r\n',
      'Content-Type: a/b; name*0*=utf-8\'\'%41; name*1=b; x="q\\""; y=(c)z\r\n\r\n',
      'Received: from a (b [1.2.3.4])\r\n by c; d\r\n X: y\r\n\r\n',
      ...[...hostileMessages((name) => !/megabyte|MB|× \d{4,}/.test(name))]
        .map(({ octets }) => octets)
        .filter(({ length }) => length < 4_096),
    ].map((text) => Buffer.from(text)),
    words: [
      '\r\n',
      '\r\n ',
      '\r\n\t',
      '\r\n\r\n',
      '(',
      ')',
      '"',
      '\\',
      '<',
      '>',
      '@',
      ',',
      ';',
      ':',
      '=?utf-8?q?',
      '?=',
      '=?',
      "*0*=utf-8''",
      '%41',
      'From:',
      'Authentication-Results:',
      '\0',
      '\xc3\xbc',
      '.',
    ],
    longestBytes: LONGEST,
    budgetMs: 150,
    async run(octets) {
      // As every message ends that a session hands on.
      const input = Buffer.concat([octets, Buffer.from('\r\n')]);
      checkFinder(input);
      await checkSection(input);
      authorsIn(input);
      const { fields } = readHeader(input, 0, input.length, bounds);
      for (const [name, value] of fields) checkValue(name, value);
      checkValue('', input.toString('latin1'));
    },
  }),
};

function find(pieces: Iterable<Buffer>): FieldFinder['found'] {
  const finder = new FieldFinder(wanted);
  for (const piece of pieces) finder.add(piece);
  finder.finish();
  return finder.found;
}

function checkFinder(input: Buffer): void {
  const found = find([input]);
  must(isDeepStrictEqual(found, find(piecesOf(input))), 'fields differ when the octets are cut');
  for (const { from, to, raw } of found)
    must(raw === input.toString('latin1', from, to), 'a field is not what stands where it is said to stand', {
      from,
      to,
      raw,
    });
  must(
    isDeepStrictEqual(findFields(bodyOf(input), wanted), found),
    'fields of a body are others than those of its octets',
  );
}

/** The fields, put together again, are the section. */
async function checkSection(input: Buffer): Promise<void> {
  const { fields, contentAt } = await headerSectionOf(bodyOf(input));
  if (contentAt === undefined) return;
  const section = input.toString('latin1', 0, contentAt);
  const again = fields.map(({ raw }) => raw).join('\r\n');
  const bare = (text: string): string => text.replace(/^(?:\r\n)+|(?:\r\n)+$/g, '');
  must(bare(again) === bare(section), 'the fields of a header section do not give the section');
}

function checkValue(name: string, value: string): void {
  const mailboxes = mailboxesIn(value, 20);
  must(mailboxes.length <= 20, 'more mailboxes are given than asked for');
  const decoded = decodeWords(value);
  must(decoded.length <= 4 * value.length + 4, 'decoding makes a text many times as long');
  const { parameters } = parseStructured(value);
  must(parameters.size <= 100, 'more parameters are given than are read');
  mayPassForOurs(`${name}:${value}`, hosts);
  arcResultsOf(`${name}:${value}`, hosts);
}
