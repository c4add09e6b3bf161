#!/usr/bin/env node
import { heaps, relaunch } from '@mailpair/shared/launch';
import { expectNode } from '@mailpair/shared/system/node-version';

expectNode('outbound-gateway');
relaunch(heaps.outbound);
const { runGateway } = await import('@mailpair/shared/run');
const { outbound } = await import('./gateway.ts');
await runGateway(outbound, 'the smarthost of the local mail server, and the lower-priority MX');
