import { composeBind, composeTxt } from '@mailpair/shared/pair/format-bind';
import { planDns } from '@mailpair/shared/pair/plan';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { pairOf } from './pairs.ts';

const nibblesOf10 = `0.1.${'0.'.repeat(22)}8.b.d.0.1.0.0.2.ip6.arpa.`;

describe('the DNS plan in master-file form', () => {
  it('has one record a line with absolute names, and the PTR requests as comments', () => {
    const text = composeBind(
      planDns(
        pairOf({
          inbound: { host: 'mx-in.example.com', addresses: ['192.0.2.10', '2001:db8::10'] },
          outbound: { host: 'mx-out.example.com', addresses: ['192.0.2.20'] },
        }),
      ),
    );
    expect(text.replaceAll('\t', ' ')).to.equal(
      [
        '; zone example.com',
        'mx-in.example.com. 300 IN A 192.0.2.10',
        'mx-in.example.com. 300 IN AAAA 2001:db8::10',
        'mx-in.example.com. 3600 IN TXT "v=spf1 a -all"',
        'mx-out.example.com. 300 IN A 192.0.2.20',
        'mx-out.example.com. 3600 IN TXT "v=spf1 a -all"',
        'example.com. 3600 IN MX 10 mx-in.example.com.',
        'example.com. 3600 IN MX 20 mx-out.example.com.',
        'example.com. 3600 IN TXT "v=spf1 ip4:192.0.2.20 ip4:192.0.2.10 ip6:2001:db8::10 -all"',
        '',
        "; PTR records to request from the addresses' owner",
        '; 10.2.0.192.in-addr.arpa. IN PTR mx-in.example.com.',
        `; ${nibblesOf10} IN PTR mx-in.example.com.`,
        '; 20.2.0.192.in-addr.arpa. IN PTR mx-out.example.com.',
        '',
      ].join('\n'),
    );
  });

  it('puts the records of hosts elsewhere in a section of their own', () => {
    const text = composeBind(
      planDns(pairOf({ inbound: { host: 'mx.provider.net', addresses: ['192.0.2.10'] } })),
    );
    expect(text).to.match(
      /; for the zones of hosts outside the hosted domains\nmx\.provider\.net\.\t300\tIN\tA\t192/,
    );
  });

  describe('writes TXT', () => {
    it('in strings of at most 255 octets', () => {
      expect(composeTxt('a'.repeat(600))).to.equal(
        [255, 255, 90].map((length) => `"${'a'.repeat(length)}"`).join(' '),
      );
      expect(composeTxt('a'.repeat(255))).to.equal(`"${'a'.repeat(255)}"`);
      expect(composeTxt('')).to.equal('""');
    });

    it('with quotes, backslashes and other octets escaped', () => {
      expect(composeTxt('say "hi" \\ ü;\n')).to.equal('"say \\"hi\\" \\\\ \\195\\188;\\010"');
    });

    it('so that unescaping and joining gives the text back', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
          const strings = [...composeTxt(text).matchAll(/"((?:[^"\\]|\\\d{3}|\\\D)*)"/g)].map(
            ([, quoted = '']) =>
              Buffer.concat(
                [...quoted.matchAll(/\\(\d{3})|\\?([^])/g)].map(([, code, character = '']) =>
                  Buffer.from(code === undefined ? [character.charCodeAt(0)] : [Number(code)]),
                ),
              ),
          );
          expect(strings.every(({ length }) => length <= 255)).to.equal(true);
          expect(Buffer.concat(strings).toString()).to.equal(text);
        }),
      );
    });
  });
});
