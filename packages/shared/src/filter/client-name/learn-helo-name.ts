/** What DNS knows of the name in HELO (RFC 5321 §2.3.5). Clients that are trusted or of this site are not asked about. */
import { isAddress, isLocalAddress, normaliseAddress } from '../../platform/network/addresses.ts';
import { DnsError, type Resolver } from '../../platform/dns/resolver.ts';
import type { ClientNameLearnable, HeloName } from './facts.ts';
import { inTime } from '../contract/in-time.ts';
import type { LearnerOf } from '../contract/learner.ts';

type Names = Pick<Resolver, 'resolveAddresses'>;

const ADDRESSES = 20;
/** No name is longer (RFC 5321 §4.5.3.1.2). */
const NAME_CHARACTERS = 255;

/** @param patienceMs how long DNS is waited for, which leaves room in the time budget */
export const heloNameLearner = (
  resolver: Names,
  patienceMs: () => number,
): LearnerOf<ClientNameLearnable, 'heloName'> => ({
  name: 'heloName',
  stage: 'client',
  roles: ['mx'],
  learn({ session: { client, helo: said, trusted } }) {
    if (trusted || isLocalAddress(client.address)) return undefined;
    const helo = said.slice(0, NAME_CHARACTERS);
    const literal = addressIn(helo);
    if (literal !== undefined) return { helo, literal };
    return helo.includes('.') ? heloNameOf(helo, resolver, patienceMs()) : { helo };
  },
});

/** The address in `[192.0.2.7]`, `[IPv6:2001:db8::7]` (RFC 5321 §4.1.3) or the same without brackets. */
function addressIn(helo: string): string | undefined {
  const bare = helo.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1');
  return isAddress(bare) ? normaliseAddress(bare) : undefined;
}

async function heloNameOf(helo: string, resolver: Names, patienceMs: number): Promise<HeloName> {
  const late = (): HeloName => ({ helo, doubt: `no answer within ${patienceMs / 1000} s` });
  try {
    const answer = resolver
      .resolveAddresses(helo)
      .then((all) => ({ helo, addresses: all.slice(0, ADDRESSES).map(normaliseAddress) }));
    return await inTime(patienceMs, answer, late);
  } catch (error) {
    if (error instanceof DnsError && error.kind !== 'temporary') return { helo, addresses: [] };
    return { helo, doubt: (error as Error).message };
  }
}
