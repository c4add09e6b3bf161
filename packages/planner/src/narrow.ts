/** Restricts a plan to some domains or one zone. Pure. */
import type { DnsPlan } from './dns-plan.ts';
import { innermost } from './zones.ts';

/**
 * Keeps records whose innermost hosted domain is one of `wanted`. Notes are about the whole pair and are
 * kept.
 */
export function narrowToDomains(
  plan: DnsPlan,
  hosted: readonly string[],
  wanted: readonly string[],
): DnsPlan {
  const isWanted = ({ name }: { readonly name: string }): boolean => {
    const domain = innermost(name, hosted);
    return domain !== undefined && wanted.includes(domain);
  };
  return {
    ...plan,
    zones: plan.zones
      .map(({ zone, records }) => ({ zone, records: records.filter(isWanted) }))
      .filter(({ records }) => records.length > 0),
    elsewhere: [],
    ptr: plan.ptr.filter(isWanted),
    policies: plan.policies.filter(({ domain }) => wanted.includes(domain)),
  };
}
