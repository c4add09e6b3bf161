/**
 * How much a gateway takes: `limits.*`, and the load up to which it takes every client. A role may have its own
 * (`inbound.limits.connections`), and so may a node of it, since the hosts of a pair differ in size.
 */
import type { Findings } from '../schema/findings.ts';
import { count, decimal, pause, readFields, size, yesNo } from '../schema/format.ts';
import type { Format, Suffix } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import type { Key } from '../schema/key.ts';
import { withUnit } from '../schema/place.ts';
import type { SettingsOf } from '../schema/place.ts';
import { roleNames, type RoleName } from '../../platform/values/role-name.ts';

const share = decimal(0.2, 1);

const limits = {
  'limits.connections': key(
    count(1, 1_000_000),
    1000,
    'Connections of clients at a time. From nine tenths of them on, sessions that do not come on are closed for new ones: of ' +
      'strangers after 10 s, of submitters and known clients after 5 minutes.',
    '1000',
  ),
  'limits.connectionsPerClient': key(
    count(1, 1_000_000),
    50,
    'Connections at a time from one address; with IPv6 from one network of 64 bits.',
    '20',
  ),
  'limits.connectionsPerNetwork': key(
    count(1, 1_000_000),
    200,
    'Connections at a time from the neighbourhood of a client that brings mail from the internet: with IPv4 its /24, ' +
      'with IPv6 its /48. Clients with private addresses are not counted by it.',
    '100',
  ),
  'limits.connectionsPerUser': key(
    count(1, 1_000_000),
    50,
    'Connections at a time of one user who logged in, from wherever they come.',
    '10',
  ),
  'limits.errors': key(count(1, 10_000), 20, 'Refused commands in one session before it is closed.', '20'),
  'limits.commands': key(
    count(1, 100_000),
    100,
    'Commands without a completed message before a session is closed.',
    '100',
  ),
  'limits.memoryPerMessage': key(
    size('0B'),
    '256KB',
    'What of a message may be in memory in any case. One that is larger is there too while it finds room in ' +
      '`limits.memoryForMessages`, else it goes to a file.',
    '256KB',
  ),
  'limits.memoryForMessages': key(
    size('0B'),
    '128MB',
    'Memory that messages of more than 16 KB share, while they come in and on their way out. With several workers, each has its ' +
      'part of it.',
    '256MB',
  ),
  'limits.memory': key(
    size('0B'),
    '0B',
    'Memory that the processes of this gateway may have of their own together. As it fills up, the load rises, and large messages ' +
      'are deferred that would not fit. With 0B it is what the container or service allows (its control group), or a half of ' +
      "this host's memory where that has no limit. What the control group allows holds in any case.",
    '2GB',
  ),
} as const;

const loads = {
  'load.budget': key(
    share,
    0.8,
    'Load up to which a gateway takes every client; 1 is all it can. Above it strangers are asked to go to the ' +
      'other MX while that one has room.',
    '0.7',
  ),
  'load.limit': key(
    share,
    0.95,
    'Load past which the port for mail from the internet is closed while the other MX has room. When it has none, ' +
      'the sessions past this share of limits.connections are for clients that have delivered mail before.',
    '0.9',
  ),
} as const;

export const limitKeys = {
  ...limits,
  ...loads,
  'load.shed': key(
    yesNo,
    true,
    'Whether clients may be sent to the other MX. It needs pair.secretFile, for partners must know of each other.',
    'false',
  ),
  'load.submissionWait': key(
    pause,
    '200ms',
    'How long mail of submitters may wait for this gateway, between its check and its being on disk. It is the part `submissions` of ' +
      'the load: from load.budget of this time on, mail from the internet waits at the same gateway. 0s: it never does for this reason.',
    '500ms',
  ),
} as const;

type LimitsOfPair = SettingsOf<typeof limitKeys>;

export type LimitSettings = LimitsOfPair['limits'];

/** What a role or a node has in place of what the pair has. */
export interface OwnLimits {
  readonly limits: Partial<LimitSettings>;
  readonly load: Partial<SettingsOf<typeof loads>['load']>;
}

type OptionalKeys<K> = {
  readonly [P in keyof K]: K[P] extends Key<infer T, infer S, infer At> ? Key<T | null, S, At> : never;
};

/** The keys of a role that has its own. */
export function ownLimitKeys(role: string): OptionalKeys<typeof limits & typeof loads> {
  const own = Object.entries({ ...limits, ...loads }).map(([path, { format, example }]) => [
    path,
    optional<number, Suffix>(
      format,
      `What ${role} has in place of ${path}. A node may have its own: see ${role}.nodes.`,
      example,
    ),
  ]);
  return Object.fromEntries(own) as OptionalKeys<typeof limits & typeof loads>;
}

/** Those that are given. */
export const givenOf = <T extends object>(
  values: T,
): { readonly [Name in keyof T]?: Exclude<T[Name], null> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as never;

type GroupOf<Group extends string, K> = {
  readonly [P in keyof K as P extends `${Group}.${infer Name}` ? Name : never]: K[P];
};
type Named<K> = {
  readonly [
    Name in keyof K & string as K[Name] extends Key<unknown, infer S> ? `${Name}${S}` : never
  ]?: number;
};

/** Some values of a group of keys, as a mapping within a node. */
function someOf<Group extends string, K extends Readonly<Record<string, Key<number>>>>(
  group: Group,
  keys: K,
  example: string,
): Format<Named<GroupOf<Group, K>>> {
  const formats = Object.fromEntries(
    Object.entries(keys).map(([path, { format }]) => [path.slice(group.length + 1), format]),
  );
  return {
    name: 'mapping',
    expects: example,
    read(raw, at, findings) {
      if (!(raw instanceof Map)) return findings.fault(at, raw, 'is not a mapping', `write ${example}`);
      const fields = Object.entries(readFields(raw, at, formats, findings));
      const named = fields.map(([name, value]) => [withUnit(name, formats[name]!), value]);
      return Object.fromEntries(named) as Named<GroupOf<Group, K>>;
    },
  };
}

export const limitsOfNode = someOf('limits', limits, '{ connections: 200 }');
export const loadOfNode = someOf('load', loads, '{ budget: 0.7 }');

type WithRoles = LimitsOfPair & {
  readonly [Role in RoleName]: OwnLimits & { readonly nodes: readonly OwnLimits[] };
};

/** Of the pair, of each role and of each node, with what it has from above. */
export function checkLoad(settings: WithRoles, findings: Findings): void {
  if (!findings.isSound('load.budget') || !findings.isSound('load.limit')) return;
  const places = roleNames.flatMap((role) => [
    { at: `${role}.load`, own: settings[role].load, above: settings.load },
    ...settings[role].nodes.map(({ load }, index) => ({
      at: `${role}.nodes[${index}].load`,
      own: load,
      above: { ...settings.load, ...settings[role].load },
    })),
  ]);
  for (const { at, own, above } of [{ at: 'load', own: settings.load, above: settings.load }, ...places]) {
    if (own.budget === undefined && own.limit === undefined) continue;
    const { budget, limit } = { ...above, ...own };
    if (budget < limit) continue;
    const problem = `is not above ${at}.budget, so clients would be refused before any is shed`;
    const fix = `write more than ${budget}, or make ${at}.budget smaller`;
    findings.fault(`${at}.limit`, limit, problem, fix);
  }
}
