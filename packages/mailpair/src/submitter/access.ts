/** How the submitter verbs find the gateways that take mail of submitters, wherever they run. */
import { createGatewayClient } from '@mailpair/shared/api/gateway-client';
import type { QueueControl } from '@mailpair/shared/api/queue-control';
import { hasSpool, openQueueControl } from '@mailpair/shared/api/reach-gateway';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import type { SubmitterControl } from '@mailpair/shared/api/submitter-control';
import type { Settings } from '@mailpair/shared/config/settings';
import { withPair } from '../framework/pair-access.ts';
import type { Io, VerbArgs } from '../framework/verb.ts';

export interface SubmittersAt {
  readonly role: RoleName;
  /** The name of the gateway. */
  readonly host: string;
  readonly submitters: SubmitterControl;
}

export interface Submitters {
  readonly all: readonly SubmittersAt[];
  /** Gateways that could not be asked; stderr was told why. */
  readonly notAsked: number;
}

export const withSubmitters = (
  args: VerbArgs,
  io: Io,
  use: (submitters: Submitters) => Promise<number>,
): Promise<number> =>
  withPair<QueueControl, number>(
    args,
    io,
    { roles: takers, here: openQueueControl, there: createGatewayClient },
    ({ asked, notAsked }) =>
      use({
        all: asked.map(({ role, node, control }) => ({ role, host: node, submitters: control.submitters })),
        notAsked,
      }),
  );

/** Of a gateway that takes such mail no more something may wait still, which is looked at on its host. */
const takers = (settings: Settings): RoleName[] =>
  roleNames.filter((role) => settings[role].listen.submission.length > 0 || hasSpool(role, settings));
