/** Parts of both Exim guides (Exim specification: "Access control lists", "Host lists"). */
import type { PairFacts } from './facts.ts';

/** An Exim list with semicolons as separators, so that the colons in IPv6 addresses need not be doubled. */
const hosts = (addresses: readonly string[]): string => `<; ${addresses.join(' ; ')}`;

/**
 * A file that replaces the ACL for RCPT and ends by calling the original ACL. The empty list item matches
 * mail that does not arrive over a connection.
 */
export const eximAcl = ({ pair, refusal }: PairFacts): string => `\
deny
  message = 550 5.7.1 ${refusal}
  !hosts = ${hosts(['', '127.0.0.1', '::1', ...pair])}
  !hosts = +relay_from_hosts
  !authenticated = *
require
  acl = acl_check_rcpt
accept`;
