/** What is to be balanced: the name of a role, its nodes, and the port that they take mail on. Pure. */
import type { NodeSettings } from '../../system/settings/hosts.ts';
import type { Settings } from '../../system/settings.ts';

export interface BalancedName {
  readonly name: string;
  readonly nodes: readonly NodeSettings[];
  readonly port: number;
}

/** @throws with the key to set when there is nothing to balance */
export function balancedName(role: 'inbound' | 'outbound', settings: Settings): BalancedName {
  const { host, nodes, listen } = settings[role];
  const nameless = nodes.find(({ addresses }) => addresses.length === 0);
  if (nameless) {
    const key = nodes.length > 1 ? `${role}.nodes` : `${role}.addresses`;
    throw new Error(`${nameless.host} has no address to publish: set addresses in ${key}`);
  }
  // A listener behind a load balancer, or with TLS from the first octet, greets nobody who says nothing.
  const greeting = [...listen.mx, ...listen.submission].find(
    ({ tls, proxy, port }) => tls !== 'implicit' && !proxy && port !== 0,
  );
  if (!greeting)
    throw new Error(
      `no listener of ${role} greets strangers (${role}.listen), so nobody can see whether a node is alive: ` +
        'it needs one without proxy and without implicit TLS',
    );
  return { name: host, nodes, port: greeting.port };
}
