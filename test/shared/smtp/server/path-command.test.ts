import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  afterKeyword,
  decodeOrcpt,
  decodeXtext,
  parsePathCommand,
} from '@mailpair/shared/smtp/server/path-command';
import { orcptText, xtext } from '@mailpair/shared/smtp/client/xtext';

const addressOf = (argument: string): string | undefined => {
  const command = parsePathCommand(argument);
  return 'fault' in command ? undefined : command.address;
};

const parametersOf = (text: string): object => {
  const command = parsePathCommand(`<a@example.com> ${text}`);
  return 'fault' in command ? command : Object.fromEntries(command.parameters);
};

describe('what follows the keyword of MAIL and RCPT', () => {
  /** Quadratic when a line end follows many blanks, which is why it is not used. */
  const simple = (argument: string): string | undefined =>
    /^TO:[^\S\n\r\u2028\u2029]*(.*)$/i.exec(argument)?.[1];

  it('is what a simple regular expression finds there', () => {
    const piece = fc.constantFrom(
      'TO:',
      'to:',
      'T',
      ':',
      ' ',
      '\t',
      '\r',
      '\v',
      '\u00a0',
      '\u2028',
      '\u2029',
      '<a@b.example>',
      'x',
    );
    const argument = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
      fc.array(piece, { maxLength: 8 }).map((pieces) => `TO:${pieces.join('')}`),
      fc.string({ unit: 'binary' }),
    );
    const agrees = fc.property(argument, (text) => {
      expect(afterKeyword('TO:', text)).to.equal(simple(text));
    });
    fc.assert(agrees, { numRuns: 2_000 });
  });
});

describe('a path with its parameters', () => {
  const good: Record<string, string> = {
    '<a@example.com>': 'a@example.com',
    '<>': '',
    '<Postmaster>': 'Postmaster',
    '<a.b+c=d/e@example.com>': 'a.b+c=d/e@example.com',
    '<a..b.@example.com>': 'a..b.@example.com',
    '<"a b"@example.com>': '"a b"@example.com',
    '<"a>b"@example.com>': '"a>b"@example.com',
    '<"a@b"@example.com>': '"a@b"@example.com',
    '<"a\\"b"@example.com>': '"a\\"b"@example.com',
    '<""@example.com>': '""@example.com',
    '<@one.example,@two.example:a@example.com>': 'a@example.com',
    '<a@[192.0.2.1]>': 'a@[192.0.2.1]',
    '<a@[IPv6:2001:db8::1]>': 'a@[IPv6:2001:db8::1]',
    '<a@[IPv6:::ffff:192.0.2.1]>': 'a@[IPv6:::ffff:192.0.2.1]',
    [`<a@${'b'.repeat(63)}.example.>`]: `a@${'b'.repeat(63)}.example.`,
    [`<${'a'.repeat(65)}@example.com>`]: `${'a'.repeat(65)}@example.com`,
    [`<a@${'b.'.repeat(126)}c>`]: `a@${'b.'.repeat(126)}c`,
    [`<a@${'ü'.repeat(20)}.example>`]: `a@${'ü'.repeat(20)}.example`,
    '<a@_spf.example.com>': 'a@_spf.example.com',
    '<a@example.com.>': 'a@example.com.',
    '<a@localhost>': 'a@localhost',
    '<jürgen@bücher.example>': 'jürgen@bücher.example',
    '<用户@例子.例>': '用户@例子.例',
  };
  for (const [argument, address] of Object.entries(good))
    it(`takes ${argument}`, () => {
      expect(addressOf(argument)).to.equal(address);
    });

  const bad = [
    'a@example.com',
    '<a@example.com',
    'a@example.com>',
    '<a>',
    '<@example.com>',
    '<a@>',
    '<a b@example.com>',
    '<a@b@example.com>',
    '<a@example..com>',
    '<a@-example.com>',
    '<a@.example.com>',
    '<"a@example.com>',
    '<a"b@example.com>',
    '<a@exa mple.com>',
    '<a@example.com>x',
    '<a@example.com>>',
    '<<a@example.com>>',
    '<a@example.com>SIZE=1',
    '<a\0@example.com>',
    '<a\r@example.com>',
    '<a@example.com\r>',
    '<"a\u0085"@example.com>',
    '<"a\u2028"@example.com>',
    '<a\u0085@example.com>',
    '<a@[192.0.2]>',
    '<a@[junk]>',
    '<a@[999.0.2.1]>',
    '<a@[192.0.2.1.1]>',
    '<a@[1.2.3.04]>',
    '<a@[2001:db8::1]>',
    '<a@[IPv6:::1::]>',
    '<a@[IPv6:1:2:3:4:5:6:7:8:9]>',
    '<a@[IPv6:192.0.2.1]>',
    '<a@[IPv6:fe80::1%eth0]>',
    '<a@[x400:junk]>',
    '<a@[]>',
    `<a@${'b'.repeat(64)}.example>`,
    `<a@example.${'b'.repeat(64)}>`,
    `<a@${'b.'.repeat(126)}cc>`,
    `<a@${'ü'.repeat(60)}.example>`,
    `<${'a'.repeat(250)}@example.com>`,
  ];
  for (const argument of bad)
    it(`refuses ${JSON.stringify(argument.slice(0, 40))} as an address`, () => {
      expect(parsePathCommand(argument)).to.deep.equal({ fault: 'address' });
    });

  it('refuses an address whose octets were not UTF-8', () => {
    const line = Buffer.from([0x3c, 0x61, 0xe9, 0x40, 0x62, 0x3e]).toString(); // <a\xe9@b>
    expect(parsePathCommand(line)).to.deep.equal({ fault: 'address' });
    expect(parsePathCommand(line.replace('a', '"').replace('@', '"@'))).to.deep.equal({ fault: 'address' });
  });

  it('reads keywords in any case, with and without values', () => {
    expect(parametersOf('size=10 BODY=8BITMIME smtputf8')).to.deep.equal({
      SIZE: '10',
      BODY: '8BITMIME',
      SMTPUTF8: '',
    });
    expect(parametersOf('')).to.deep.equal({});
    expect(parametersOf('  X-A==b  ')).to.deep.equal({ fault: 'parameter', name: 'X-A==b' });
  });

  it('names the parameter that is malformed or given twice', () => {
    expect(parametersOf('SIZE=1 size=2')).to.deep.equal({ fault: 'parameter', name: 'SIZE' });
    expect(parametersOf('SIZE=')).to.deep.equal({ fault: 'parameter', name: 'SIZE=' });
    expect(parametersOf('=1')).to.deep.equal({ fault: 'parameter', name: '=1' });
  });

  it('says back nothing but printable ASCII, and not much', () => {
    expect(parametersOf('a\x1b[31m\x07é')).to.deep.equal({ fault: 'parameter', name: 'a?[31m??' });
    const command = parsePathCommand(`<a@b> ${'='.repeat(1_000)}`);
    expect(command).to.deep.equal({ fault: 'parameter', name: '='.repeat(40) });
  });

  it('never throws, whatever the argument', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        parsePathCommand(text);
        parsePathCommand(`<${text}>`);
        decodeXtext(text);
        decodeOrcpt(`utf-8;${text}`, true);
      }),
    );
  });

  it('takes no longer than a moment over a hostile argument', () => {
    const long = [
      `<${'a-'.repeat(60)}@${'a-'.repeat(60)}!>`,
      `<${'@a,'.repeat(4_000)}>`,
      `<"${'\\'.repeat(12_000)}`,
    ];
    for (const argument of long) expect(parsePathCommand(argument)).to.deep.equal({ fault: 'address' });
  });
});

describe('xtext (RFC 3461 §4)', () => {
  it('is decoded to what was encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), (text) => {
        expect(decodeXtext(xtext(text))).to.equal(text);
      }),
    );
  });

  for (const bad of ['+', '+2', '+2b', '+0D+0A', '+00', '+7F', '+E9', 'é', 'a b+'])
    it(`is not ${JSON.stringify(bad)}`, () => {
      expect(decodeXtext(bad)).to.equal(undefined);
    });
});

describe('ORCPT (RFC 3461 §4.2, RFC 6533 §3)', () => {
  it('is decoded to what was encoded', () => {
    const address = fc.string({ unit: 'grapheme-ascii', minLength: 1 });
    fc.assert(
      fc.property(address, (text) => {
        expect(decodeOrcpt(orcptText(`rfc822;${text}`), false)).to.equal(`rfc822;${text}`);
      }),
    );
  });

  it('of type utf-8 is decoded to what was encoded, without SMTPUTF8 too', () => {
    const address = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/[\p{Cc}\ufffd]/u.test(text));
    fc.assert(
      fc.property(address, (text) => {
        expect(decodeOrcpt(orcptText(`utf-8;${text}`), false)).to.equal(`utf-8;${text}`);
      }),
    );
  });

  it('of type utf-8 may stand as it is with SMTPUTF8 only', () => {
    expect(decodeOrcpt('utf-8;jürgen@example.com', true)).to.equal('utf-8;jürgen@example.com');
    expect(decodeOrcpt('utf-8;jürgen@example.com', false)).to.equal(undefined);
    expect(decodeOrcpt('rfc822;jürgen@example.com', true)).to.equal(undefined);
  });

  for (const bad of ['a@example.com', 'rfc822;', ';a@example.com', 'rfc822;a+0Db', 'utf-8;a\\x{0A}b'])
    it(`is not ${JSON.stringify(bad)}`, () => {
      expect(decodeOrcpt(bad, true)).to.equal(undefined);
    });

  it('leaves an escape that is no character as it is', () => {
    expect(decodeOrcpt('utf-8;\\x{FFFFFF}', true)).to.equal('utf-8;\\x{FFFFFF}');
  });
});
