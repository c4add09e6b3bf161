/**
 * The settings of a verb that opens spools. If run by root, the process changes permanently to the owner of
 * the spool before it opens anything below the spool, because the owner could have created a symbolic link
 * there.
 */
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import { loadReachable, loadSettings } from '@mailpair/shared/config/read/load-settings';
import { becomeOwnerOf } from '@mailpair/shared/platform/process/privileges';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Io, VerbArgs } from './verb.ts';

/** @param named the only gateway whose spool is opened; if absent, both spools are */
export const settingsForSpools = (args: VerbArgs, io: Io, named?: RoleName): Settings =>
  asOwner(loadSettings({ file: args.config, env: io.env, sets: args.sets }), named);

/** The same for a verb that only needs to know how to reach the gateways. */
export const reachableForSpools = (args: VerbArgs, io: Io, named?: RoleName): Settings =>
  asOwner(loadReachable({ file: args.config, env: io.env, sets: args.sets }, io.err), named);

function asOwner(settings: Settings, named: RoleName | undefined): Settings {
  becomeOwnerOf((named ? [named] : roleNames).map((role) => settings[role].spool));
  return settings;
}
