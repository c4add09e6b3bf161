/** Finds the gateways that accept mail from submitters for the submitter verbs. */
import { hasSpool } from '@mailpair/shared/api/reach-gateway';
import { roleNames } from '@mailpair/shared/platform/values/role-name';
import type { PairNeeds } from '../framework/pair-access.ts';

/**
 * A gateway that no longer accepts such mail may still have some in its queue, so it is also queried on its
 * own host.
 */
export const takers: PairNeeds = {
  needs: 'queue',
  roles: (settings) =>
    roleNames.filter((role) => settings[role].listen.submission.length > 0 || hasSpool(role, settings)),
};
