/** How verbs about the whole pair find its gateways: each is asked, wherever it runs. */
import type { Here, ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { reachPair } from '@mailpair/shared/api/reach-pair';
import type { Settings } from '@mailpair/shared/config/settings';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import { reachableForSpools } from './spool-access.ts';
import { choiceOption, type Io, type VerbArgs } from './verb.ts';

export interface AskedPair {
  readonly asked: readonly ReachedGateway[];
  /** Gateways that could not be asked; stderr was told why. */
  readonly notAsked: number;
  readonly settings: Settings;
}

export interface PairNeeds {
  /** What they are asked for. */
  readonly needs: NonNullable<Here['needs']>;
  /** Those that are asked where none is named; all without it. */
  roles?(settings: Settings): readonly RoleName[];
}

/**
 * Opens the way to each gateway, or to those of `--role`, and closes it after `use`.
 * @throws when none can be asked
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
