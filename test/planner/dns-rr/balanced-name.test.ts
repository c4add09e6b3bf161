import { balancedName } from '@mailpair/planner/dns-rr/balanced-name';
import { formatHostPort } from '@mailpair/shared/platform/network/addresses';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { minimal, readText } from '../../shared/config/reading.ts';

const settingsOf = (text: string, ...without: readonly string[]) => {
  const { settings, faults } = readText(text + minimal(...without));
  expect(faults).to.deep.equal([]);
  return settings!;
};

describe('the name that is balanced', () => {
  it('is that of the role, with its nodes', () => {
    const inbound =
      'inbound: { host: mx-in.example.com, listen: ["0.0.0.0:2525"], nodes: [{ host: in1.example.com, ' +
      'addresses: [192.0.2.11] }, { host: in2.example.com, addresses: [192.0.2.12], url: "https://10.0.0.2:8025" }] }\n';
    const { name, nodes } = balancedName('inbound', settingsOf(inbound, 'inbound'));
    expect(name).to.equal('mx-in.example.com');
    expect(nodes.map(({ host, addresses, url }) => [host, addresses, url])).to.deep.equal([
      ['in1.example.com', ['192.0.2.11'], 'http://127.0.0.1:8025'],
      ['in2.example.com', ['192.0.2.12'], 'https://10.0.0.2:8025'],
    ]);
  });

  it('of outbound takes mail on the MX listener, or on one for submission when there is none', () => {
    const outbound = (listen: string): string =>
      `outbound: { host: mx-out.example.com, addresses: [192.0.2.20], trusted: [10.0.0.0/24], listen: ${listen} }\n`;
    const portOf = (listen: string): number =>
      balancedName('outbound', settingsOf(outbound(listen), 'outbound')).listeners[0]![0]!.port;
    expect(portOf('{ mx: ["0.0.0.0:25"], submission: ["0.0.0.0:587"] }')).to.equal(25);
    expect(portOf('{ mx: [], submission: ["0.0.0.0:465", "0.0.0.0:587"] }')).to.equal(587);
  });

  const inboundAt = (listen: string): string =>
    `inbound: { host: mx-in.example.com, addresses: [192.0.2.10, "2001:db8::10"], listen: [${listen}] }\n`;
  const looksAt = (listen: string, update = '') =>
    balancedName('inbound', settingsOf(inboundAt(listen) + update, 'inbound')).listeners[0]!.map(
      formatHostPort,
    );

  it('is looked at where mail comes in, on port 25, whatever port it is forwarded to', () => {
    expect(looksAt('"0.0.0.0:2525"')).to.deep.equal(['192.0.2.10:25', '[2001:db8::10]:25']);
  });

  it('is looked at on the port of a listener that is bound to the published address itself', () => {
    expect(looksAt('"192.0.2.10:2525", "[::1]:26"')).to.deep.equal(['192.0.2.10:2525', '[2001:db8::10]:25']);
  });

  it('is looked at where dns.update.look says, for who is behind the router', () => {
    const look = 'dns: { update: { look: { "192.0.2.10": "10.0.0.10:2525" } } }\n';
    expect(looksAt('"0.0.0.0:2525"', look)).to.deep.equal(['10.0.0.10:2525', '[2001:db8::10]:25']);
  });

  it('cannot be without addresses', () => {
    expect(() => balancedName('inbound', settingsOf(''))).to.throw(
      'mx-in.example.com has no address to publish: set addresses in inbound.addresses',
    );
  });

  it('cannot be behind listeners that greet nobody', () => {
    const inbound = 'inbound: { host: mx-in.example.com, addresses: [192.0.2.10], listen: ["0.0.0.0:25"] }\n';
    const settings = settingsOf(inbound, 'inbound');
    const proxied = settings.inbound.listen.mx.map((listen) => ({ ...listen, proxy: ['10.0.0.0/24'] }));
    const behind = {
      ...settings,
      inbound: { ...settings.inbound, listen: { ...settings.inbound.listen, mx: proxied, submission: [] } },
    };
    expect(() => balancedName('inbound', behind)).to.throw('no listener of inbound greets strangers');
  });
});
