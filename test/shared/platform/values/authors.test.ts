import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { authorsOf, MOST_AUTHORS, MOST_DOMAINS, readAuthors } from '@mailpair/shared/platform/values/authors';

const domainsIn = (value: string): readonly string[] => readAuthors(value).domains;

describe('the domains that From names', () => {
  const readable: readonly (readonly [value: string, ...domains: string[]])[] = [
    ['boss@example(x).com', 'example.com'],
    ['boss @ example.com', 'example.com'],
    ['boss@(a (b) \\) c)example . (d) com', 'example.com'],
    [`"${'x'.repeat(9_000)}" <boss@example.com>`, 'example.com'],
    [`(${'x'.repeat(9_000)}) boss@example.com`, 'example.com'],
    ['a@bank.test, b@evil.test', 'bank.test', 'evil.test'],
    ['Group: a@bank.test, B <b@evil.test>;, ,', 'bank.test', 'evil.test'],
    [`${'x@evil.test,'.repeat(60)}a@bank.test`, 'evil.test', 'bank.test'],
    ['"b@evil.test"@bank.test', 'bank.test'],
    ['"Boss, b@evil.test" <a@bank.test>', 'bank.test'],
    ['b@evil.test <a@bank.test>', 'bank.test'],
    ['Doe, John <john@bank.test>', 'bank.test'],
    ['=?utf-8?q?J=C3=B6rg?= <a@bank.test>', 'bank.test'],
    ['a@BANK.Test.', 'bank.test'],
    ['a@bücher.example', 'xn--bcher-kva.example'],
    ['a@XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['a@bank。test', 'bank.test'],
    ['a@ｂａｎｋ．test', 'bank.test'],
    ['a@ba\u00adnk\u200b.test', 'bank.test'],
    ['a@bank.\r\n test', 'bank.test'],
    ['a%bank.test@evil.test', 'evil.test'],
    ['a@[192.0.2.1]', '[192.0.2.1]'],
    ['a@[IPv6:2001:db8::1]', '[ipv6:2001:db8::1]'],
    ['nobody'],
    ['Undisclosed:;'],
    ['<>'],
    [''],
  ];
  for (const [value, ...domains] of readable)
    it(`${JSON.stringify(value.slice(0, 50))} → ${domains.join(' ')}`, () => {
      expect(readAuthors(value)).to.deep.include({ domains, isReadable: true });
    });

  const unreadable: readonly (readonly [value: string, ...domains: string[]])[] = [
    ['a@bank.test@evil.test', 'bank.test', 'evil.test'],
    ['<@evil.test:a@bank.test>', 'evil.test', 'bank.test'],
    ['<mailto:a@bank.test>', 'bank.test'],
    ['<a@bank.test> b@evil.test', 'bank.test', 'evil.test'],
    ['<a@bank.test> <b@evil.test>', 'bank.test', 'evil.test'],
    ['a@bank.test <>', 'bank.test'],
    ['Boss <a@bank.test <b@evil.test>>', 'bank.test', 'evil.test'],
    ['"never ends <a@bank.test>, b@evil.test', 'bank.test', 'evil.test'],
    ['a@bank.test (never ends b@evil.test', 'bank.test', 'evil.test'],
    ['Boss a@bank.test', 'bank.test'],
    ['a@exa\r\n mple.com', 'exa', 'example.com'],
    ['a@bank.test!x, b@evil.test', 'bank.test', 'evil.test'],
    ['a@!bank.test', 'bank.test'],
    ['a@"bank.test"', 'bank.test'],
    ['a@[bank.test]', 'bank.test'],
    ['a@bank\u0001.test', 'bank.test'],
    ['=?utf-8?q?a?=@evil.test', 'evil.test'],
  ];
  for (const [value, ...domains] of unreadable)
    it(`are all that a reader might find: ${JSON.stringify(value)}`, () => {
      const authors = readAuthors(value);
      expect(authors.isReadable).to.equal(false);
      expect(authors.domains).to.include.members(domains);
      expect(authorsOf(value)).to.deep.equal(['']);
    });

  it('are looked for in what is shown where there is no address', () => {
    for (const value of ['"a@bank.test"', '(a@bank.test)', 'a＠bank.test', '"a@bank.test" <>'])
      expect(domainsIn(value), value).to.deep.equal(['bank.test']);
  });

  it('are looked for up to a bound, and it is said that there is more', () => {
    expect(readAuthors(`a@bank.test${','.repeat(9_000)}`)).to.include({
      isReadable: true,
      hasMoreDomains: false,
    });
    expect(readAuthors(`a@bank.test${','.repeat(20_000)}b@evil.test`)).to.deep.include({
      domains: ['bank.test', 'evil.test'],
      isReadable: false,
      hasMoreDomains: true,
    });
  });

  it('are kept up to a bound, and it is said that there are more', () => {
    const of = (count: number): ReturnType<typeof readAuthors> =>
      readAuthors(Array.from({ length: count }, (_, i) => `a@d${i}.test`).join());
    expect(of(MOST_DOMAINS)).to.include({ hasMoreDomains: false });
    expect(of(MOST_DOMAINS).domains).to.have.length(MOST_DOMAINS);
    expect(of(MOST_DOMAINS + 1)).to.include({ hasMoreDomains: true });
    expect(of(MOST_DOMAINS + 1).domains).to.have.length(MOST_DOMAINS);
  });
});

/** A From of these parts, and the domains that are in it: what a reader of the whole syntax must find. */
interface Written {
  readonly text: string;
  readonly domains: readonly string[];
}

const space = fc.constantFrom('', ' ', '\r\n ', '(b@no.test)', ' (a (b\\)) c) ', '\t');
const atom = fc.constantFrom('a', 'boss', 'J.R', "o'x", 'ü');
const label = fc.constantFrom('bank', 'evil', 'x-1', 'bücher', 'EXAMPLE');
const word = fc.oneof(atom, fc.constantFrom('"q \\" , < b@no.test"', '""', '"a\\\\"'));

const domain = fc.tuple(
  fc.array(label, { minLength: 1, maxLength: 3 }),
  fc.constantFrom('test', 'com'),
  space,
);
const addrSpec = fc
  .tuple(word, space, space, domain, space)
  .map(([local, a, b, [labels, last, c], d]): Written => {
    const names = [...labels, last].map((each) => each.toLowerCase().replace('bücher', 'xn--bcher-kva'));
    return {
      text: `${local}${a}@${b}${[...labels, last].join(`${c}.${c}`)}${d}`,
      domains: [names.join('.')],
    };
  });
const phrase = fc.array(fc.oneof(word, fc.constantFrom('=?utf-8?q?J=C3=B6?=', 'b@no.test')), {
  maxLength: 3,
});
const mailbox = fc.oneof(
  addrSpec,
  fc
    .tuple(phrase, space, addrSpec, space)
    .map(([words, a, { text, domains }, b]) => ({ text: `${words.join(' ')}${a}<${text}>${b}`, domains })),
);
const joinedBy = (comma: string, parts: readonly Written[]): Written => ({
  text: parts.map(({ text }) => text).join(comma),
  domains: parts.flatMap(({ domains }) => domains),
});
const group = fc.tuple(atom, space, fc.array(mailbox, { maxLength: 3 })).map(([name, a, members]) => {
  const { text, domains } = joinedBy(',', members);
  return { text: `${name}${a}:${text};`, domains };
});
const field = fc.array(fc.oneof(mailbox, group, fc.constant({ text: ' ', domains: [] })), {
  minLength: 1,
  maxLength: 5,
});

describe('a From in all of its syntax', () => {
  it('is read whole: the domains are those that were written', () => {
    fc.assert(
      fc.property(field, (parts) => {
        const { text, domains } = joinedBy(', ', parts);
        const found = readAuthors(text);
        expect(found.isReadable, text).to.equal(true);
        const expected = [...new Set(domains)];
        if (expected.length > 0 && expected.length <= MOST_DOMAINS)
          expect([...found.domains].toSorted(), text).to.deep.equal(expected.toSorted());
      }),
      { numRuns: 2_000 },
    );
  });

  it('names what was written however it is broken, and is bounded', () => {
    const noise = fc.constantFrom(
      '"',
      '(',
      ')',
      '<',
      '>',
      '\\',
      ':',
      ';',
      ',',
      '@',
      '[',
      ']',
      ' ',
      '\r\n ',
      '=?',
      '.',
      '\0',
    );
    const broken = fc.tuple(fc.array(noise, { maxLength: 6 }), fc.array(noise, { maxLength: 6 }));
    fc.assert(
      fc.property(broken, ([before, behind]) => {
        const text = `${before.join('')}a@bank.test${behind.join('')}`;
        const { domains, mailboxes } = readAuthors(text);
        // In quotes or a comment of a field that has another address, it is a name and none.
        if (!/[.@]/.test(before.join('') + behind.join(''))) expect(domains, text).to.include('bank.test');
        expect(mailboxes.length).to.be.at.most(MOST_AUTHORS + MOST_DOMAINS);
        expect(domains.length).to.be.at.most(MOST_DOMAINS);
      }),
      { numRuns: 5_000 },
    );
  });
});
