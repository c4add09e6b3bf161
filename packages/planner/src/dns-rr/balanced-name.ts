/**
 * Determines what is balanced: the name of a role, its nodes, and the port at which they accept mail. Pure.
 */
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import type { ListenSettings } from '@mailpair/shared/config/schema/listen-settings';
import type { NodeSettings } from '@mailpair/shared/config/sections/nodes';
import type { Settings } from '@mailpair/shared/config/settings';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export interface BalancedName {
  readonly name: string;
  readonly nodes: readonly NodeSettings[];
  /** The listeners of each node, in the order of its addresses. */
  readonly listeners: readonly (readonly HostPort[])[];
}

/** Mail from the internet is sent to port 25 only. A router may forward it to another port. */
const MX_PORT = 25;

/** @throws if there is nothing to balance; the error names the key to set */
export function balancedName(role: RoleName, settings: Settings): BalancedName {
  const { host, nodes, listen } = settings[role];
  const nameless = nodes.find(({ addresses }) => addresses.length === 0);
  if (nameless) {
    const key = nodes.length > 1 ? `${role}.nodes` : `${role}.addresses`;
    throw new Error(`${nameless.host} has no address to publish: set addresses in ${key}`);
  }
  // A listener behind a load balancer, or with implicit TLS, sends no greeting to a client that stays silent.
  const greets = ({ tls, proxy, port }: ListenSettings): boolean =>
    tls !== 'implicit' && !proxy && port !== 0;
  const [mx, submission] = [listen.mx.filter(greets), listen.submission.filter(greets)];
  const greeting = mx.length > 0 ? mx : submission;
  if (greeting.length === 0)
    throw new Error(
      `no listener of ${role} greets strangers (${role}.listen), so it cannot be observed whether a node is alive: ` +
        'it needs one without proxy and without implicit TLS',
    );
  const publicPort = mx.length > 0 ? MX_PORT : greeting[0]!.port;
  const listenerOf = (address: string): HostPort => {
    const own = greeting.find((listener) => listener.host === address);
    return settings.dns.update.look.get(address) ?? { host: address, port: own?.port ?? publicPort };
  };
  return { name: host, nodes, listeners: nodes.map(({ addresses }) => addresses.map(listenerOf)) };
}
