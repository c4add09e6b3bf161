/** A pair whose inbound has one more listener, behind a load balancer: there a test connects as any client it likes. */
import { isIPv6 } from 'node:net';
import { after, before } from 'mocha';
import { openPair, type Pair, type PairOptions } from './pair.ts';
import { freePorts } from './ports.ts';
import { SmtpClient } from './smtp-client.ts';

export interface ProxiedPair extends Pair {
  /** A session with inbound from that address, after the greeting and EHLO. */
  clientAt(address: string, helo?: string): Promise<SmtpClient>;
}

export function useProxiedPair(options: PairOptions = {}): () => ProxiedPair {
  let pair: ProxiedPair | undefined;
  before(async () => {
    const [port = 0] = await freePorts(1);
    const listener = { address: `127.0.0.1:${port}`, proxy: ['127.0.0.1'] };
    const opened = await openPair({
      start: ['inbound'],
      ...options,
      config: { 'inbound.listen': [listener], ...options.config },
    });
    pair = {
      ...opened,
      clientAt: (address, helo) => greetAs(address, port, helo ?? 'mail.sender.test'),
    };
  });
  after(() => pair?.close());
  return () => pair!;
}

async function greetAs(address: string, port: number, helo: string): Promise<SmtpClient> {
  const client = await SmtpClient.connect({ host: '127.0.0.1', port });
  const [protocol, ours] = isIPv6(address) ? ['TCP6', '2001:db8::10'] : ['TCP4', '192.0.2.10'];
  client.send(`PROXY ${protocol} ${address} ${ours} 4711 25\r\n`);
  await client.greeting;
  await client.say(`EHLO ${helo}`);
  return client;
}
