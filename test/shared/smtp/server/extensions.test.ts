import { expect } from 'chai';
import { describe, it } from 'mocha';
import { multiLine, offeredExtensions } from '@mailpair/shared/smtp/server/extensions';

const offer = { maxMessageBytes: 1_000, dsn: true, startTls: false, secure: false, auth: false };
const always = ['PIPELINING', 'SIZE 1000', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES', 'DSN', 'CHUNKING'];

describe('the extensions that EHLO names', () => {
  it('are the same for all before TLS, and STARTTLS where it is possible', () => {
    expect(offeredExtensions(offer)).to.deep.equal(always);
    expect(offeredExtensions({ ...offer, startTls: true })).to.deep.equal([...always, 'STARTTLS']);
  });

  it('have AUTH and REQUIRETLS over TLS only', () => {
    expect(offeredExtensions({ ...offer, auth: true })).to.deep.equal(always);
    expect(offeredExtensions({ ...offer, secure: true })).to.deep.equal([...always, 'REQUIRETLS']);
    expect(offeredExtensions({ ...offer, secure: true, auth: true })).to.include('AUTH PLAIN LOGIN');
  });
});

describe('DSN', () => {
  it('is not named to strangers', () => {
    expect(offeredExtensions({ ...offer, dsn: false })).to.deep.equal(
      always.filter((name) => name !== 'DSN'),
    );
  });
});

describe('a reply of several lines', () => {
  it('has a hyphen on all lines but the last', () => {
    expect(multiLine(250, ['a', 'b', 'c'])).to.equal('250-a\r\n250-b\r\n250 c');
    expect(multiLine(250, ['a'])).to.equal('250 a');
  });
});
