/**
 * A world in which everything is as planned: DNS holds the plan, both gateways answer with one certificate, the policy is
 * served. A test changes one thing and looks at what is found.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { planDns } from '@mailpair/planner/plan';
import type { PlannedPair } from '@mailpair/planner/plan';
import type { PublicKeys } from '@mailpair/planner/public-keys';
import { plannedRecords } from '@mailpair/planner/verify/check';
import { collect } from '@mailpair/planner/verify/collect';
import type { Report } from '@mailpair/planner/verify/collect';
import { givenOf, type Asked } from '@mailpair/planner/verify/given';
import { recordsOf } from '@mailpair/planner/verify/record-line';
import type { Answer, Door, Lookup, PolicyAnswer } from '@mailpair/planner/verify/world';
import type { DnsRecord, DnsType, DnsValue } from '@mailpair/shared/platform/dns/dns-message';
import type { DnsQuestion } from '@mailpair/shared/platform/dns/dns-exchange';
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { pairOf, publishOf } from '../pairs.ts';

export const INBOUND = 'mx-in.example.com';
export const OUTBOUND = 'mx-out.example.com';
const SERVER = 'ns1.example.com (192.0.2.53:53)';

export interface World {
  /** Puts records in place of what the name had of the type. */
  set<T extends DnsType>(name: string, type: T, values: readonly DnsValue<T>[], ttl?: number): void;
  /** Adds one record. */
  add<T extends DnsType>(name: string, type: T, value: DnsValue<T>): void;
  remove(name: string, type: DnsType): void;
  alias(name: string, to: string): void;
  /** Nobody answers about this. */
  silence(name: string, type: DnsType): void;
  /** What every record of a type or name says about itself. */
  mark(flags: { readonly secure?: boolean; readonly authoritative?: boolean }): void;
  /** What further servers say. */
  second(name: string, type: DnsType, lookup: Answer['lookup']): void;
  door(host: string, door: (usual: Door & { kind: 'answered' }, address: string) => Door): void;
  policy(answer: PolicyAnswer | ((planned: string) => string)): void;
  /** Everything that was asked, by type and name. */
  readonly asked: readonly DnsQuestion[];
}

export interface Occasion extends Partial<Asked> {
  readonly pair?: Partial<PlannedPair>;
  readonly keys?: Partial<PublicKeys>;
  readonly updates?: boolean;
}

const pems = await selfSigned([INBOUND, OUTBOUND]);
export const certificate = new X509Certificate(pems.cert);
export const digest = createHash('sha256')
  .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
  .digest('hex');

const keys: PublicKeys = {
  hosts: [{ file: '/etc/mailpair/cert.pem', digest, covers: () => true, selfSigned: false }],
  dkim: [{ domain: 'example.com', selector: 'gw1', record: 'v=DKIM1; k=rsa; p=MIIBkey' }],
  notes: [],
};

/** Everything that can be planned is. */
const fullPair = (overrides: Partial<PlannedPair> = {}): PlannedPair =>
  pairOf({
    publish: publishOf({
      dmarc: { policy: 'none', rua: ['dmarc@example.com'] },
      tlsRpt: { rua: ['tls@example.com'] },
      mtaSts: { mode: 'testing', maxAgeMs: 604_800_000, host: 'www.example.com' },
      caa: ['ca.example'],
      texts: new Map([['example.com', ['site-verification=1234']]]),
    }),
    tls: { certFile: '/etc/mailpair/cert.pem' },
    ...overrides,
  });

export const fullPublish = (): PlannedPair['publish'] => fullPair().publish;

/** What is found once the world was changed. */
export async function verifyIn(change: (world: World) => void, occasion: Occasion = {}): Promise<Report> {
  const pair = fullPair(occasion.pair);
  const plan = planDns(pair, { ...keys, ...occasion.keys });
  const settings = { ...pair, dns: { update: { server: occasion.updates ? {} : null } } };
  const given = givenOf(settings, plan, { ...keys, ...occasion.keys }.dkim, {
    now: occasion.now ?? Date.now(),
    isMovePlanned: occasion.isMovePlanned ?? false,
    asksGateways: occasion.asksGateways ?? true,
  });

  const zone = new Map<string, DnsRecord[] | 'silence'>();
  const others = new Map<string, Answer['lookup']>();
  const doors = new Map<string, Parameters<World['door']>[1]>();
  const asked: DnsQuestion[] = [];
  let flags = { secure: true, authoritative: true };
  let policy: PolicyAnswer = { kind: 'text', text: plan.policies[0]?.text ?? '' };
  const keyOf = (name: string, type: DnsType): string => `${type} ${name}`;
  const recordsAt = (name: string, type: DnsType): DnsRecord[] => {
    const found = zone.get(keyOf(name, type));
    return Array.isArray(found) ? found : [];
  };
  for (const set of plannedRecords(plan)) {
    const key = keyOf(set.name, set.type);
    zone.set(key, [...recordsAt(set.name, set.type), ...recordsOf(set)]);
  }
  const world: World = {
    asked,
    set: (name, type, values, ttl = 300) =>
      void zone.set(
        keyOf(name, type),
        values.map((value) => ({ name, type, ttl, value })),
      ),
    add: (name, type, value) =>
      void zone.set(keyOf(name, type), [...recordsAt(name, type), { name, type, ttl: 300, value }]),
    remove: (name, type) => void zone.delete(keyOf(name, type)),
    alias: (name, to) => {
      for (const key of [...zone.keys()]) if (key.endsWith(` ${name}`)) zone.delete(key);
      world.set(name, 'CNAME', [to]);
    },
    silence: (name, type) => void zone.set(keyOf(name, type), 'silence'),
    mark: (marks) => void (flags = { ...flags, ...marks }),
    second: (name, type, lookup) => void others.set(keyOf(name, type), lookup),
    door: (host, door) => void doors.set(host, door),
    policy: (answer) =>
      void (policy =
        typeof answer === 'function' ? { kind: 'text', text: answer(plan.policies[0]?.text ?? '') } : answer),
  };
  world.set('www.example.com', 'A', ['192.0.2.80']);
  for (const { address, name } of plan.ptr) world.set(reverseName(address), 'PTR', [name]);
  change(world);

  const lookup = ({ name, type }: DnsQuestion): Lookup => {
    const records = zone.get(keyOf(name, type));
    if (records === 'silence' || zone.get(keyOf(name, 'CNAME')) === 'silence')
      return { kind: 'unknown', why: 'gives no answer in time' };
    if (records && records.length > 0) return { kind: 'records', records, ...flags };
    const [alias] = recordsAt(name, 'CNAME') as DnsRecord<'CNAME'>[];
    if (alias) return { kind: 'alias', record: alias };
    return { kind: 'none', nameExists: true };
  };
  return collect(given, {
    async ask(question) {
      asked.push(question);
      const other = others.get(keyOf(question.name, question.type));
      const first = { server: SERVER, lookup: lookup(question) };
      return other ? [first, { server: 'ns2.example.com (192.0.2.54:53)', lookup: other }] : [first];
    },
    knock: async ({ host, address }) => {
      const name = plan.ptr.find((request) => request.address === address)?.name;
      const usual = usualDoor(name ?? host);
      return doors.get(host)?.(usual, address) ?? usual;
    },
    fetchPolicy: async () => policy,
  });
}

const usualDoor = (host: string): Door & { kind: 'answered' } => ({
  kind: 'answered',
  greeting: { code: 220, text: `${host} ESMTP` },
  tls: { kind: 'done', chain: [certificate], distrust: null },
});

/** `fault mx-swapped`, each once, sorted. */
export const codesOf = ({ findings }: Report): string[] =>
  [...new Set(findings.map(({ severity, code }) => `${severity} ${code}`))].sort();

/** The codes of what a change leads to. */
export const codesAfter = async (change: (world: World) => void, occasion?: Occasion): Promise<string[]> =>
  codesOf(await verifyIn(change, occasion));
