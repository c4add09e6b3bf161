import { expect } from 'chai';
import { describe, it } from 'mocha';
import { bodyOf } from '@mailpair/shared/accept/message-data';
import { headerSectionOf } from '@mailpair/shared/facts/authentication/header-section';

describe('the header section that signatures are looked for in', () => {
  it('is all of it, as a rule', async () => {
    const section = await headerSectionOf(
      bodyOf(Buffer.from('From: a@b.test\r\nTo: x\r\n y\r\n\r\ntext\r\n')),
    );
    expect(section.fields.map(({ name }) => name)).to.deep.equal(['from', 'to']);
    expect(section.contentAt).to.equal(29);
  });

  it('ends before a field of more lines than can be folded in any time', async () => {
    const folded = `From: a@b.test\r\nSubject: a${'\r\n b'.repeat(3_000)}\r\nTo: x\r\n\r\n`;
    const section = await headerSectionOf(bodyOf(Buffer.from(folded)));
    expect(section.fields.map(({ name }) => name)).to.deep.equal(['from']);
    expect(section.octets.toString()).to.equal('From: a@b.test\r\n\r\n');
    expect(section.contentAt).to.equal(undefined);
  });
});
