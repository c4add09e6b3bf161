#!/usr/bin/env node
/**
 * The outbound gateway: the smarthost of the local server, and the lower-priority MX, which takes mail for the hosted
 * domains exactly as inbound does.
 */
import { heaps, relaunch } from '@mailpair/shared/gateway/compose/launch';
import { expectNode } from '@mailpair/shared/platform/process/node-version';

expectNode('outbound-gateway');
relaunch(heaps.outbound);
const { runGateway } = await import('@mailpair/shared/gateway/compose/run');
await runGateway(
  {
    name: 'outbound',
    host: (settings) => settings.outbound,
    listeners: ({ outbound: { listen } }) => [
      ...listen.submission.map((address) => ({ role: 'submission' as const, listen: address })),
      ...listen.mx.map((address) => ({ role: 'mx' as const, listen: address })),
    ],
    trusted: (settings) => settings.outbound.trusted,
    users: (settings) => settings.outbound.users,
  },
  'the smarthost of the local mail server, and the lower-priority MX',
  async () => (await import('@mailpair/shared/api/api')).operatorApi,
);
