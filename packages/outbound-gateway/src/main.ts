#!/usr/bin/env node
import { runGateway } from '@mailpair/shared/run';
import { outbound } from './gateway.ts';

await runGateway(outbound, 'the smarthost of the local mail server, and the lower-priority MX');
