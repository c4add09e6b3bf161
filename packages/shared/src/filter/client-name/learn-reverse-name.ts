/**
 * The names of the client's address, and whether one of them has that address (RFC 1912 §2.1; `iprev` of RFC 8601 §3). That DNS
 * says there is none is known; that DNS does not answer is a fault. Clients that are trusted or of this site are not
 * asked about.
 */
import { isLocalAddress, normaliseAddress } from '../../platform/network/addresses.ts';
import { DnsError, type Resolver } from '../../platform/dns/resolver.ts';
import { normaliseDomain } from '../../platform/values/address.ts';
import type { ClientNameLearnable, ReverseName } from './facts.ts';
import { inTime } from '../contract/in-time.ts';
import type { LearnerOf } from '../contract/learner.ts';

type Names = Pick<Resolver, 'resolvePtr' | 'resolveAddresses'>;

/** Names of one address that are looked at. */
const NAMES = 5;

/** @param patienceMs how long DNS is waited for, which leaves room in the time budget */
export const reverseNameLearner = (
  resolver: Names,
  patienceMs: () => number,
): LearnerOf<ClientNameLearnable, 'reverseName'> => ({
  name: 'reverseName',
  stage: 'client',
  roles: ['mx'],
  learn({ session: { client, trusted } }) {
    if (trusted || isLocalAddress(client.address)) return undefined;
    return reverseNameOf(client.address, resolver, patienceMs());
  },
});

/** @throws when the names cannot be learnt */
export async function reverseNameOf(
  address: string,
  resolver: Names,
  patienceMs: number,
): Promise<ReverseName> {
  const until = performance.now() + patienceMs;
  const late = `no answer within ${patienceMs / 1000} s`;
  const names = await inTime(patienceMs, namesOf(address, resolver), () => undefined);
  if (!names) throw new Error(`names of ${address}: ${late}`);
  const forward = await Promise.all(
    names.map((name) => inTime(until - performance.now(), pointsBack(name, address, resolver), () => late)),
  );
  const confirmed = names.find((_, i) => forward[i] === true);
  if (confirmed !== undefined) return { names, confirmed };
  const doubt = forward.find((answer) => typeof answer === 'string');
  return doubt === undefined ? { names } : { names, doubt };
}

async function namesOf(address: string, resolver: Names): Promise<readonly string[]> {
  try {
    return (await resolver.resolvePtr(address)).slice(0, NAMES).map(normaliseDomain);
  } catch (error) {
    if (error instanceof DnsError && error.kind !== 'temporary') return [];
    throw error;
  }
}

/** In doubt why. A name without a dot is not looked up: the resolver would take it for a host of this site. */
async function pointsBack(name: string, address: string, resolver: Names): Promise<boolean | string> {
  if (!name.includes('.')) return false;
  try {
    const addresses = await resolver.resolveAddresses(name, [address.includes(':') ? 6 : 4]);
    return addresses.some((each) => normaliseAddress(each) === address);
  } catch (error) {
    return error instanceof DnsError && error.kind !== 'temporary' ? false : (error as Error).message;
  }
}
