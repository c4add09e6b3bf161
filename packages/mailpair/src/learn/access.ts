/** Opens the classifiers of the gateways of this host for the learn verbs. */
import { withGatewaysHere } from '../framework/host-access.ts';
import { settingsForSpools } from '../framework/spool-access.ts';
import type { Io, VerbArgs } from '../framework/verb.ts';

export const withLearning = (
  args: VerbArgs,
  io: Io,
  use: Parameters<typeof withGatewaysHere>[3],
): Promise<number> => withGatewaysHere(args, io, { needs: 'bayes', settingsOf: settingsForSpools }, use);
