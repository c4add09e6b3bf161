/** A partner within the test: the product's own heartbeat, with a clock that the test sets, over a listener of its own. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPartnerClient } from '@mailpair/shared/gateway/pair/partner-client';
import { deriveKeys } from '@mailpair/shared/gateway/pair/partner-keys';
import { PartnerSet, type OtherNode } from '@mailpair/shared/gateway/pair/partners';
import type { PartnerView } from '@mailpair/shared/gateway/pair/partner-view';
import { Topics } from '@mailpair/shared/platform/topics';
import { silentLog } from '@mailpair/shared/platform/log/log';

export interface StandIn {
  readonly url: string;
  /** How far its clock is ahead. */
  skewMs: number;
  views(): PartnerView[];
  /** From now on it sends heartbeats, too. */
  meet(other: OtherNode): void;
  close(): Promise<void>;
}

export async function openStandIn(name: string, secret: string): Promise<StandIn> {
  const clock = { now: () => Date.now() + standIn.skewMs };
  const set = new PartnerSet(
    {
      self: { name, run: 'stand-in' },
      keys: () => keys,
      rules: () => ({ intervalMs: 100, deadAfterMs: 1_500 }),
      compose: () => ({
        version: '0',
        startedAt: 0,
        draining: false,
        load: { value: 0, parts: {} },
        headroom: 1,
        sheds: false,
        answeredAgo: {},
        freeDiskBytes: 0,
        digest: {},
      }),
      topics: new Topics(),
      clock,
      steady: { now: () => performance.now() },
      log: silentLog,
      metrics: { heartbeat: () => undefined, knowledge: () => undefined },
    },
    (url) => createPartnerClient(url, []),
  );
  const keys = deriveKeys([secret]);
  const server = createServer((question, reply) => {
    const pieces: Buffer[] = [];
    question.on('data', (piece: Buffer) => pieces.push(piece));
    question.on('end', () => {
      const seal = String(question.headers['mailpair-seal']);
      const answer = set.receive({ seal, body: Buffer.concat(pieces), client: '127.0.0.1' });
      reply.writeHead(answer.status, { 'mailpair-seal': answer.seal }).end(answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    skewMs: 0,
    views: () => set.views(),
    meet: (other) => set.set([other]),
    async close() {
      set.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return standIn;
}
