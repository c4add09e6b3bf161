#!/usr/bin/env node
import { heaps, relaunch } from '@mailpair/shared/gateway/compose/launch';
import { expectNode } from '@mailpair/shared/platform/process/node-version';

expectNode('outbound-gateway');
relaunch(heaps.outbound);
const { runGateway } = await import('@mailpair/shared/gateway/compose/run');
const { outbound } = await import('./gateway.ts');
await runGateway(
  outbound,
  'the smarthost of the local mail server, and the lower-priority MX',
  async () => (await import('@mailpair/shared/api/api')).operatorApi,
);
