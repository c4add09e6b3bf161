/**
 * The inbound gateway: the higher-priority MX. Takes mail for the hosted domains and hands it to the local servers.
 * Where told to, it is also the smarthost that local servers fall back to, open to the same submitters as outbound.
 */
import type { Role } from '@mailpair/shared/gateway/compose/role';

export const inbound: Role = {
  name: 'inbound',
  host: (settings) => settings.inbound,
  listeners: ({ inbound: { listen } }) => [
    ...listen.submission.map((address) => ({ role: 'submission' as const, listen: address })),
    ...listen.mx.map((address) => ({ role: 'mx' as const, listen: address })),
  ],
  trusted: (settings) => settings.outbound.trusted,
  users: ({ inbound, outbound }) => (inbound.listen.submission.length > 0 ? outbound.users : null),
};
