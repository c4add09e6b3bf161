#!/usr/bin/env node
import { relaunch } from '@mailpair/shared/launch';
import { expectNode } from '@mailpair/shared/system/node-version';

expectNode('inbound-gateway');
relaunch({ nurseryMegabytes: 16, growingPercent: 60 });
const { runGateway } = await import('@mailpair/shared/run');
const { inbound } = await import('./gateway.ts');
await runGateway(
  inbound,
  'the higher-priority MX: takes mail from the internet, hands it to the local mail server',
);
