import { describe, it } from 'mocha';
import { expect } from 'chai';
import { parseExtensions } from '@mailpair/shared/smtp/client/extensions';

describe('extensions', () => {
  it('are read by keyword, in any case', () => {
    const extensions = parseExtensions([
      'pipelining',
      'SIZE 1000',
      '8BITMIME',
      'DSN',
      'SMTPUTF8',
      'CHUNKING',
      'REQUIRETLS',
      'AUTH PLAIN',
    ]);
    expect(extensions).to.deep.equal({
      pipelining: true,
      size: true,
      sizeLimitBytes: 1000,
      eightBitMime: true,
      smtpUtf8: true,
      dsn: true,
      requireTls: true,
      chunking: true,
      auth: true,
    });
  });

  it('are none when the host knows only HELO', () => {
    expect(Object.values(parseExtensions([])).filter(Boolean)).to.deep.equal([]);
  });

  it('are not found in the middle of a line', () => {
    expect(parseExtensions(['XHELP for DSN and PIPELINING'])).to.include({ dsn: false, pipelining: false });
  });

  it('include SIZE without a limit', () => {
    expect(parseExtensions(['SIZE'])).to.include({ size: true, sizeLimitBytes: 0 });
  });

  it('include AUTH written with an equals sign', () => {
    expect(parseExtensions(['AUTH=LOGIN PLAIN'])).to.include({ auth: true });
  });
});
