import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readMail, readRcpt } from '@mailpair/shared/smtp/server/transaction';
import { formatReply } from '@mailpair/shared/platform/values/reply';

const rules = { maxMessageBytes: 1_000, secure: false, dsn: true };
const stranger = { ...rules, dsn: false };
const secure = { ...rules, secure: true };

const mail = (parameters: string, given = rules): unknown => {
  const read = readMail(`<a@example.com> ${parameters}`, given);
  return 'refusal' in read
    ? formatReply(read.refusal).slice(0, 9)
    : { ...read.envelope, sizeBytes: read.sizeBytes };
};

const rcpt = (argument: string, smtpUtf8 = false, dsn = true): unknown => {
  const read = readRcpt(argument, { smtpUtf8, dsn });
  return 'refusal' in read ? formatReply(read.refusal).slice(0, 9) : read.recipient;
};

const plain = {
  reversePath: 'a@example.com',
  eightBit: false,
  smtpUtf8: false,
  requireTls: false,
  sizeBytes: 0,
};

describe('MAIL', () => {
  const good: [parameters: string, facts: object][] = [
    ['', {}],
    ['SIZE=1000', { sizeBytes: 1_000 }],
    ['SIZE=0', {}],
    ['BODY=8BITMIME', { eightBit: true }],
    ['body=8bitmime', { eightBit: true }],
    ['BODY=7BIT', {}],
    ['SMTPUTF8', { smtpUtf8: true }],
    ['RET=HDRS', { ret: 'hdrs' }],
    ['RET=full', { ret: 'full' }],
    ['ENVID=QQ314159', { envid: 'QQ314159' }],
    ['ENVID=a+2Bb+20c', { envid: 'a+b c' }],
    ['AUTH=<>', {}],
    ['AUTH=a+3Db@example.com', {}],
  ];
  for (const [parameters, facts] of good)
    it(`takes ${parameters || 'no parameters'}`, () => {
      expect(mail(parameters)).to.deep.equal({ ...plain, ...facts });
    });

  const bad: [parameters: string, reply: string][] = [
    ['SIZE=1001', '552 5.3.4'],
    ['SIZE=99999999999999999999', '552 5.3.4'],
    ['SIZE=-1', '501 5.5.4'],
    ['SIZE=1K', '501 5.5.4'],
    ['SIZE', '501 5.5.4'],
    ['SIZE=1 SIZE=1', '501 5.5.4'],
    ['BODY=BINARYMIME', '501 5.5.4'],
    ['BODY', '501 5.5.4'],
    ['SMTPUTF8=yes', '501 5.5.4'],
    ['REQUIRETLS', '555 5.5.4'],
    ['RET=BODY', '501 5.5.4'],
    ['RET', '501 5.5.4'],
    ['ENVID', '501 5.5.4'],
    [`ENVID=${'x'.repeat(101)}`, '501 5.5.4'],
    ['ENVID=a+0Db', '501 5.5.4'],
    ['ENVID=a+E9', '501 5.5.4'],
    ['NOTIFY=NEVER', '555 5.5.4'],
    ['XFOO=1', '555 5.5.4'],
  ];
  for (const [parameters, reply] of bad)
    it(`refuses ${parameters.slice(0, 40)}`, () => {
      expect(mail(parameters)).to.equal(reply);
    });

  it('takes REQUIRETLS over TLS only, and without a value', () => {
    expect(mail('REQUIRETLS', secure)).to.deep.equal({ ...plain, requireTls: true });
    expect(mail('REQUIRETLS=1', secure)).to.equal('501 5.5.4');
  });

  for (const parameter of ['RET=HDRS', 'RET=ALL', 'ENVID=QQ314159'])
    it(`does not know ${parameter} from a stranger`, () => {
      expect(mail(parameter, stranger)).to.equal('555 5.5.4');
    });

  it('takes the null reverse-path', () => {
    expect(readMail('<>', rules)).to.deep.include({ sizeBytes: 0 });
  });

  it('refuses postmaster without a domain, which is for RCPT alone', () => {
    expect(readMail('<Postmaster>', rules)).to.have.nested.property('refusal.enhanced', '5.1.7');
  });

  it('takes an address beyond ASCII with SMTPUTF8 only', () => {
    expect(readMail('<ü@example.com>', rules)).to.have.nested.property('refusal.enhanced', '5.6.7');
    expect(readMail('<a@ü.example>', rules)).to.have.nested.property('refusal.enhanced', '5.6.7');
    expect(readMail('<ü@example.com> SMTPUTF8', rules)).to.have.nested.property(
      'envelope.reversePath',
      'ü@example.com',
    );
  });
});

describe('RCPT', () => {
  for (const parameter of ['NOTIFY=SUCCESS', 'NOTIFY=NEVER', 'ORCPT=rfc822;b@example.com'])
    it(`does not know ${parameter} from a stranger`, () => {
      expect(rcpt(`<b@example.com> ${parameter}`, false, false)).to.equal('555 5.5.4');
    });

  const good: [argument: string, facts: object][] = [
    ['<b@example.com>', {}],
    ['<b@example.com> NOTIFY=NEVER', { notify: ['never'] }],
    ['<b@example.com> NOTIFY=SUCCESS,failure,Delay', { notify: ['success', 'failure', 'delay'] }],
    ['<b@example.com> ORCPT=rfc822;b+2Bc@example.com', { orcpt: 'rfc822;b+c@example.com' }],
  ];
  for (const [argument, facts] of good)
    it(`takes ${argument}`, () => {
      expect(rcpt(argument)).to.deep.equal({ address: 'b@example.com', ...facts });
    });

  const bad: [argument: string, reply: string][] = [
    ['<>', '501 5.1.3'],
    ['b@example.com', '501 5.1.3'],
    ['<b@example.com> NOTIFY=NEVER,SUCCESS', '501 5.5.4'],
    ['<b@example.com> NOTIFY=SOMETIMES', '501 5.5.4'],
    ['<b@example.com> NOTIFY=SUCCESS,', '501 5.5.4'],
    ['<b@example.com> NOTIFY', '501 5.5.4'],
    ['<b@example.com> NOTIFY=NEVER NOTIFY=NEVER', '501 5.5.4'],
    ['<b@example.com> ORCPT=b@example.com', '501 5.5.4'],
    ['<b@example.com> ORCPT=rfc822;', '501 5.5.4'],
    [`<b@example.com> ORCPT=rfc822;${'x'.repeat(500)}`, '501 5.5.4'],
    ['<b@example.com> SIZE=1', '555 5.5.4'],
    ['<b@example.com> FOO', '555 5.5.4'],
  ];
  for (const [argument, reply] of bad)
    it(`refuses ${argument.slice(0, 60)}`, () => {
      expect(rcpt(argument)).to.equal(reply);
    });

  it('takes postmaster without a domain', () => {
    expect(rcpt('<postmaster>')).to.deep.equal({ address: 'postmaster' });
  });

  it('takes an address beyond ASCII when MAIL said SMTPUTF8 only', () => {
    expect(rcpt('<ü@example.com>')).to.equal('553 5.6.7');
    expect(rcpt('<ü@example.com>', true)).to.deep.equal({ address: 'ü@example.com' });
  });
});
