#!/usr/bin/env node
import { heaps, relaunch } from '@mailpair/shared/gateway/compose/launch';
import { expectNode } from '@mailpair/shared/platform/process/node-version';

expectNode('inbound-gateway');
relaunch(heaps.inbound);
const { runGateway } = await import('@mailpair/shared/gateway/compose/run');
const { inbound } = await import('./gateway.ts');
await runGateway(
  inbound,
  'the higher-priority MX: takes mail from the internet, hands it to the local mail server',
  async () => (await import('@mailpair/shared/api/api')).operatorApi,
);
