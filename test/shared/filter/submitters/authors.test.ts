import { authorsIn } from '@mailpair/shared/filter/submitters/authors';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const from = (field: string): string[] =>
  authorsIn(Buffer.from(`Subject: x\r\n${field}\r\nTo: b@c\r\n\r\nFrom: d@e\r\n`));

describe('The addresses in From', () => {
  const cases: readonly (readonly [field: string, found: readonly string[]])[] = [
    ['From: anna@example.com', ['anna@example.com']],
    ['FROM : Anna <anna@EXAMPLE.com>', ['anna@example.com']],
    ['From: "Anna, of <sales@evil.example>" <anna@example.com>', ['anna@example.com']],
    ['From: Anna\r\n <anna@example.com>', ['anna@example.com']],
    ['From: a@example.com, "B" <b@example.net>', ['a@example.com', 'b@example.net']],
    ['From: Team: a@example.com, b@example.com;', ['a@example.com', 'b@example.com']],
    ['From: anna@example.com (sent (by) <x@evil.example>)', ['anna@example.com']],
    ['From: "a b"@example.com', ['"a b"@example.com']],
    ['From: Jörg <jörg@bücher.example>', ['jörg@xn--bcher-kva.example']],
    ['From: a@example.com\r\nFrom: b@example.net', ['a@example.com', 'b@example.net']],
    ['From: <a@example.com> <b@evil.example>', ['']],
    ['From: nobody', ['']],
    ['From: <>', ['']],
    ['From: a@b@example.com', ['']],
    ['From: Anna <anna @ example.com>', ['anna@example.com']],
    ['From: Anna :) \\o/ <anna@example.com>', ['anna@example.com']],
    ['From: anna)@example.com', ['']],
    ['From: Anna \\< <anna@example.com>', ['']],
    ['From\r\n : anna@example.com', ['anna@example.com']],
    ['From: anna@example(x).com', ['anna@example.com']],
    ['From: "never ends <anna@example.com>', ['']],
    ['From: Anna (never ends <anna@example.com>', ['']],
    ['Sender: x@evil.example', []],
  ];
  for (const [field, found] of cases)
    it(`${JSON.stringify(field)} → ${JSON.stringify(found)}`, () => expect(from(field)).to.deep.equal(found));

  it('are uncertain where the header section does not end in time, and where they are very many', () => {
    expect(authorsIn(Buffer.from('X: y\r\n'.repeat(20_000)))).to.deep.equal(['']);
    expect(from(`From: ${'a@example.com,'.repeat(400)}`).at(-1)).to.equal('');
    expect(from('From: a@example.com\r\n'.repeat(500)).at(-1)).to.equal('');
  });

  it('come out of whatever octets there are, bounded', () => {
    const piece = fc.constantFrom(
      'From:',
      '\r\n',
      ' ',
      '"',
      '<',
      '>',
      '(',
      ')',
      '\\',
      ',',
      ';',
      ':',
      '@',
      'a',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
        expect(authorsIn(Buffer.from(`From:${pieces.join('')}\r\n\r\n`)).length).to.be.at.most(51);
      }),
    );
  });
});
