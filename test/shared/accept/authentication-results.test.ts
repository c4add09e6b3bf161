import { expect } from 'chai';
import { describe, it } from 'mocha';
import { authservIdOf, composeResults } from '@mailpair/shared/accept/authentication-results';

const HOST = 'mx-in.example.com';

describe('Authentication-Results', () => {
  it('says what was learnt', () => {
    const results = composeResults(HOST, {
      client: '192.0.2.7',
      reverseName: { names: ['mail.sender.test'], confirmed: 'mail.sender.test' },
      spf: { result: 'pass', domain: 'sender.test', identity: 'mailfrom' },
      authentication: {
        dkim: [
          { result: 'pass', domain: 'sender.test', selector: 's1', algorithm: 'rsa-sha256', b: 'abc+/123' },
          {
            result: 'fail',
            domain: 'x.test',
            selector: 's',
            algorithm: '',
            b: '',
            reason: 'body hash did not verify',
          },
        ],
        dmarc: { result: 'pass', domain: 'sender.test', policy: 'reject', aligned: ['dkim'] },
        arc: { result: 'pass', sealers: ['lists.test'], saw: [''] },
        from: [],
      },
    });
    expect(results?.split('\r\n\t')).to.deep.equal([
      'mx-in.example.com;',
      'iprev=pass policy.iprev=192.0.2.7;',
      'spf=pass smtp.mailfrom=sender.test;',
      'dkim=pass header.d=sender.test header.s=s1 header.a=rsa-sha256 header.b=abc+/123;',
      'dkim=fail reason="body hash did not verify" header.d=x.test header.s=s;',
      'dmarc=pass policy.dmarc=reject header.from=sender.test;',
      'arc=pass',
    ]);
  });

  it('keeps what strangers wrote in quotes', () => {
    const results = composeResults(HOST, {
      client: '2001:db8::7',
      spf: { result: 'none', domain: 'a"; dmarc=pass\r\nX: \\y', identity: 'helo' },
    });
    expect(results).to.equal(`${HOST};\r\n\tspf=none smtp.helo="a\\"; dmarc=pass??X: \\\\y"`);
  });

  it('is not there when nothing was learnt', () => {
    expect(composeResults(HOST, { client: '10.0.0.1' })).to.equal(undefined);
  });

  for (const [field, id] of [
    ['Authentication-Results: mx.example.com; spf=pass\r\n', 'mx.example.com'],
    ['Authentication-Results:\r\n\t(comment) MX.Example.COM 1;\r\n\tspf=pass\r\n', 'mx.example.com'],
    ['Authentication-Results: "mx.example.com"; none\r\n', 'mx.example.com'],
    ['authentication-results : mx.example.com(x); none\r\n', 'mx.example.com'],
    ['Authentication-Results:\r\n', ''],
  ] as const)
    it(`is known by its authserv-id: ${JSON.stringify(field)}`, () => {
      expect(authservIdOf(field)).to.equal(id);
    });
});
