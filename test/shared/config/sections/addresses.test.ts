import { expect } from 'chai';
import { describe, it } from 'mocha';
import { minimal, readText } from '../reading.ts';

const warningsOf = (inbound: string, outbound: string, localServer = 'mail.internal:25'): string[] => {
  const { warnings } = readText(`
inbound: { host: mx-in.example.com, addresses: [${inbound}] }
outbound: { host: mx-out.example.com, trusted: [10.0.0.0/24], addresses: [${outbound}] }
localServers: ["${localServer}"]
${minimal('inbound', 'outbound', 'localServers')}`);
  return warnings.map(({ path, seen, problem }) => `${path} | ${seen} | ${problem}`);
};

describe('public addresses', () => {
  it('that both roles have are a warning', () => {
    const [warning, ...others] = warningsOf('192.0.2.10, 192.0.2.11', '192.0.2.10');
    expect(warning).to.match(/^outbound\.addresses \| 192\.0\.2\.10 \| is in inbound\.addresses too/);
    expect(others).to.deep.equal([]);
  });

  it('that are the only ones of both roles are a warning that names what such a pair needs', () => {
    const [warning, ...others] = warningsOf('192.0.2.10, "2001:db8::10"', '"2001:db8:0::10", 192.0.2.10');
    expect(warning).to.include('is the only public address of both roles: there is one MX');
    expect(others).to.deep.equal([]);
    expect(warningsOf('127.0.0.1', '127.0.0.1')[0]).to.include('is in inbound.addresses too');
  });

  it('of different gateways are none', () => {
    expect(warningsOf('192.0.2.10', '192.0.2.20')).to.deep.equal([]);
    expect(warningsOf('', '')).to.deep.equal([]);
  });

  it('must have IPv6 where a local server has nothing else', () => {
    const server = '[2001:db8::5]:25';
    expect(warningsOf('192.0.2.10, "2001:db8::10"', '192.0.2.20', server)).to.deep.equal([
      'outbound.addresses | 192.0.2.20 | has no IPv6 address, but the local server [2001:db8::5]:25 is reached by IPv6 only',
    ]);
    expect(warningsOf('192.0.2.10, "2001:db8::10"', '"2001:db8::20"', server)).to.deep.equal([]);
    expect(warningsOf('', '', server)).to.deep.equal([]);
  });
});
