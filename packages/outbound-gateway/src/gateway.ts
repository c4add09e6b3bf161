/**
 * The outbound gateway: the smarthost of the local server, and the lower-priority MX that takes mail for the hosted
 * domains exactly as inbound does.
 */
import type { Role } from '@mailpair/shared/gateway/compose/role';

export const outbound: Role = {
  name: 'outbound',
  host: (settings) => settings.outbound,
  listeners: ({ outbound: { listen } }) => [
    ...listen.submission.map((address) => ({ role: 'submission' as const, listen: address })),
    ...listen.mx.map((address) => ({ role: 'mx' as const, listen: address })),
  ],
  trusted: (settings) => settings.outbound.trusted,
  users: (settings) => settings.outbound.users,
};
