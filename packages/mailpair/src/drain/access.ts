/** Finds the gateways of this host for `drain` and `undrain`. */
import { reachRunning, type ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';
import type { Settings } from '@mailpair/shared/config/settings';
import { rolesHere } from '../framework/host-access.ts';
import type { Io, VerbArgs } from '../framework/verb.ts';

export interface GatewayHere {
  readonly role: RoleName;
  readonly spool: string;
  /** Undefined while the gateway is stopped. */
  readonly gateway: ReachedGateway | undefined;
}

/**
 * The gateways of this host, or the one of `--role`.
 *
 * @throws if there is none, or one cannot be queried
 */
export async function gatewaysHere(args: VerbArgs, io: Io): Promise<GatewayHere[]> {
  const { roles, settings } = rolesHere(args, io);
  return Promise.all(roles.map((role) => gatewayHere(role, settings)));
}

async function gatewayHere(role: RoleName, settings: Settings): Promise<GatewayHere> {
  const { http, spool } = settings[role];
  if (!http)
    throw new Error(`${role}.http is none, so the gateway cannot be asked: set it, e.g. to 127.0.0.1:8025`);
  return { role, spool, gateway: await reachRunning(role, settings) };
}
