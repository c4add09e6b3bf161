import { expect } from 'chai';
import { describe, it } from 'mocha';
import { filesInCard } from '@mailpair/shared/filter/content/cards';
import { linksInPdf } from '@mailpair/shared/filter/content/pdf-links';
import { program } from '../../../support/archives.ts';
import { read } from './content.ts';

const file = Buffer.from(program).toString('base64');
const calendar = [
  'BEGIN:VCALENDAR',
  'BEGIN:VEVENT',
  'DESCRIPTION:Join at https://evil.te',
  ' st/meet\\nnow',
  'URL:http://other.te',
  '\tst/',
  `ATTACH;FMTTYPE=Application/X-Exe;ENCODING=BASE64;VALUE=BINARY;X-FILENAME="a: b.exe":${file.slice(0, 20)}`,
  ` ${file.slice(20)}`,
  'END:VEVENT',
  'END:VCALENDAR',
];

describe('calendars and cards', () => {
  for (const fields of [
    ['Content-Type: text/calendar; charset=utf-8; method=REQUEST'],
    ['Content-Type: text/calendar; name=invite.ics', 'Content-Disposition: attachment'],
    ['Content-Type: application/ics; name=invite.ics'],
    ['Content-Type: application/octet-stream'],
    ['Content-Type: text/plain'],
  ])
    it(`are read with their links and files: ${fields.join(', ')}`, () => {
      const { urls, facts } = read(...fields, '', ...calendar);
      expect(urls).to.deep.equal(['https://evil.test/meet', 'http://other.test/']);
      expect(facts.attachments.at(-1)).to.deep.equal({
        name: 'a: b.exe',
        declaredType: 'application/x-exe',
        looksLike: 'exe',
        sizeBytes: program.length,
        depth: 0,
      });
    });

  it('of people are read too', () => {
    const card = ['begin:vcard', 'URL:http://evil', ' .test/', 'end:vcard'];
    for (const type of ['text/x-vcard; name=a.vcf', 'text/vcard', 'application/x-a'])
      expect(read(`Content-Type: ${type}`, '', ...card).urls).to.deep.equal(['http://evil.test/']);
  });

  it('hide nothing that stands in other text', () => {
    const { urls } = read('Content-Type: text/html', '', ...calendar, '<a href="http://c.test/">x</a>');
    expect(urls).to.include('http://c.test/');
    const uu = read('', 'BEGIN:VCARD', 'begin 644 run.exe', '#0V%T', '`', 'end');
    expect(uu.facts.attachments[0]?.name).to.equal('run.exe');
  });

  it('have twenty files at most, and those that are whole', () => {
    const one = 'ATTACH;ENCODING=B;FILENAME=a.js:eA==\n';
    expect([...filesInCard(one.repeat(30))]).to.have.length(20);
    expect([
      ...filesInCard('ATTACH;ENCODING=BASE64\nATTACH:http://x.test/\nATTACH;VALUE=BINARY:eA=='),
    ]).to.deep.equal([]);
    expect([...filesInCard(one)]).to.deep.equal([
      { name: 'a.js', declaredType: '', octets: Buffer.from('x') },
    ]);
  });
});

describe('links in a PDF', () => {
  it('are found where they are not compressed', () => {
    const hex = Buffer.from('http://c.test/').toString('hex');
    const pdf = `%PDF-1.4 << /S /URI /URI (http://a.test/\\(1\\)\\\n) >> << /URI(http://b.test\\057x) /URI <${hex}> /URI (open`;
    const urls = ['http://a.test/(1)', 'http://b.test/x', 'http://c.test/'];
    expect([...linksInPdf(Buffer.from(pdf))]).to.deep.equal(urls);
    expect(read('Content-Type: application/pdf', '', pdf).urls).to.deep.equal(urls);
  });

  it('are fifty at most', () => {
    const many = Array.from({ length: 90 }, (_, i) => `/URI (http://a.test/${i})`).join(' ');
    expect(linksInPdf(Buffer.from(many)).size).to.equal(50);
  });
});
