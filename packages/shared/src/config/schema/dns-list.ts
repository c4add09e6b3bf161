/**
 * Lists in DNS as an operator names them: `zen.spamhaus.org`, or a mapping with what a listing counts. Each list has a name
 * of its own, under which it is shown; of a zone that holds a key of the subscriber one must be given.
 */
import { isIPv4 } from 'node:net';
import { normaliseDomain } from '../../platform/values/address.ts';
import { isAddress } from '../../platform/network/addresses.ts';
import { describe } from './findings.ts';
import type { Findings } from './findings.ts';
import { choice, listOf, readFields } from './format.ts';
import type { Format } from './format.ts';
import { faultOfName } from './names.ts';
import { signedScore } from './score.ts';

/** A list in DNS of addresses (RFC 5782). */
export interface DnsListSettings {
  /** Shown in place of the zone; unique. */
  readonly name: string;
  readonly zone: string;
  /** Added for a listing whose code is not named; below 0 where it speaks for who is listed. */
  readonly score: number;
  /** `127.0.0.4`, `127.0.*.3`; the first that fits counts. */
  readonly codes: readonly { readonly code: string; readonly score: number }[];
  readonly verdict: 'score' | 'reject' | 'allow';
  /** What it lists for tests; null for the entry of RFC 5782. */
  readonly test: string | null;
}

export interface DomainListSettings extends DnsListSettings {
  readonly ask: readonly ('urls' | 'sender' | 'helo' | 'reverse')[];
}

const codes: Format<{ readonly code: string; readonly score: number }[]> = {
  name: 'codes',
  expects: 'a mapping of codes to scores: { "127.0.0.4": 3, "127.0.*.3": 5 }',
  read(raw, at, findings) {
    if (!(raw instanceof Map)) return findings.fault(at, raw, 'is not a mapping', `write ${codes.expects}`);
    return [...(raw as Map<unknown, unknown>)].flatMap(([key, value]) => {
      const code = describe(key);
      const path = `${at}["${code}"]`;
      const problem = faultOfCode(code);
      if (problem !== undefined) findings.fault(path, code, problem, `write ${codes.expects}`);
      const read = signedScore.read(value, path, findings);
      return problem === undefined && read !== undefined ? [{ code, score: read }] : [];
    });
  },
};

function faultOfCode(code: string): string | undefined {
  if (!isIPv4(code.replaceAll('*', '0')) || !/^127\.(?:(?:\d+|\*)(?:\.|$)){3}$/.test(code))
    return 'is no code of a list, which is an address in 127.0.0.0/8';
  return code.startsWith('127.255.255.') ? 'is how a list says that it does not answer' : undefined;
}

const zone: Format<string> = {
  name: 'zone of a list',
  expects: 'a domain such as bl.example.net',
  read: (raw, at, findings) => readName(raw, at, zone, findings),
};

/** A name of any kind, one label alone too. */
function readName(
  raw: unknown,
  at: string,
  { expects }: Format<string>,
  findings: Findings,
): string | undefined {
  const problem = typeof raw === 'string' ? faultOfName(raw) : 'is not a name';
  if (typeof raw === 'string' && problem === undefined) return normaliseDomain(raw);
  return findings.fault(at, raw, problem ?? 'is not a name', `write ${expects}`);
}

/** As it stands in the names of rules. */
const listName: Format<string> = {
  name: 'name of a list',
  expects: 'letters, digits, dots and hyphens',
  read(raw, at, findings) {
    if (typeof raw === 'string' && /^[a-z0-9][a-z0-9.-]{0,62}$/i.test(raw)) return raw;
    return findings.fault(at, raw, 'is not a name of a list', `write ${listName.expects}`);
  },
};

const testAddress: Format<string> = {
  name: 'address',
  expects: 'an address that the list lists for tests',
  read(raw, at, findings) {
    if (typeof raw === 'string' && isAddress(raw)) return raw;
    return findings.fault(at, raw, 'is not an address', `write ${testAddress.expects}`);
  },
};

const testDomain: Format<string> = {
  name: 'domain',
  expects: 'a domain that the list lists for tests',
  read: (raw, at, findings) => readName(raw, at, testDomain, findings),
};

const denied = { sign: 1, usual: 3, wrong: 'speaks for who is listed', fix: 'write it above 0' } as const;
const allowed = {
  sign: -1,
  usual: -3,
  wrong: 'speaks against who is listed',
  fix: 'write it below 0: it is added to the score',
} as const;

const ofAddresses = { zone, name: listName, score: signedScore, codes, test: testAddress } as const;
const denyFields = { ...ofAddresses, verdict: choice('score', 'reject') };
const allowFields = { ...ofAddresses, verdict: choice('score', 'allow') };
const places = choice('urls', 'sender', 'helo', 'reverse');
const domainFields = {
  ...ofAddresses,
  test: testDomain,
  verdict: choice('score', 'reject'),
  ask: listOf(places),
};

type Fields = typeof denyFields | typeof allowFields | typeof domainFields;
type Weighing = typeof denied | typeof allowed;

/** A list without its places. */
function readList(
  raw: unknown,
  at: string,
  fields: Fields,
  weighing: Weighing,
  findings: Findings,
): (DnsListSettings & { readonly ask?: DomainListSettings['ask'] }) | undefined {
  if (!(raw instanceof Map)) {
    const bare = zone.read(raw, at, findings);
    return bare === undefined
      ? undefined
      : { zone: bare, name: bare, score: weighing.usual, codes: [], verdict: 'score', test: null };
  }
  if (!raw.has('zone')) return findings.fault(at, raw, 'has no zone', 'add zone: bl.example.net');
  const read = readFields(raw, at, fields as typeof domainFields, findings);
  if (read.zone === undefined) return undefined;
  const named = read.codes ?? [];
  // Where codes are named and no score is, the other codes count nothing.
  const rest = read.score ?? (named.length > 0 ? 0 : weighing.usual);
  for (const [path, value] of [
    [`${at}.score`, rest] as const,
    ...named.map(({ code, score }) => [`${at}.codes["${code}"]`, score] as const),
  ])
    if (value * weighing.sign < 0) findings.fault(path, value, weighing.wrong, weighing.fix);
  return {
    zone: read.zone,
    name: read.name ?? read.zone,
    score: rest,
    codes: named,
    verdict: read.verdict ?? 'score',
    test: read.test ?? null,
    ...(read.ask && { ask: read.ask }),
  };
}

const what = 'a zone, or {zone, score, codes, verdict, name, test}';

export const denyList: Format<DnsListSettings> = {
  name: 'deny list',
  expects: what,
  read: (raw, at, findings) => readList(raw, at, denyFields, denied, findings),
};

export const allowList: Format<DnsListSettings> = {
  name: 'allow list',
  expects: what,
  read: (raw, at, findings) => readList(raw, at, allowFields, allowed, findings),
};

export const domainList: Format<DomainListSettings> = {
  name: 'domain list',
  expects: 'a zone, or {zone, score, codes, verdict, ask, name, test}',
  read(raw, at, findings) {
    const list = readList(raw, at, domainFields, denied, findings);
    return list && { ...list, ask: list.ask ?? ['urls'] };
  },
};
