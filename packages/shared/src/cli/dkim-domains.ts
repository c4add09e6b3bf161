/** What the verbs of `mailpair dkim` share: the domains they are about, and how DNS is asked about their keys. */
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { composeDkimRecord } from '../pair/dkim-record.ts';
import { planDns } from '../pair/plan.ts';
import { createAsker } from '../pair/verify/ask-dns.ts';
import { parseDetours } from '../pair/verify/detours.ts';
import { seeDkimKey } from '../pair/verify/dkim-visible.ts';
import type { Visibility } from '../pair/verify/dkim-visible.ts';
import { isOursIn } from '../pair/verify/given.ts';
import { loadSettings } from '../system/config/load-settings.ts';
import { readDkimDomain, readDkimDomains } from '../system/dkim-keys.ts';
import type { DkimDomain, Selector } from '../system/dkim-keys.ts';
import { becomeOwnerOf } from '../system/privileges.ts';
import type { Settings } from '../system/settings.ts';
import { normaliseDomain } from '../values/address.ts';
import { resolverOption } from './dns-verify.ts';
import { UsageError } from './verb.ts';
import type { Io, VerbArgs } from './verb.ts';

export interface DkimSubject {
  readonly settings: Settings;
  readonly domains: readonly DkimDomain[];
}

/** The hosted domains that are named, or all. Run by root, becomes the owner of the keys. @throws UsageError for one that is not hosted */
export function dkimSubject(args: VerbArgs, io: Io, named: readonly string[] = args.operands): DkimSubject {
  const settings = loadSettings({ file: args.config, env: io.env, sets: args.sets });
  const hosted = settings.domains.map(({ name }) => name);
  const wanted = named.length > 0 ? named.map(normaliseDomain) : hosted;
  const unknown = wanted.find((name) => !hosted.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`${unknown} is no hosted domain; there is ${hosted.join(', ')}`);
  becomeOwnerOf([
    settings.dkim.keys,
    dirname(settings.dkim.keys),
    ...wanted.map((name) => join(settings.dkim.keys, name)),
  ]);
  const found = readDkimDomains(settings.dkim.keys);
  const domains = wanted.map(
    (name) => found.get(name) ?? readDkimDomain(name, join(settings.dkim.keys, name)),
  );
  return { settings, domains };
}

/** @throws when it is not known which keys of the domain sign, so that nothing is changed blindly */
export function expectSound({ fault }: DkimDomain): void {
  if (fault !== undefined) throw new Error(fault);
}

/** The texts of the record. @throws saying what is wrong with the key */
export const recordOf = ({ file }: Selector): string =>
  composeDkimRecord(createPublicKey(readFileSync(file)));

/** How a key is seen in DNS. */
export function dkimWatcher(
  settings: Settings,
  args: VerbArgs,
): (domain: DkimDomain, selector: Selector) => Promise<Visibility> {
  const ask = createAsker({
    resolver: resolverOption(args),
    detours: parseDetours([]),
    servers: settings.dns.servers,
    timeoutMs: settings.dns.timeoutMs,
    isOurs: isOursIn(planDns(settings)),
  });
  return (domain, selector) => {
    let record: string;
    try {
      record = recordOf(selector);
    } catch (error) {
      return Promise.resolve({ kind: 'unknown', why: `${selector.file}: ${(error as Error).message}` });
    }
    return seeDkimKey({ domain: domain.name, selector: selector.name, record }, ask);
  };
}
