/**
 * The common part of the verbs of `mailpair dkim`: the domains that they concern, and DNS queries for their
 * keys.
 */
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { composeDkimRecord } from '@mailpair/shared/dns-records/dkim-record';
import { planDns } from '@mailpair/planner/plan';
import { createAsker } from '@mailpair/planner/verify/ask-dns';
import { parseDetours } from '@mailpair/planner/verify/detours';
import { seeDkimKey } from '@mailpair/planner/verify/dkim-visible';
import type { Visibility } from '@mailpair/planner/verify/dkim-visible';
import { isOursIn } from '@mailpair/planner/verify/given';
import { loadSettings } from '@mailpair/shared/config/read/load-settings';
import { readDkimDomain, readDkimDomains } from '@mailpair/shared/platform/tls/dkim-keys';
import type { DkimDomain, Selector } from '@mailpair/shared/platform/tls/dkim-keys';
import { becomeOwnerOf } from '@mailpair/shared/platform/process/privileges';
import type { Settings } from '@mailpair/shared/config/settings';
import { normaliseDomain } from '@mailpair/shared/platform/values/address';
import { resolverOption } from '../dns/verify.ts';
import { UsageError } from '../framework/verb.ts';
import type { Io, VerbArgs } from '../framework/verb.ts';

export interface DkimSubject {
  readonly settings: Settings;
  readonly domains: readonly DkimDomain[];
}

/**
 * The named hosted domains, or all if none is named. If run by root, the process changes to the owner of the
 * keys.
 *
 * @throws UsageError for a domain that is not hosted
 */
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

/**
 * @throws if it is unknown which keys of the domain sign, so that nothing is changed on a wrong assumption
 */
export function expectSound({ fault }: DkimDomain): void {
  if (fault !== undefined) throw new Error(fault);
}

/**
 * The text of the DKIM record.
 *
 * @throws with the fault of the key
 */
const recordOf = ({ file }: Selector): string => composeDkimRecord(createPublicKey(readFileSync(file)));

/** Queries DNS for the record of a key. */
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
