/**
 * Finds who asks the local servers for a gateway: the gateway itself while it runs, else this process, which then connects from the
 * configured source address of the gateway.
 */
import {
  createCheckLocalServers,
  type CheckLocalServers,
  type LocalServerCheck,
} from '../gateway/dispatch/check-servers.ts';
import { addressesFrom } from '../gateway/dispatch/hop-addresses.ts';
import { createNetworks } from '../platform/network/addresses.ts';
import { createResolver } from '../platform/dns/resolver.ts';
import type { Settings } from '../config/settings.ts';
import type { ApiCaller } from '../platform/http/api-caller.ts';
import { reachRunning } from './reach-gateway.ts';
import type { RoleName } from '../platform/values/role-name.ts';

export interface LocalServersControl {
  readonly role: RoleName;
  /** Who connects: the running gateway, or this process in its place. */
  readonly by: 'gateway' | 'command';
  readonly check: CheckLocalServers;
  close?(): Promise<void>;
}

/** A running gateway, here or elsewhere. */
export const localServersOf = (api: ApiCaller, role: RoleName): LocalServersControl => ({
  role,
  by: 'gateway',
  async check(recipients) {
    const answer = await api.given<{ checks: LocalServerCheck[] }>(
      'POST',
      '/local-servers/check',
      {},
      { body: { recipients } },
    );
    return answer.checks;
  },
});

/** The gateway whose spool is here. @throws when it runs and cannot be asked */
export async function reachLocalServers(role: RoleName, settings: Settings): Promise<LocalServersControl> {
  const { host, sourceAddresses: sources } = settings[role];
  const running = await reachRunning(role, settings);
  if (running) return localServersOf(running, role);
  const { servers, timeoutMs } = settings.dns;
  const resolver = createResolver({ servers, timeoutMs });
  const check = createCheckLocalServers({
    settings: () => settings,
    localName: host,
    sources,
    addressesOf: addressesFrom(resolver, () => createNetworks(settings.send.privateDestinations)),
    now: () => Date.now(),
  });
  return { role, by: 'command', check, close: async () => resolver.close() };
}
