/** How the learn verbs reach what the gateways of this host learnt. */
import { hasSpool, reachHere, type ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { roleNames } from '@mailpair/shared/platform/values/role-name';
import type { Settings } from '@mailpair/shared/config/settings';
import { settingsForSpools } from '../framework/spool-access.ts';
import { choiceOption } from '../framework/verb.ts';
import type { Io, VerbArgs } from '../framework/verb.ts';

/**
 * Opens those whose spool is on this host, and closes them after `use`.
 * @throws when there is none, or one cannot be reached
 */
export async function withLearning(
  args: VerbArgs,
  io: Io,
  use: (gateways: readonly ReachedGateway[], settings: Settings) => Promise<number>,
): Promise<number> {
  const asked = choiceOption(args, 'role', roleNames);
  const settings = settingsForSpools(args, io, asked);
  const roles = (asked ? [asked] : roleNames).filter((role) => hasSpool(role, settings));
  if (roles.length === 0) throw new Error('no gateway has its spool here: run this on the host of one');
  const gateways: ReachedGateway[] = [];
  try {
    for (const role of roles)
      gateways.push(
        await reachHere(role, settings, {
          needs: 'bayes',
          onDamage: ({ id, fault }) => io.err(`${role}: ${id} set aside: ${fault}`),
        }),
      );
    return await use(gateways, settings);
  } finally {
    for (const gateway of gateways) await gateway.close();
  }
}
