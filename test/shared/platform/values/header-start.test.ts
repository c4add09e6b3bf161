import { fieldsIn, HEADER_BYTES } from '@mailpair/shared/platform/values/header-start';
import { expect } from 'chai';

const read = (text: string) => fieldsIn(Buffer.from(text), ['subject', 'from', 'message-id']);

describe('fields at the start of a message', () => {
  it('are found in any case, unfolded, the first of each name', () => {
    const fields = read('SUBJECT: one\r\n two\r\nFrom:a@b.example\r\nsubject: three\r\n\r\n');
    expect(fields).to.deep.equal({ subject: 'one two', from: 'a@b.example', 'message-id': '' });
  });

  it('end where the body begins', () => {
    expect(read('X: y\r\n\r\nSubject: in the body\r\n').subject).to.equal('');
    expect(read('\r\nSubject: in the body\r\n').subject).to.equal('');
  });

  it('are named in full at the start of a line', () => {
    expect(read('Resubject: x\r\n Subject: folded\r\nSubjects: y\r\nSubject : z\r\n\r\n').subject).to.equal(
      '',
    );
  });

  it('are read without a line end at the end', () => {
    expect(read('Subject: cut').subject).to.equal('cut');
    expect(read('Subject:').subject).to.equal('');
    expect(read('Sub').subject).to.equal('');
    expect(read('').subject).to.equal('');
  });

  it('are shortened', () => {
    expect(read(`Subject: ${'x'.repeat(5_000)}\r\n\r\n`).subject).to.have.length(500);
    expect(read(`Subject: x\r\n${' y\r\n'.repeat(5_000)}\r\n`).subject).to.have.length(500);
  });

  it('are not looked for far down', () => {
    expect(read(`X: ${'x'.repeat(HEADER_BYTES)}\r\nSubject: late\r\n\r\n`).subject).to.equal('');
  });
});
