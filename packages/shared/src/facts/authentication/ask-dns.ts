/**
 * DNS as mailauth asks for it: the types it uses, in the forms of node:dns, with the errors by which it tells what does
 * not exist from what could not be learnt. Answers come from our resolver, with its servers, time limit and memory.
 */
import { DnsError, type Resolver } from '../../system/resolver.ts';

export type AskDns = (name: string, type: string) => Promise<string[] | string[][]>;

export type AuthenticationDns = Pick<
  Resolver,
  'resolveTxt' | 'resolveAddresses' | 'resolveMx' | 'resolvePtr'
>;

export function askBy(resolver: AuthenticationDns): AskDns {
  const askers: Readonly<Record<string, (name: string) => Promise<unknown[]>>> = {
    TXT: async (name) => (await resolver.resolveTxt(name)).map((text) => [text]),
    A: async (name) => [...(await resolver.resolveAddresses(name, [4]))],
    AAAA: async (name) => [...(await resolver.resolveAddresses(name, [6]))],
    MX: async (name) =>
      (await resolver.resolveMx(name)).map(({ exchange, preference }) => ({
        exchange,
        priority: preference,
      })),
    PTR: async (name) => [...(await resolver.resolvePtr(addressOf(name)))],
  };
  return async (name, type) => {
    const ask = askers[type];
    if (!ask) throw new DnsError('no-data', 'ENODATA', `${type} of ${name} is not asked for`);
    return (await ask(name.replace(/\.$/, ''))) as string[];
  };
}

/** The address of a name in in-addr.arpa or ip6.arpa. */
function addressOf(reverseName: string): string {
  const labels = reverseName.toLowerCase().split('.').slice(0, -2).toReversed();
  if (reverseName.endsWith('.in-addr.arpa')) return labels.join('.');
  return (
    labels
      .join('')
      .match(/.{1,4}/g)
      ?.join(':') ?? ''
  );
}
