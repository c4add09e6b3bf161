import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import type { Content } from '@mailpair/shared/platform/values/content';
import { program, read, whole } from './content.ts';

/** A line of uuencode: its length, then four characters for three octets. */
function uuLine(octets: Buffer): string {
  const characters = [String.fromCharCode(32 + octets.length)];
  for (let i = 0; i < octets.length; i += 3) {
    const [a = 0, b = 0, c = 0] = octets.subarray(i, i + 3);
    for (const six of [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63])
      characters.push(six === 0 ? '`' : String.fromCharCode(32 + six));
  }
  return characters.join('');
}

const octets = Buffer.from(program);
const uuLines = [uuLine(octets.subarray(0, 45)), uuLine(octets.subarray(45))];

function yencoded(data: Buffer): Buffer {
  const out: number[] = [];
  for (const octet of data) {
    const code = (octet + 42) & 0xff;
    if ([0, 10, 13, 61].includes(code)) out.push(61, (code + 64) & 0xff);
    else out.push(code);
  }
  return Buffer.from(out);
}

const expectProgram = ({ facts }: Content, name: string): void => {
  expect(facts.attachments).to.have.length(1);
  expect(facts.attachments[0]).to.include({ name, looksLike: 'exe', sizeBytes: octets.length });
};

describe('a file that stands in a text', () => {
  for (const [what, lines] of [
    ['as usual', ['begin 644 evil.exe', ...uuLines, '`', 'end']],
    ['with blanks and a long mode', ['begin  100644   evil.exe', ...uuLines, 'end']],
    ['with an empty line', ['begin 644 evil.exe', '', uuLines[0]!, '`', uuLines[1]!, 'end']],
    ['in base64', ['begin-base64 644 evil.exe', octets.toString('base64'), '====']],
  ] as const)
    it(`is found by uuencode ${what}`, () => {
      expectProgram(read('', 'See:', ...lines, 'Bye'), 'evil.exe');
    });

  it('has the name that uuencode gives it as a transfer encoding', () => {
    const fields = ['Content-Type: a/b', 'Content-Transfer-Encoding: x-uuencode'];
    expectProgram(read(...fields, '', 'begin 644 evil.exe', ...uuLines, 'end'), 'evil.exe');
  });

  it('is said to be BinHex by its type, and not opened', () => {
    const { facts } = read('Content-Type: application/mac-binhex40; name=a.hqx', '', ':$f*');
    expect(facts.attachments.map(({ unopened }) => unopened)).to.deep.equal(['BinHex is not opened here']);
  });

  it('is found behind many others', () => {
    const many = Array<string[]>(30).fill(['begin 644 a.txt', uuLines[0]!, 'end']).flat();
    const { facts } = read('', ...many, 'begin 644 evil.exe', ...uuLines, 'end');
    expect(facts.attachments.at(-1)?.name).to.equal('evil.exe');
  });

  it('is found by yEnc, with every octet', () => {
    const data = Buffer.concat([octets, Buffer.from(Array.from({ length: 256 }, (_, i) => i))]);
    const message = Buffer.concat([
      Buffer.from(
        [
          ...whole,
          '',
          'See:',
          '=ybegin part=1 line=128 size=336 name=evil one.exe',
          '=ypart begin=1 end=336',
          '',
        ].join('\r\n'),
      ),
      yencoded(data),
      Buffer.from('\r\n=yend size=336\r\nBye\r\n'),
    ]);
    const { facts } = readContent(message);
    expect(facts.attachments).to.have.length(1);
    expect(facts.attachments[0]).to.include({
      name: 'evil one.exe',
      looksLike: 'exe',
      sizeBytes: data.length,
    });
  });

  it('is said to be there by BinHex, and not opened', () => {
    const { facts } = read('', '(This file must be converted with BinHex 4.0)', ":$f*TEQKPH#jdH'X");
    expect(facts.attachments.map(({ unopened }) => unopened)).to.deep.equal(['BinHex is not opened here']);
  });

  it('is not seen in words that only begin like one', () => {
    for (const text of ['begin 644', 'we begin 644 things', 'x =ybegin line=1', '=ybegin'])
      expect(read('', text).facts.attachments, text).to.deep.equal([]);
  });
});
