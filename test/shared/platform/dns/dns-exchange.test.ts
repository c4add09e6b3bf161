import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import packets from 'dns-packet';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { DnsSilence } from '@mailpair/shared/platform/dns/dns-exchange';
import { dnsServerAt, queryDns } from '@mailpair/shared/platform/dns/dns-query';
import { createResolver, DnsError } from '@mailpair/shared/platform/dns/resolver';
import { UdpSockets } from '@mailpair/shared/platform/dns/udp-sockets';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import { systemServers } from '@mailpair/shared/platform/dns/system-servers';
import { eventually } from '../../../support/heartbeat.ts';
import { rejection } from '../../../support/rejection.ts';

const question = { name: 'example.com', type: 'A' } as const;

describe('a question to a DNS server over UDP', () => {
  let socket: dgram.Socket;
  let heard: number;
  /** From which ports questions came. */
  let ports: Set<number>;
  /** What the server does with the question that it hears for the nth time. */
  let answer: (nth: number) => boolean;

  beforeEach(async () => {
    heard = 0;
    ports = new Set();
    socket = dgram.createSocket('udp4');
    socket.on('message', (octets, from) => {
      heard += 1;
      ports.add(from.port);
      if (!answer(heard)) return;
      const { id, questions } = packets.decode(octets);
      const answers = [{ name: 'example.com', type: 'A', ttl: 1, data: '192.0.2.1' }];
      socket.send(
        packets.encode({ id, type: 'response', flags: 0, questions, answers }),
        from.port,
        from.address,
      );
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  });
  afterEach(() => void socket.close());

  const at = (): HostPort => ({ host: '127.0.0.1', port: socket.address().port });
  const ask = (timeoutMs: number): ReturnType<typeof queryDns> =>
    queryDns(at(), question, { timeoutMs, recursion: true });
  const openSockets = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWrap').length;

  it('is asked three times', async () => {
    answer = (nth) => nth === 3;
    expect((await ask(2_000)).records).to.have.length(1);
  });

  it('is waited for although nobody answers over TCP', async () => {
    let isLate = false;
    answer = () => isLate;
    socket.once('message', (octets: Buffer, from: dgram.RemoteInfo) =>
      setTimeout(() => {
        isLate = true;
        socket.emit('message', octets, from);
      }, 1_200),
    );
    expect((await ask(2_000)).records).to.have.length(1);
  });

  it('is given up at once when the resolver is closed', async () => {
    answer = () => false;
    const resolver = createResolver({
      servers: [`127.0.0.1:${socket.address().port}`],
      timeoutMs: 30_000,
    });
    const asked = rejection(resolver.resolveMx('example.com'));
    resolver.close();
    const error = await asked;
    expect(error).to.be.instanceOf(DnsError);
    expect((error as DnsError).kind).to.equal('temporary');
  });

  it('leaves no socket open when it is cancelled before the socket is bound', async () => {
    const before = openSockets();
    const sockets = new UdpSockets();
    const options = { timeoutMs: 30_000, recursion: true, sockets };
    const given = rejection(queryDns(at(), question, options));
    sockets.close();
    expect(((await given) as DnsSilence).code).to.equal('ECANCELLED');
    await eventually(openSockets, (count) => count <= before, 1_000);
  });

  it('shares a socket with others, of which each takes 64 queries', async () => {
    answer = () => true;
    const sockets = new UdpSockets();
    const options = { timeoutMs: 2_000, recursion: true, sockets };
    const replies = await Promise.all(Array.from({ length: 200 }, () => queryDns(at(), question, options)));
    expect(replies.every(({ records }) => records.length === 1)).to.equal(true);
    expect(ports.size).to.equal(4);
    sockets.close();
  });

  it('may have any octet in its name', async () => {
    answer = () => true;
    const odd = { name: '% a\\é.example.com', type: 'A' } as const;
    const options = { timeoutMs: 500, recursion: true };
    expect((await queryDns(at(), odd, options)).records).to.have.length(1);
  });

  it('to an address that this host cannot reach is silence', async () => {
    for (const host of ['2001:db8::1', 'fe80::1%none', '255.255.255.255']) {
      const options = { timeoutMs: 100, recursion: true };
      expect(await rejection(queryDns({ host, port: 1 }, question, options)), host).to.be.instanceOf(
        DnsSilence,
      );
    }
  });
});

describe('DNS servers', () => {
  it('are written as an address, with a port or without', () => {
    expect(dnsServerAt('192.0.2.53')).to.deep.equal({ host: '192.0.2.53', port: 53 });
    expect(dnsServerAt('2001:db8::53')).to.deep.equal({ host: '2001:db8::53', port: 53 });
    expect(dnsServerAt('[2001:db8::53]:5353')).to.deep.equal({ host: '2001:db8::53', port: 5353 });
    for (const wrong of ['dns.example.com', '192.0.2.53:0', ''])
      expect(dnsServerAt(wrong)).to.equal(undefined);
  });

  it('of the system are those of resolv.conf, else the one of this host', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'mailpair-resolv-'));
    const file = join(directory, 'resolv.conf');
    try {
      await writeFile(
        file,
        '# nameserver 192.0.2.1\nsearch example.com\nnameserver 192.0.2.53\n nameserver\t2001:db8::53 \nnameserver x\n',
      );
      expect(systemServers(file)).to.deep.equal(['192.0.2.53', '2001:db8::53']);
      await writeFile(file, 'options edns0\n');
      expect(systemServers(file)).to.deep.equal(['127.0.0.1']);
      expect(systemServers(join(directory, 'gone'))).to.deep.equal(['127.0.0.1']);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
