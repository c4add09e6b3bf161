import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { parseFields, relaxedField } from '@mailpair/shared/gateway/sign/header-fields';
import { bodyStart } from '@mailpair/shared/platform/values/header-start';

const relaxed = (section: string): string[] => parseFields(section).map(relaxedField);

describe('header fields in relaxed form', () => {
  it('are those of RFC 6376 §3.4.5', () => {
    expect(relaxed('A: X\r\nB : Y\t\r\n\tZ  \r\n')).to.deep.equal(['a:X', 'b:Y Z']);
  });

  it('may be empty, folded before anything, and hold colons', () => {
    expect(relaxed('Subject:\r\nX:\r\n one\r\nUrl: http://a:1/\r\n')).to.deep.equal([
      'subject:',
      'x:one',
      'url:http://a:1/',
    ]);
  });

  it('are read without the lines that are none, to the end of the section', () => {
    expect(relaxed('no field\r\nA: 1\r\n: 2\r\nB: 3\r\n\r\n')).to.deep.equal(['a:1', 'b:3']);
    expect(relaxed('A: without an end')).to.deep.equal(['a:without an end']);
  });

  it('are the same however they are folded', () => {
    const word = fc.stringMatching(/^[!-9;-~]{1,8}$/);
    const space = fc.constantFrom(' ', '\t', '  ', '\r\n ', '\r\n\t ', ' \r\n ');
    fc.assert(
      fc.property(fc.array(fc.tuple(space, word), { minLength: 1, maxLength: 8 }), (words) => {
        const value = words.map(([before, text]) => `${before}${text}`).join('');
        const plain = words.map(([, text]) => text).join(' ');
        expect(relaxed(`Name:${value}\r\nNext: x\r\n`)).to.deep.equal([`name:${plain}`, 'next:x']);
      }),
    );
  });
});

describe('the start of a body', () => {
  it('is behind the first empty line', () => {
    expect(bodyStart(Buffer.from('A: b\r\n\r\nbody\r\n\r\n'))).to.equal(8);
    expect(bodyStart(Buffer.from('\r\nbody'))).to.equal(2);
    expect(bodyStart(Buffer.from('A: b\r\n'))).to.equal(undefined);
  });
});
