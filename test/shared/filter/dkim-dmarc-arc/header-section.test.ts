import { expect } from 'chai';
import { describe, it } from 'mocha';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import { headerSectionOf } from '@mailpair/shared/filter/dkim-dmarc-arc/header-section';

describe('the header section that signatures are looked for in', () => {
  it('is all of it, as a rule', async () => {
    const section = await headerSectionOf(
      bodyOf(Buffer.from('From: a@b.test\r\nTo: x\r\n y\r\n\r\ntext\r\n')),
    );
    expect(section.fields.map(({ name }) => name)).to.deep.equal(['from', 'to']);
    expect(section.contentAt).to.equal(29);
  });

  it('takes a field of very many lines as one', async () => {
    const folded = `From: a@b.test\r\nSubject: a${'\r\n b'.repeat(3_000)}\r\nTo: x\r\n\r\n`;
    const section = await headerSectionOf(bodyOf(Buffer.from(folded)));
    expect(section.fields.map(({ name }) => name)).to.deep.equal(['from', 'subject', 'to']);
    expect(section.contentAt).to.equal(folded.length);
  });

  it('ends after so many fields, and has From from wherever it stands', async () => {
    const many = `${'X: y\r\n'.repeat(600)}From: a@b.test\r\nTo: x\r\n\r\n`;
    const section = await headerSectionOf(bodyOf(Buffer.from(many)));
    expect(section.fields).to.have.length(500);
    expect(section.from).to.deep.equal([{ name: 'from', raw: 'From: a@b.test' }]);
    expect(section.isCut).to.equal(false);
    expect(section.contentAt).to.equal(undefined);
  });
});
