import { expect } from 'chai';
import { describe, it } from 'mocha';
import { describeFaults } from '../fault-table.ts';
import { readText } from '../reading.ts';

describeFaults(
  'submission at inbound, addresses to connect from',
  `
  inbound: { submission: ["0.0.0.0:25"] }
  inbound.submission[0] | 0.0.0.0:25 | is listened on already by inbound.listen | change its port
  inbound: { sourceAddresses: [mx-in.example.com] }
  inbound.sourceAddresses[0] | mx-in.example.com | is not an address | write an IPv4 or IPv6 address
  outbound: { sourceAddresses: ["192.0.2.20:25"] }
  outbound.sourceAddresses[0] | 192.0.2.20:25 | is not an address | 192.0.2.20
  `,
);

describe('inbound without submission', () => {
  it('takes no mail from submitters', () => {
    const { settings } = readText(`
domains: [example.com]
inbound: { host: mx-in.example.com }
outbound: { host: mx-out.example.com }
localServers: ["10.0.0.5:25"]
`);
    expect(settings?.inbound.listen.submission).to.deep.equal([]);
    expect(settings?.inbound.sourceAddresses).to.deep.equal([]);
  });
});
