/** Finds the gateways for verbs about the whole pair. Each gateway is queried, local or remote. */
import type { Here, ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { reachPair } from '@mailpair/shared/api/reach-pair';
import type { Settings } from '@mailpair/shared/config/settings';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import { reachableForSpools } from './spool-access.ts';
import { choiceOption, type Io, type VerbArgs } from './verb.ts';

export interface AskedPair {
  readonly asked: readonly ReachedGateway[];
  /** The number of gateways that could not be queried; the reasons are on stderr. */
  readonly notAsked: number;
  readonly settings: Settings;
}

export interface PairNeeds {
  /** The part of the API that is used. */
  readonly needs: NonNullable<Here['needs']>;
  /** The roles to query if `--role` is not given; if absent, both. */
  roles?(settings: Settings): readonly RoleName[];
}

/**
 * Connects to each gateway, or to those of `--role`, calls `use`, and closes the connection.
 *
 * @throws if no gateway can be queried
 */
export async function withPair<T>(
  args: VerbArgs,
  io: Io,
  { needs, roles = () => roleNames }: PairNeeds,
  use: (pair: AskedPair) => Promise<T>,
): Promise<T> {
  const named = choiceOption(args, 'role', roleNames);
  const settings = reachableForSpools(args, io, named);
  const reached = await reachPair(named ? [named] : roles(settings), settings, (role) => ({
    needs,
    onDamage: ({ id, fault }) => io.err(`${role}: ${id} set aside: ${fault}`),
  }));
  const asked = reached.flatMap((each) => (each.kind === 'asked' ? [each.gateway] : []));
  try {
    for (const each of reached)
      if (each.kind === 'not-asked') io.err(`${each.role} ${each.node} was not asked: ${each.reason}.`);
    if (asked.length === 0)
      throw new Error('no gateway could be asked: run this on the host of one, after its first start');
    return await use({ asked, notAsked: reached.length - asked.length, settings });
  } finally {
    for (const gateway of asked) await gateway.close();
  }
}

export const pairRoleHelp = `  --role ROLE        inbound or outbound; without it both, wherever they run`;

export const pairHelp = `Both gateways are asked: one of this host by its token, or in its files while it is stopped; one of another host
while it runs, by the secret of the pair (pair.secretFile).`;
