/** How the submitter verbs find the gateways that take mail of submitters, wherever they run. */
import { hasSpool } from '@mailpair/shared/api/reach-gateway';
import { roleNames } from '@mailpair/shared/platform/values/role-name';
import type { PairNeeds } from '../framework/pair-access.ts';

/** Of a gateway that takes such mail no more something may wait still, which is looked at on its host. */
export const takers: PairNeeds = {
  needs: 'queue',
  roles: (settings) =>
    roleNames.filter((role) => settings[role].listen.submission.length > 0 || hasSpool(role, settings)),
};
