#!/usr/bin/env node
import { runGateway } from '@mailpair/shared/run';
import { inbound } from './gateway.ts';

await runGateway(
  inbound,
  'the higher-priority MX: takes mail from the internet, hands it to the local mail server',
);
