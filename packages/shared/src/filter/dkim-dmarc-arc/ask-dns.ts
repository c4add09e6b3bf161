/**
 * DNS as mailauth asks for it: the types it uses, in the forms of node:dns, with the errors by which it tells what does
 * not exist from what could not be learnt. Answers come from our resolver, with its servers, time limit and memory.
 */
import { DnsError, type Family, type OddType, type Resolver } from '../../platform/dns/resolver.ts';

export type AskDns = (name: string, type: string) => Promise<string[] | string[][]>;

export type AuthenticationDns = Pick<
  Resolver,
  'resolveTxt' | 'resolveAddresses' | 'resolveMx' | 'resolvePtr' | 'resolveOddName'
>;

export function askBy(resolver: AuthenticationDns): AskDns {
  const askers: Readonly<Record<string, (name: string) => Promise<unknown[]>>> = {
    TXT: async (name) => (await resolver.resolveTxt(name)).map((text) => [withShortBlanks(text)]),
    A: (name) => addressesOf(name, 4, resolver),
    AAAA: (name) => addressesOf(name, 6, resolver),
    MX: async (name) =>
      (await resolver.resolveMx(name)).map(({ exchange, preference }) => ({
        exchange,
        priority: preference,
      })),
    PTR: async (name) => [...(await resolver.resolvePtr(addressOf(name)))],
  };
  return async (asked, type) => {
    const name = asked.replace(/\.$/, '');
    if (isOddName(name)) return oddly(name, type, resolver);
    const ask = askers[type];
    if (!ask) throw new DnsError('no-data', 'ENODATA', `${type} of ${name} is not asked for`);
    return (await ask(name)) as string[];
  };
}

/** Whether a name can be asked for, though it is none of a host. */
const isOddName = (name: string): boolean =>
  /[^a-z0-9_.-]/i.test(name) &&
  name.length <= 253 &&
  name.split('.').every((label) => /^[ -~]{1,63}$/.test(label));

/** mailauth takes time by the square of a long blank, which means no more than one space in all records that it reads. */
const withShortBlanks = (text: string): string => text.replace(/[ \t\r\n]{100,}/g, ' ');

/**
 * A name without a dot is no host of the internet (RFC 7208 §7.1 has no such domain-spec). The resolver takes it for a host of
 * this site and asks getaddrinfo, which holds a thread of libuv's pool: strangers must not be able to make it do so.
 */
async function addressesOf(name: string, family: Family, resolver: AuthenticationDns): Promise<string[]> {
  if (!name.includes('.'))
    throw new DnsError('no-such-domain', 'ENOTFOUND', `${name} is no name of the internet`);
  return [...(await resolver.resolveAddresses(name, [family]))];
}

/** The same, but no answer comes later than so: then it is a time-out, however many names of a stranger keep silent. */
export function askWithin(ask: AskDns, ms: number): AskDns {
  const until = performance.now() + ms;
  return async (name, type) => {
    const late = Promise.withResolvers<never>();
    const giveUp = (): void =>
      late.reject(new DnsError('temporary', 'ETIMEOUT', `${type} of ${name} took too long`));
    const timer = setTimeout(giveUp, Math.max(0, until - performance.now()));
    try {
      return await Promise.race([ask(name, type), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}

async function oddly(name: string, type: string, resolver: AuthenticationDns): Promise<string[]> {
  if (!['A', 'AAAA', 'MX', 'TXT'].includes(type))
    throw new DnsError('no-data', 'ENODATA', `${type} of ${name} is not asked for`);
  const values = await resolver.resolveOddName(name, type as OddType);
  const forms = values.map((value) => {
    if (typeof value === 'string') return type === 'TXT' ? [withShortBlanks(value)] : value;
    return 'exchange' in value ? { exchange: value.exchange, priority: value.preference } : value;
  });
  return forms as string[];
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
