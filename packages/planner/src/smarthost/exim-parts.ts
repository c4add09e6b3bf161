/** What both ways of configuring Exim share (spec: "Access control lists", "Host lists"). */
import type { PairFacts } from './facts.ts';

/** Items apart by semicolons, so that IPv6 addresses need no doubled colons. */
const hosts = (addresses: readonly string[]): string => `<; ${addresses.join(' ; ')}`;

/**
 * A file that takes the place of the ACL for RCPT and ends in it. An empty item in the list stands for mail that
 * comes by no connection.
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
