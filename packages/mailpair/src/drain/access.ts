/** How `drain` and `undrain` find the gateways of this host. */
import { hasSpool, reachRunning, type ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import type { Settings } from '@mailpair/shared/config/settings';
import { reachableForSpools } from '../framework/spool-access.ts';
import { choiceOption, type Io, type VerbArgs } from '../framework/verb.ts';

export interface GatewayHere {
  readonly role: RoleName;
  readonly spool: string;
  /** Undefined while it is stopped. */
  readonly gateway: ReachedGateway | undefined;
}

/** Those of this host, or that of `--role`. @throws when there is none, or one cannot be asked */
export async function gatewaysHere(args: VerbArgs, io: Io): Promise<GatewayHere[]> {
  const named = choiceOption(args, 'role', roleNames);
  const settings = reachableForSpools(args, io, named);
  const roles = (named ? [named] : roleNames).filter((role) => hasSpool(role, settings));
  if (roles.length === 0)
    throw new Error('no gateway has its spool on this host: run this on its host, after its first start');
  return Promise.all(roles.map((role) => gatewayHere(role, settings)));
}

async function gatewayHere(role: RoleName, settings: Settings): Promise<GatewayHere> {
  const { http, spool } = settings[role];
  if (!http)
    throw new Error(`${role}.http is none, so the gateway cannot be asked: set it, e.g. to 127.0.0.1:8025`);
  return { role, spool, gateway: await reachRunning(role, settings) };
}
