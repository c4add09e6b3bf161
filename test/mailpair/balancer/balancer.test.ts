import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { mailpair, type Said } from '../command.ts';

const nodes = `[{ host: in1.example.com, addresses: [192.0.2.11] }, { host: in2.example.com, addresses: ["2001:db8::12"] }]`;
const pair = (inbound: string): string => `
domains: [example.com]
inbound: { host: mx-in.example.com, nodes: ${nodes}, ${inbound} }
outbound: { host: mx-out.example.com, trusted: [10.0.0.0/24], listen: { submission: ["0.0.0.0:587", "0.0.0.0:465"] } }
localServers: ["mail.internal:25"]
`;
const READY = `addresses: [192.0.2.10, 192.0.2.9], agent: "0.0.0.0:7025", trackFile: /run/headroom,
  listen: [{ address: "0.0.0.0:2525", proxy: 10.0.0.5 }, "127.0.0.1:26"]`;

describe('mailpair balancer', () => {
  let directory: string;

  before(() => (directory = mkdtempSync(join(tmpdir(), 'mailpair-cli-balancer-'))));
  after(() => rmSync(directory, { recursive: true }));

  function balancer(words: string, inbound = READY, ofNodes?: string): Promise<Said> {
    const config = join(directory, 'mailpair.yaml');
    writeFileSync(
      config,
      ofNodes === undefined ? pair(inbound) : pair(inbound).replace(`nodes: ${nodes}`, ofNodes),
    );
    return mailpair([...`balancer ${words}`.trim().split(' '), '--config', config]);
  }

  it('lists the kinds', async () => {
    const { code, out } = await balancer('');
    expect(code).to.equal(0);
    expect(out.split('\n').map((line) => line.split(' ')[0])).to.include.members([
      'haproxy',
      'keepalived',
      'nginx',
      'f5',
      'envoy',
      'dns-rr',
    ]);
  });

  it('names the kinds when there is no such kind', async () => {
    const { code, err } = await balancer('relayd');
    expect(code).to.equal(2);
    expect(err).to.include('relayd is no kind of load balancer; there is haproxy, keepalived');
  });

  describe('haproxy', () => {
    it('balances the listeners for balancers, by weights that the nodes tell', async () => {
      const { code, out, err } = await balancer('haproxy');
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      expect(out).to.match(/^ {4}bind :25\n {4}bind \[::\]:25 v6only$/m);
      expect(out).to.match(
        /^ {4}server in1\.example\.com 192\.0\.2\.11:2525 maxconn 1000\n {4}server in2\.example\.com \[2001:db8::12\]:2525 maxconn 1000$/m,
      );
      expect(out).to.match(/default-server weight 100 .* send-proxy-v2$/m);
      expect(out).to.include('agent-check agent-port 7025 agent-inter 2s');
      expect(out).not.to.include(':26\n');
    });

    it('has weights in proportion to capacities, and tells the agents', async () => {
      const given = '--capacity in1.example.com=400 --capacity in2.example.com=100';
      const { code, out } = await balancer(`haproxy ${given}`);
      expect(code).to.equal(0);
      expect(out).to.match(
        /^ {4}server in1\.example\.com \S+ maxconn 1000 weight 256 agent-send "weight=256\\n"$/m,
      );
      expect(out).to.match(
        /^ {4}server in2\.example\.com \S+ maxconn 1000 weight 64 agent-send "weight=64\\n"$/m,
      );
      const pair = await balancer(`haproxy --pair ${given} --capacity mx-out.example.com=50`);
      expect(pair.out).to.match(/server mx-out\.example\.com \S+ maxconn 1000 weight 32$/m);
      expect(pair.out).to.match(
        /server in2\.example\.com .* weight 64 agent-check .* agent-send "weight=64\\n"$/m,
      );
    });

    for (const [words, says] of [
      ['--capacity in1.example.com=4', '--capacity in2.example.com=N is missing'],
      ['--capacity in1.example.com', '--capacity is like in1.example.com=400'],
      ['--capacity in1.example.com=0', '--capacity is like in1.example.com=400'],
      ['--capacity in9.example.com=4', 'in9.example.com is no node here'],
      ['--ask --capacity in1.example.com=4', '--ask asks the nodes'],
    ] as const)
      it(`refuses ${words}`, async () => {
        const { code, out, err } = await balancer(`haproxy ${words}`);
        expect([code, out]).to.deep.equal([2, '']);
        expect(err).to.include(says);
      });

    it('is never less patient than a session that is well', async () => {
      const { out } = await balancer('haproxy', `${READY} }\nsmtp: { commandTimeout: 20m`);
      expect(out).to.match(/timeout client 21m\n {4}timeout server 21m/);
      expect((await balancer('haproxy')).out).to.include('timeout client 11m');
    });

    it('balances submission too, with a check that speaks TLS where that comes first', async () => {
      const { out } = await balancer('haproxy --role outbound');
      const [, , submission = '', submissions = ''] = out.split(/^backend /m);
      expect(submission)
        .to.match(/^outbound_submission_587\n/)
        .and.not.include('check-ssl');
      expect(submissions)
        .to.match(/^outbound_submission_465\n/)
        .and.include('check-ssl verify none');
    });

    it('says what is still to be set', async () => {
      const { code, err } = await balancer('haproxy', 'spool: /spool');
      expect(code).to.equal(0);
      expect(
        err
          .trim()
          .split('\n')
          .map((line) => line.split(':')[0]),
      ).to.deep.equal(['inbound.listen', 'inbound.agent', 'inbound.addresses']);
      expect(err).to.include('write [{ address: "0.0.0.0:25", proxy: [ADDRESS OF THE BALANCER] }]');
    });
  });

  describe('haproxy --pair', () => {
    const sized = `nodes: [{ host: in1.example.com, addresses: [10.0.0.2] },
      { host: in2.example.com, addresses: ["2001:db8::12"], limits: { connections: 500 } }]`;
    const both = [
      '--set outbound.addresses=["192.0.2.10","192.0.2.9"]',
      '--set outbound.nodes=[{"host":"out1.example.com","addresses":["10.0.0.3"],"limits":{"connections":100}}]',
      '--set outbound.listen.mx=[{"address":"0.0.0.0:2526","proxy":["10.0.0.5"]}]',
      '--set outbound.listen.submission=[{"address":"0.0.0.0:587","proxy":["10.0.0.5"]}]',
      '--set outbound.agent=0.0.0.0:7026',
    ].join(' ');

    it('leads mail from the internet to both roles by size, and submission to outbound', async () => {
      const { code, out, err } = await balancer(`haproxy --pair ${both}`, READY, sized);
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      const [, mx = '', submission = ''] = out.split(/^backend /m);
      const agent = (port: number): string => `agent-check agent-port ${port} agent-inter 2s`;
      expect(mx.match(/^ {4}server .*$/gm)).to.deep.equal([
        `    server in1.example.com 10.0.0.2:2525 maxconn 1000 weight 256 ${agent(7025)}`,
        `    server in2.example.com [2001:db8::12]:2525 maxconn 500 weight 128 ${agent(7025)}`,
        // Less than 100 would be drained by an agent that says 1 %.
        `    server out1.example.com 10.0.0.3:2526 maxconn 100 weight 100 ${agent(7026)}`,
      ]);
      expect(submission).to.match(/^outbound_submission_587\n/);
      expect(submission.match(/^ {4}server .*$/gm)).to.deep.equal([
        '    server out1.example.com 10.0.0.3:587 maxconn 100',
      ]);
    });

    it('keeps outbound for failure with --backup', async () => {
      const { out } = await balancer(`haproxy --pair --backup ${both}`, READY, sized);
      expect(out.match(/^ {4}server .* backup$/gm)).to.have.length(1);
      expect(out).to.match(/server out1\.example\.com 10\.0\.0\.3:2526 .* backup$/m);
      expect(out).to.include('option allbackups');
    });

    it('says when the roles do not have the address of the balancer', async () => {
      const { err } = await balancer(
        `haproxy --pair ${both} --set outbound.addresses=["192.0.2.20"]`,
        READY,
        sized,
      );
      expect(err).to.match(/^inbound\.addresses and outbound\.addresses differ: write the public address/m);
    });

    it('refuses words that do not go together', async () => {
      expect((await balancer('haproxy --backup')).err).to.include('--backup goes with --pair');
      expect((await balancer('haproxy --pair --role inbound')).err).to.include('leave --role out');
    });
  });

  describe('nginx', () => {
    const serversOf = (out: string): string[] =>
      out.match(/^ +server \S+:\d+ .*;$/gm)?.map((line) => line.trim()) ?? [];

    it('balances the listeners for balancers by the size of the nodes, and names the clients', async () => {
      const sized = `nodes: [{ host: in1.example.com, addresses: [192.0.2.11] },
        { host: in2.example.com, addresses: ["2001:db8::12"], limits: { connections: 250 } }]`;
      const { code, out, err } = await balancer('nginx', READY, sized);
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      expect(serversOf(out)).to.deep.equal([
        'server 192.0.2.11:2525 weight=100 max_conns=1000 max_fails=1 fail_timeout=10s;',
        'server [2001:db8::12]:2525 weight=25 max_conns=250 max_fails=1 fail_timeout=10s;',
      ]);
      expect(out).to.match(/^ {4}proxy_protocol on;$/m);
      expect(out).to.match(/^ {8}listen 25 .*;\n {8}listen \[::\]:25 ipv6only=on .*;$/m);
      // Two connections for each of 1,250 sessions, and room.
      expect(out).to.include('worker_connections 3500;');
    });

    it('is never less patient than a session that is well', async () => {
      const { out } = await balancer('nginx', `${READY} }\nsmtp: { commandTimeout: 20m`);
      expect(out).to.include('proxy_timeout 21m;');
    });

    it('takes nodes out of service, but not all of them and none that there is not', async () => {
      const { out } = await balancer('nginx --drain in1.example.com');
      expect(serversOf(out).map((line) => line.endsWith(' down;'))).to.deep.equal([true, false]);
      const all = await balancer('nginx --drain in1.example.com --drain in2.example.com');
      expect(all.code).to.equal(2);
      expect(all.err).to.include('--drain names every node of inbound');
      const other = await balancer('nginx --drain in3.example.com');
      expect(other.code).to.equal(2);
      expect(other.err).to.include(
        'in3.example.com is no node of inbound; --drain is one of in1.example.com, in2',
      );
    });

    it('says what is still to be set', async () => {
      const { err } = await balancer('nginx', 'spool: /spool');
      expect(err).to.match(/^inbound\.listen: .*\ninbound\.addresses: .*\n$/);
    });
  });

  describe('keepalived', () => {
    const prioritiesOf = (out: string): string[] =>
      [...out.matchAll(/priority (\d+)/g)].map(([, value]) => value!);

    it('gives each node an address to begin with', async () => {
      const first = await balancer('keepalived --node in1.example.com');
      const second = await balancer('keepalived --node in2.example.com');
      expect(first.code).to.equal(0);
      expect(prioritiesOf(first.out)).to.deep.equal(['100', '50']);
      expect(prioritiesOf(second.out)).to.deep.equal(['50', '100']);
      expect(first.out)
        .to.include('192.0.2.10/32')
        .and.include('192.0.2.9/32')
        .and.include('file "/run/headroom"');
    });

    it('looks at the listener that strangers reach', async () => {
      expect((await balancer('keepalived --node in1.example.com')).out).to.include('/dev/tcp/127.0.0.1/26');
    });

    it('shares clients among the nodes whose addresses are of the same family', async () => {
      const { out, err } = await balancer('keepalived --ipvs');
      expect(out.match(/real_server \S+/g)).to.deep.equal([
        'real_server 192.0.2.11',
        'real_server 192.0.2.11',
      ]);
      expect(out).to.include('misc_path "/etc/keepalived/mailpair-weight 192.0.2.11 7025"');
      expect(err).to.include('--script');
    });

    it('takes every address of a node, and leads an IPv6 address to nodes with IPv6', async () => {
      const both = `nodes: [{ host: in1.example.com, addresses: [192.0.2.11, "2001:db8::11"] }]`;
      const addresses = `addresses: [192.0.2.10, "2001:db8::10"], listen: ["0.0.0.0:25"]`;
      const { out } = await balancer('keepalived --ipvs', addresses, both);
      expect(out.match(/(?:virtual|real)_server \S+ \d+/g)).to.deep.equal([
        'virtual_server 192.0.2.10 25',
        'real_server 192.0.2.11 25',
        'virtual_server 2001:db8::10 25',
        'real_server 2001:db8::11 25',
      ]);
      const { err } = await balancer(
        'keepalived --ipvs',
        'addresses: ["2001:db8::10"]',
        'nodes: [{ host: in1.example.com, addresses: [192.0.2.11] }]',
      );
      expect(err).to.match(
        /inbound\.nodes: no node has an IPv6 address, so nothing answers behind 2001:db8::10/,
      );
    });

    it('offers port 25 where the nodes listen on another, and says what that needs', async () => {
      const listen = 'addresses: [192.0.2.10], listen: ["0.0.0.0:2525"]';
      const { out, err } = await balancer('keepalived --ipvs', listen);
      expect(out).to.match(/virtual_server 192\.0\.2\.10 25 \{[^}]*lb_kind NAT/);
      expect(out).to.include('real_server 192.0.2.11 2525');
      expect(err).to.include('inbound.listen: clients connect to port 25 and the nodes listen on 2525');
      const vrrp = await balancer('keepalived --node in1.example.com', listen);
      expect(vrrp.err).to.include('clients connect to port 25 and the nodes listen on 2525');
    });

    it('gives the roles different router ids, and takes one', async () => {
      const idsOf = (out: string): string[] => out.match(/virtual_router_id \d+/g) ?? [];
      const words = 'keepalived --node in1.example.com';
      expect(idsOf((await balancer(words)).out)).to.deep.equal([
        'virtual_router_id 51',
        'virtual_router_id 52',
      ]);
      expect(idsOf((await balancer(`${words} --router-id 254`)).out)).to.deep.equal([
        'virtual_router_id 254',
        'virtual_router_id 255',
      ]);
      const nodesOfOutbound = '--set outbound.nodes=[{"host":"out1.example.com","addresses":["192.0.2.21"]}]';
      const outbound = await balancer(
        `keepalived --role outbound --node out1.example.com ${nodesOfOutbound} --set outbound.addresses=["192.0.2.20"]`,
      );
      expect(idsOf(outbound.out)[0]).to.equal('virtual_router_id 151');
      const { code, err } = await balancer(`${words} --router-id 255`);
      expect(code).to.equal(2);
      expect(err).to.include('--router-id is a number from 1 to 254: each of the 2 addresses has its own');
    });

    it('names the nodes when it is not told which it is for', async () => {
      const { code, err } = await balancer('keepalived --node in3.example.com');
      expect(code).to.equal(2);
      expect(err).to.include('in3.example.com is no node of inbound; --node is one of in1.example.com, in2');
    });

    it("needs addresses that are no node's own", async () => {
      const { code, err } = await balancer('keepalived --node in1.example.com', 'agent: "0.0.0.0:7025"');
      expect(code).to.equal(2);
      expect(err).to.include('inbound.addresses names no address besides');
    });
  });
});
