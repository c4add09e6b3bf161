/** The inbound gateway: the higher-priority MX. Takes mail for the hosted domains and hands it to the local servers. */
import type { Role } from '@mailpair/shared/role';

export const inbound: Role = {
  name: 'inbound',
  host: (settings) => settings.inbound,
  listeners: ({ inbound: { listen } }) => listen.mx.map((address) => ({ role: 'mx', listen: address })),
  trusted: () => [],
  users: () => null,
};
