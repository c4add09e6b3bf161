/** What makes a gateway inbound or outbound: its part of the settings, its listeners, and who may relay. */
import type { HostSettings, ListenSettings, Settings } from './system/settings.ts';
import type { ListenerRole } from './values/session.ts';

export interface RoleListener {
  readonly role: ListenerRole;
  readonly listen: ListenSettings;
}

export interface Role {
  readonly name: 'inbound' | 'outbound';
  host(settings: Settings): HostSettings;
  listeners(settings: Settings): readonly RoleListener[];
  /** Networks that may relay without credentials. */
  trusted(settings: Settings): readonly string[];
  /** File of those who may relay with a password. */
  users(settings: Settings): string | null;
}
