#!/usr/bin/env node
import { relaunch } from '@mailpair/shared/launch';

// A queue is bound by its disk: memory is worth more to it than the CPU that a larger nursery saves.
relaunch({ nurseryMegabytes: 4 });
const { runGateway } = await import('@mailpair/shared/run');
const { outbound } = await import('./gateway.ts');
await runGateway(outbound, 'the smarthost of the local mail server, and the lower-priority MX');
