import { expect } from 'chai';
import { describe, it } from 'mocha';
import {
  arcResultsOf,
  composeResults,
  mayPassForOurs,
} from '@mailpair/shared/filter/dkim-dmarc-arc/authentication-results';

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

  const own = ['mx-in.example.com', 'mx.bücher.example'];
  const passes = (value: string): boolean => mayPassForOurs(`Authentication-Results:${value}\r\n`, own);

  for (const value of [
    ' mx.other.test; spf=pass',
    '\r\n\tmx.other.test 1;\r\n\tdkim=pass (good (really)) header.d=a.test',
    ' "mx.other.test"; none',
    ' mx.other.test(x); none',
    ' mx.other.test (amavisd-new); dkim=pass',
    Buffer.from(' mx.jörg.test; none').toString('latin1'),
  ])
    it(`of another host stays: ${JSON.stringify(value)}`, () => {
      expect(passes(value)).to.equal(false);
    });

  for (const value of [
    ' mx-in.example.com; dmarc=pass',
    ' MX-IN.Example.COM.; dmarc=pass',
    ' (a (nested) comment) mx-in.example.com; dmarc=pass',
    ' (\\)) mx-in.example.com; dmarc=pass',
    ' (comment) mx.other.test; dmarc=pass',
    ' "mx-in\\.example.com"; dmarc=pass',
    ' mx-in(x).example.com; dmarc=pass',
    ' mx-in.exam\r\n\tple.com; dmarc=pass',
    ' mx-in。example．com; dmarc=pass',
    ' mx-in.example\u00ad.com; dmarc=pass',
    ' MX.BÜCHER.example; dmarc=pass',
    ' mx.xn--bcher-kva.example; dmarc=pass',
    ' mx.other.test (mx-in.example.com; dmarc=pass)',
    ' =?utf-8?q?mx-in.example.com?=; dmarc=pass',
    ' mx.other.test ";" mx-in (x) .example.com; dmarc=pass',
    ' spf=pass; dmarc=pass',
    ' ; dmarc=pass',
    '',
  ])
    it(`may pass for ours: ${JSON.stringify(value)}`, () => {
      expect(
        mayPassForOurs(Buffer.from(`Authentication-Results:${value}\r\n`).toString('latin1'), own),
      ).to.equal(true);
    });

  it('of an ARC set has its instance, and is ours by its authserv-id', () => {
    const of = (value: string): unknown => arcResultsOf(`ARC-Authentication-Results:${value}\r\n`, own);
    expect(of(' i=2; mx-in.example.com; dmarc=pass')).to.deep.equal({ instance: 2, isOurs: true });
    expect(of(' i=1; mx.other.test 1; spf=pass smtp.helo=mx-in.example.com')).to.deep.equal({
      instance: 1,
      isOurs: false,
    });
    expect(of(' i=1; (x) mx-in.example.com; dmarc=pass')).to.deep.equal({ instance: 1, isOurs: true });
    expect(of(' mx-in.example.com; dmarc=pass')).to.deep.equal({ instance: 0, isOurs: true });
  });
});
