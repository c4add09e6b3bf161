import fc from 'fast-check';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { printable, visible, visibleLines } from '@mailpair/shared/platform/values/printable';

describe('text of strangers', () => {
  const hidden: Record<string, [string, string]> = {
    'ESC and BEL': ['\x1b[2J\x07', '\\u001b[2J\\u0007'],
    'CR LF and tab': ['a\r\nb\tc', 'a\\u000d\\u000ab\\u0009c'],
    'DEL and C1': ['\x7f\x9b31m\x85', '\\u007f\\u009b31m\\u0085'],
    'bidirectional controls': [
      '\u202agpj\u202e\u2066\u2069\u200e\u200f\u061c',
      '\\u202agpj\\u202e\\u2066\\u2069\\u200e\\u200f\\u061c',
    ],
    'zero width': ['a\u200bb\u200d\u2060\ufeff\u00ad', 'a\\u200bb\\u200d\\u2060\\ufeff\\u00ad'],
    'line and paragraph separators': ['a\u2028b\u2029', 'a\\u2028b\\u2029'],
    'halves of pairs': ['\ud83d \ude00', '\\ud83d \\ude00'],
    'language tags': ['\u{e0041}', '\\udb40\\udc41'],
  };
  for (const [what, [text, shown]] of Object.entries(hidden))
    it(`shows ${what}`, () => {
      expect(visible(text)).to.equal(shown);
    });

  it('is left as it is where it hides nothing', () => {
    for (const text of ['Größe, 大きさ, μέγεθος 😀', 'naïve – “quoted” …', '\\u202e'])
      expect(visible(text)).to.equal(text);
  });

  it('keeps line ends and tabs where it is several lines', () => {
    expect(visibleLines('a\n\tb\r\x1b\u202e')).to.equal('a\n\tb\\u000d\\u001b\\u202e');
  });

  it('has nothing left that steers a terminal, and a JSON document the same value', () => {
    const anything = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(anything, (text) => {
        expect(visible(text)).to.not.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        const document = visibleLines(JSON.stringify({ text }, null, 2));
        expect(document).to.not.match(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(JSON.parse(document)).to.deep.equal({ text });
      }),
    );
  });

  it('is not cut in the middle of a pair without saying so', () => {
    expect(printable('ab😀', 3)).to.equal('ab\\ud83d');
  });
});
