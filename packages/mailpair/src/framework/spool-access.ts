/**
 * The settings of a verb that opens spools. Run by root, the command becomes the owner of the spool for good, before it opens
 * anything below it: the owner could have put a link there.
 */
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import { loadReachable, loadSettings } from '@mailpair/shared/config/read/load-settings';
import { becomeOwnerOf } from '@mailpair/shared/platform/process/privileges';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Io, VerbArgs } from './verb.ts';

/** @param named the only gateway whose spool is opened; without it both are */
export const settingsForSpools = (args: VerbArgs, io: Io, named?: RoleName): Settings =>
  asOwner(loadSettings({ file: args.config, env: io.env, sets: args.sets }), named);

/** The same for a verb that needs nothing of the configuration but where the gateways are. */
export const reachableForSpools = (args: VerbArgs, io: Io, named?: RoleName): Settings =>
  asOwner(loadReachable({ file: args.config, env: io.env, sets: args.sets }, io.err), named);

function asOwner(settings: Settings, named: RoleName | undefined): Settings {
  becomeOwnerOf((named ? [named] : roleNames).map((role) => settings[role].spool));
  return settings;
}
