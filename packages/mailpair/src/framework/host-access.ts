/** Finds the gateways of this host, running or stopped, for verbs about this host. */
import { hasSpool, reachHere, type Here, type ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import type { Settings } from '@mailpair/shared/config/settings';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import { reachableForSpools } from './spool-access.ts';
import { choiceOption, type Io, type VerbArgs } from './verb.ts';

export interface RolesHere {
  readonly roles: readonly RoleName[];
  readonly settings: Settings;
}

/**
 * The roles whose spool is on this host, or the role of `--role`.
 *
 * @throws if there is none
 */
export function rolesHere(args: VerbArgs, io: Io, settingsOf = reachableForSpools): RolesHere {
  const named = choiceOption(args, 'role', roleNames);
  const settings = settingsOf(args, io, named);
  const asked = named ? [named] : roleNames;
  const roles = asked.filter((role) => hasSpool(role, settings));
  if (roles.length > 0) return { roles, settings };
  const places = asked.map((role) => `${settings[role].spool} (${role}.spool)`);
  throw new Error(
    `no gateway has its spool in ${places.join(' nor in ')}: run this on the host of the gateway, after its first start`,
  );
}

/**
 * Connects to each gateway of this host, calls `use`, and closes the connection.
 *
 * @param needs the part of the API that is used
 * @throws if there is no gateway, or one is unreachable
 */
export async function withGatewaysHere(
  args: VerbArgs,
  io: Io,
  {
    needs,
    settingsOf,
  }: { readonly needs: NonNullable<Here['needs']>; readonly settingsOf?: typeof reachableForSpools },
  use: (gateways: readonly ReachedGateway[], settings: Settings) => Promise<number>,
): Promise<number> {
  const { roles, settings } = rolesHere(args, io, settingsOf);
  const gateways: ReachedGateway[] = [];
  try {
    for (const role of roles)
      gateways.push(
        await reachHere(role, settings, {
          needs,
          onDamage: ({ id, fault }) => io.err(`${role}: ${id} set aside: ${fault}`),
        }),
      );
    return await use(gateways, settings);
  } finally {
    for (const gateway of gateways) await gateway.close();
  }
}
