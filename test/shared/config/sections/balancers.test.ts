import { expect } from 'chai';
import { describe, it } from 'mocha';
import { describeFaults } from '../fault-table.ts';
import { minimal, readText } from '../reading.ts';

const settingsOf = (inbound: string) => {
  const { settings, faults } = readText(
    `inbound: { host: mx-in.example.com, ${inbound} }\n${minimal('inbound')}`,
  );
  expect(faults).to.deep.equal([]);
  return settings!.inbound;
};

describe('the keys for load balancers', () => {
  it('mark a listener with the networks of its balancers', () => {
    const { listen } = settingsOf(
      'listen: ["0.0.0.0:25", { address: "0.0.0.0:2525", proxy: [10.0.0.5, "2001:db8:1::/64"] }]',
    );
    expect(listen.mx).to.deep.equal([
      { host: '0.0.0.0', port: 25, tls: 'starttls' },
      { host: '0.0.0.0', port: 2525, tls: 'starttls', proxy: ['10.0.0.5/32', '2001:db8:1::/64'] },
    ]);
  });

  it('take a single balancer without brackets', () => {
    const { listen } = settingsOf('listen: [{ address: "0.0.0.0:25", proxy: 10.0.0.5 }]');
    expect(listen.mx[0]?.proxy).to.deep.equal(['10.0.0.5/32']);
  });

  it('say where the weight is asked for and kept, by default nowhere', () => {
    expect(settingsOf('spool: /spool')).to.include({ agent: null, trackFile: null });
    expect(settingsOf('agent: "10.0.0.2:7025", trackFile: /run/headroom')).to.deep.include({
      agent: { host: '10.0.0.2', port: 7025 },
      trackFile: '/run/headroom',
    });
  });
});

describeFaults(
  'load balancers',
  `
  inbound: { listen: [{ address: "0.0.0.0:25", proxy: [] }] }
    inbound.listen[0].proxy | [] | names no load balancer | list the addresses
  inbound: { listen: [{ address: "0.0.0.0:25", proxy: [balancer] }] }
    inbound.listen[0].proxy[0] | balancer | is not a network | 10.0.0.5
  inbound: { listen: [{ address: "0.0.0.0:25", proxy: [0.0.0.0/0] }] }
    inbound.listen[0].proxy[0] | 0.0.0.0/0 | forge the address of any client | addresses of your load balancers
  inbound: { listen: [{ address: "0.0.0.0:25", proxi: [10.0.0.5] }] }
    inbound.listen[0].proxi | ["10.0.0.5"] | unknown key | write proxy
  inbound: { agent: 7025 }
    inbound.agent | 7025 | not an address | "0.0.0.0:7025"
  inbound: { trackFile: headroom }
    inbound.trackFile | headroom | relative path | starting with /
`,
);
