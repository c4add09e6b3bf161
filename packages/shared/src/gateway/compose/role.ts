/** What makes a gateway inbound or outbound: its part of the settings, its listeners, and who may relay. */
import type { HostSettings } from '../../config/sections/role.ts';
import type { ListenSettings } from '../../config/schema/listen-settings.ts';
import type { Settings } from '../../config/settings.ts';
import type { RoleName } from '../../platform/values/role-name.ts';
import type { ListenerRole } from '../../platform/values/session.ts';

export interface RoleListener {
  readonly role: ListenerRole;
  readonly listen: ListenSettings;
}

export interface Role {
  readonly name: RoleName;
  host(settings: Settings): HostSettings;
  listeners(settings: Settings): readonly RoleListener[];
  /** Networks that may relay without credentials. */
  trusted(settings: Settings): readonly string[];
  /** File of those who may relay with a password. */
  users(settings: Settings): string | null;
}

/**
 * The host that this process is: its role's, with name, addresses and limits of its node.
 * @throws when the role has several nodes and this is none of them
 */
export function hostOf(role: Role, settings: Settings, machine: string): HostSettings {
  const host = role.host(settings);
  const { nodes } = host;
  const named = nodes.find(({ host: name }) => name === (settings.node ?? machine.toLowerCase()));
  const node = named ?? (nodes.length === 1 ? nodes[0] : undefined);
  if (node)
    return {
      ...host,
      host: node.host,
      addresses: node.addresses,
      limits: { ...host.limits, ...node.limits },
      load: { ...host.load, ...node.load },
    };
  const names = nodes.map(({ host: name }) => name).join(', ');
  throw new Error(
    `${settings.file}: this machine is ${settings.node ?? machine}, none of ${role.name}.nodes (${names}); ` +
      `set MAILPAIR_NODE to the one it is`,
  );
}

/** The settings with the limits of this host in place of those of the pair. @throws as `hostOf` */
export function settingsOfHost(role: Role, settings: Settings, machine: string): Settings {
  const { limits, load } = hostOf(role, settings, machine);
  return { ...settings, limits: { ...settings.limits, ...limits }, load: { ...settings.load, ...load } };
}
