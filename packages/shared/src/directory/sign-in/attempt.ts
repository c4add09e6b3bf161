/** A sign-in as it is counted: for which account, from where, and whether the account signed in from there before. Pure. */
import { clientOf, neighbourhoodOf } from '../../platform/network/client-network.ts';

/** `known`: from this client. `nearby`: from its neighbourhood. `new`: from elsewhere, or never. */
export type Standing = 'known' | 'nearby' | 'new';

export interface Origin {
  /** `192.0.2.7`, `2001:db8::/64` */
  readonly client: string;
  /** `192.0.2.0/24`, `2001:db8::/48` */
  readonly network: string;
}

export interface Attempt extends Origin {
  readonly account: string;
  readonly standing: Standing;
}

/** Characters of a name; a longer one is counted as what it begins with. */
export const LONGEST_ACCOUNT = 320;

/** Names are counted without regard to case, whether there is such a user or not. */
export const accountOf = (user: string): string =>
  user.slice(0, LONGEST_ACCOUNT).toLowerCase().slice(0, LONGEST_ACCOUNT);

/** @param client an address, or a client as it is counted */
export function originOf(client: string): Origin {
  const [address = ''] = client.split('/');
  return { client: clientOf(address), network: neighbourhoodOf(address) };
}
