/**
 * A DNS server on loopback that can be stopped and restarted on its port. It supports UDP only, because all
 * responses are short.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { answerQuery } from './dns-answer.ts';
import type { Zone } from './zone.ts';

export interface LoopbackDns {
  start(): Promise<void>;
  /** From now on the port does not respond. */
  stop(): Promise<void>;
}

export function createDnsServer(
  at: { readonly address: string; readonly port: number },
  zone: Zone,
): LoopbackDns {
  let socket: Socket | undefined;
  return {
    async start() {
      const opened = createSocket('udp4');
      opened.on('message', (query, from) => {
        const answer = answerQuery(query, zone);
        if (answer) opened.send(answer, from.port, from.address);
      });
      opened.bind(at.port, at.address);
      await once(opened, 'listening');
      opened.on('error', () => undefined); // a client that has gone asks again
      socket = opened;
    },
    async stop() {
      const closing = socket;
      socket = undefined;
      if (closing) await new Promise<void>((resolve) => closing.close(resolve));
    },
  };
}
