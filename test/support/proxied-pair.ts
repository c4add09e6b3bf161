/**
 * A pair whose gateways have their listeners for mail from the internet behind a load balancer: there a test connects as
 * any client it likes.
 */
import { expect } from 'chai';
import { isIPv6 } from 'node:net';
import { after, before } from 'mocha';
import { openPair, type Pair, type PairOptions } from './pair.ts';
import { freePorts } from './ports.ts';
import { SmtpClient, type Reply } from './smtp-client.ts';

type RoleName = 'inbound' | 'outbound';

export interface ProxiedPair extends Pair {
  /** A session from that address, after the greeting and EHLO; with inbound unless said otherwise. */
  clientAt(address: string, helo?: string, role?: RoleName): Promise<SmtpClient>;
  /** What a client from that address hears first. */
  greetingAt(address: string, role?: RoleName): Promise<Reply>;
}

export function useProxiedPair(options: PairOptions = {}): () => ProxiedPair {
  let pair: ProxiedPair | undefined;
  before(async () => {
    const [inbound = 0, outbound = 0] = await freePorts(2);
    const ports = { inbound, outbound };
    const behind = (port: number) => [{ address: `127.0.0.1:${port}`, proxy: ['127.0.0.1'] }];
    const opened = await openPair({
      start: ['inbound'],
      ...options,
      config: {
        'inbound.listen': behind(inbound),
        'outbound.listen.mx': behind(outbound),
        ...options.config,
      },
    });
    pair = {
      ...opened,
      async clientAt(address, helo = 'mail.sender.test', role = 'inbound') {
        const client = await connectAs(address, ports[role]);
        await client.greeting;
        await client.say(`EHLO ${helo}`);
        return client;
      },
      async greetingAt(address, role = 'inbound') {
        const client = await connectAs(address, ports[role]);
        const greeting = await client.greeting;
        client.destroy();
        return greeting;
      },
    };
  });
  after(() => pair?.close());
  return () => pair!;
}

async function connectAs(address: string, port: number): Promise<SmtpClient> {
  const client = await SmtpClient.connect({ host: '127.0.0.1', port });
  const [protocol, ours] = isIPv6(address) ? ['TCP6', '2001:db8::10'] : ['TCP4', '192.0.2.10'];
  client.send(`PROXY ${protocol} ${address} ${ours} 4711 25\r\n`);
  return client;
}

/** One plain message to anna@example.com, which is taken; then the client leaves. */
export async function deliverBy(client: SmtpClient): Promise<void> {
  await client.say('MAIL FROM:<a@sender.test>');
  await client.say('RCPT TO:<anna@example.com>');
  const reply = await client.data(
    Buffer.from('From: <a@sender.test>\r\nSubject: Hello\r\n\r\nOne line.\r\n'),
  );
  expect(reply).to.include({ code: 250 });
  await client.quit();
}
