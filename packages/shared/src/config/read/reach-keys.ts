/** The keys that tell a command where the gateways of the pair are, and by what they trust it. */
import { isAtOrBelow } from '../schema/findings.ts';
import type { Fault } from '../schema/findings.ts';
import { isKeyPath } from '../keys.ts';

const reachKeys = ['host', 'nodes', 'url', 'spool', 'http'].flatMap((name) => [
  `inbound.${name}`,
  `outbound.${name}`,
]);
const others = ['node', 'pair.secretFile', 'pair.caFile'];
/** Where a name that is no key may be one of these, misspelt. */
const groups = ['inbound', 'outbound', 'pair'];

/** Whether a command that is to reach a gateway cannot go on in spite of this fault. */
export function preventsReach({ path }: Pick<Fault, 'path'>): boolean {
  if ([...reachKeys, ...others].some((key) => isAtOrBelow(path, key))) return true;
  return groups.some((group) => isAtOrBelow(path, group)) && !isKnown(path);
}

/** `inbound.listen[0]` is at a key; `inbound.spol` and `inbound` are not. */
const isKnown = (path: string): boolean => {
  const parts = path.split('[', 1)[0]!.split('.');
  return parts.some((_, index) => isKeyPath(parts.slice(0, index + 1).join('.')));
};
