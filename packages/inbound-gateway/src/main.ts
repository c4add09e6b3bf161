#!/usr/bin/env node
/**
 * The inbound gateway: the higher-priority MX. It takes mail for the hosted domains and hands it to the local servers.
 * If the configuration gives it submission listeners, it is also the smarthost that local servers fall back to, and
 * takes mail from the same submitters as outbound.
 */
import { heaps, relaunch } from '@mailpair/shared/gateway/compose/launch';
import { expectNode } from '@mailpair/shared/platform/process/node-version';

expectNode('inbound-gateway');
relaunch(heaps.inbound);
const { runGateway } = await import('@mailpair/shared/gateway/compose/run');
await runGateway(
  {
    name: 'inbound',
    host: (settings) => settings.inbound,
    listeners: ({ inbound: { listen } }) => [
      ...listen.submission.map((address) => ({ role: 'submission' as const, listen: address })),
      ...listen.mx.map((address) => ({ role: 'mx' as const, listen: address })),
    ],
    trusted: (settings) => settings.outbound.trusted,
    users: ({ inbound, outbound }) => (inbound.listen.submission.length > 0 ? outbound.users : null),
  },
  'the higher-priority MX: takes mail from the internet, hands it to the local mail server',
  async () => (await import('@mailpair/shared/api/api')).operatorApi,
);
