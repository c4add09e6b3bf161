import { describe, it } from 'mocha';
import { expect } from 'chai';
import { parseHostsFile, readHostsFile } from '@mailpair/shared/platform/dns/hosts-file';

describe('The hosts file', () => {
  it('gives each name, aliases too, all its addresses in order', () => {
    const hosts = parseHostsFile(
      '127.0.0.1\tlocalhost  Mail.Internal # both\r\n# 10.0.0.9 mail.internal\n::1 localhost\n',
    );
    expect([...hosts]).to.deep.equal([
      ['localhost', ['127.0.0.1', '::1']],
      ['mail.internal', ['127.0.0.1']],
    ]);
  });

  it('passes over lines without an address', () => {
    expect(parseHostsFile('\nmail.internal 10.0.0.3\n10.0.0 short\n').size).to.equal(0);
  });

  it('is empty when there is none', async () => {
    expect((await readHostsFile('/nonexistent/hosts')).size).to.equal(0);
  });
});
