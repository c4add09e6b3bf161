/** How verbs about the whole pair find its gateways: each is asked, wherever it runs. */
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import { reachPair, type Ways } from '@mailpair/shared/api/reach-pair';
import type { Damage } from '@mailpair/shared/spool/store/spool';
import type { Settings } from '@mailpair/shared/config/settings';
import { reachableForSpools } from './spool-access.ts';
import { choiceOption, type Io, type VerbArgs } from './verb.ts';

export interface Asked<C> {
  readonly role: RoleName;
  /** Its name. */
  readonly node: string;
  readonly control: C;
}

export interface AskedPair<C> {
  readonly asked: readonly Asked<C>[];
  /** Gateways that could not be asked; stderr was told why. */
  readonly notAsked: number;
  readonly settings: Settings;
}

export interface PairWays<C> {
  /** Those that are asked where none is named; all without it. */
  roles?(settings: Settings): readonly RoleName[];
  /** A gateway whose spool is on this host. */
  here(role: RoleName, settings: Settings, onDamage: (damage: Damage) => void): Promise<C>;
  readonly there: Ways<C>['there'];
}

/**
 * Opens the way to each gateway, or to those of `--role`, and closes it after `use`.
 * @throws when none can be asked
 */
export async function withPair<C extends { readonly role: string; close?(): Promise<void> }, T>(
  args: VerbArgs,
  io: Io,
  ways: PairWays<C>,
  use: (pair: AskedPair<C>) => Promise<T>,
): Promise<T> {
  const named = choiceOption(args, 'role', roleNames);
  const settings = reachableForSpools(args, io, named);
  const reached = await reachPair(named ? [named] : (ways.roles?.(settings) ?? roleNames), settings, {
    here: (role) =>
      ways.here(role, settings, ({ id, fault }) => io.err(`${role}: ${id} set aside: ${fault}`)),
    there: ways.there,
  });
  const asked = reached.filter((each) => each.kind === 'asked');
  try {
    for (const each of reached)
      if (each.kind === 'not-asked') io.err(`${each.role} ${each.node} was not asked: ${each.reason}.`);
    if (asked.length === 0)
      throw new Error('no gateway could be asked: run this on the host of one, after its first start');
    return await use({ asked, notAsked: reached.length - asked.length, settings });
  } finally {
    for (const { control } of asked) await control.close?.();
  }
}

export const pairRoleHelp = `  --role ROLE        inbound or outbound; without it both, wherever they run`;

export const pairHelp = `Both gateways are asked: one of this host by its token, or in its files while it is stopped; one of another host
while it runs, by the secret of the pair (pair.secretFile).`;
