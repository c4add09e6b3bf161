/**
 * The keys that say how much a gateway takes: `limits.*`, and the load up to which it takes every client. A role may have its own
 * (`inbound.limits.connections`), and so may a node of it, since the hosts of a pair differ in size.
 */
import { count, decimal, pause, readFields, size, yesNo } from '../schema/format.ts';
import type { Format } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import type { Key } from '../schema/key.ts';
import type { LimitSettings, OwnLimits } from '../settings/hosts.ts';

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

/** Each key of the pair again for one role, where it may be left out. */
type KeysOfRole<Role extends string, Keys> = {
  readonly [Path in keyof Keys & string as `${Role}.${Path}`]: Keys[Path] extends Key<infer T>
    ? Key<T | null>
    : never;
};

function keysOfRole<Role extends string, Keys extends Readonly<Record<string, Key<unknown>>>>(
  role: Role,
  keys: Keys,
): KeysOfRole<Role, Keys> {
  const own = Object.entries(keys).map(([path, { format, example }]) => [
    `${role}.${path}`,
    optional(
      format,
      `What ${role} has in place of ${path}. A node may have its own: see ${role}.nodes.`,
      example,
    ),
  ]);
  return Object.fromEntries(own) as KeysOfRole<Role, Keys>;
}

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
  ...keysOfRole('inbound', { ...limits, ...loads }),
  ...keysOfRole('outbound', { ...limits, ...loads }),
} as const;

/** The formats of keys below a group, by the rest of their names. */
type FormatsBelow<Group extends string, Keys> = {
  readonly [Path in keyof Keys as Path extends `${Group}.${infer Name}` ? Name : never]: Format<number>;
};

function formatsBelow<Group extends string, Keys extends Readonly<Record<string, Key<number>>>>(
  group: Group,
  keys: Keys,
): FormatsBelow<Group, Keys> {
  const formats = Object.entries(keys).map(([path, { format }]) => [path.slice(group.length + 1), format]);
  return Object.fromEntries(formats) as FormatsBelow<Group, Keys>;
}

type LimitName = keyof FormatsBelow<'limits', typeof limits>;

/** Those that are given, as the program names them. */
export function namedLimits(given: { readonly [Name in LimitName]?: number | null }): Partial<LimitSettings> {
  const { memoryPerMessage, memoryForMessages, memory, ...counts } = given;
  const named = {
    ...counts,
    memoryPerMessageBytes: memoryPerMessage,
    memoryForMessagesBytes: memoryForMessages,
    memoryBytes: memory,
  };
  return withoutNulls(named);
}

type Values = {
  readonly [Path in keyof typeof limitKeys]: (typeof limitKeys)[Path] extends Key<infer T> ? T : never;
};

/** What all of the pair have unless a role or a node says otherwise. */
export const limitsOfPair = (values: Values): LimitSettings =>
  namedLimits(below('limits', values)) as LimitSettings;

export function limitsOfRole(role: 'inbound' | 'outbound', values: Values): OwnLimits {
  return {
    limits: namedLimits(below(`${role}.limits`, values)),
    load: withoutNulls(below(`${role}.load`, values)),
  };
}

/** The values whose keys begin so, by the rest of their keys. */
const below = (prefix: string, values: Values): { readonly [name: string]: number | null } =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([path]) => path.startsWith(`${prefix}.`))
      .map(([path, value]) => [path.slice(prefix.length + 1), value as number | null]),
  );

const withoutNulls = <T extends object>(
  given: T,
): { [Name in keyof T]?: Exclude<T[Name], null | undefined> } =>
  Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== null && value !== undefined),
  ) as never;

/** A mapping of some of the fields, as a node has it. */
const someOf = <F extends Readonly<Record<string, Format<number>>>>(
  formats: F,
  example: string,
): Format<{ readonly [Name in keyof F]?: number }> => ({
  name: 'mapping',
  expects: example,
  read(raw, at, findings) {
    if (raw instanceof Map) return readFields(raw, at, formats, findings) as { [Name in keyof F]?: number };
    return findings.fault(at, raw, 'is not a mapping', `write ${example}`);
  },
});

export const limitsOfNode = someOf(formatsBelow('limits', limits), '{ connections: 200 }');
export const loadOfNode = someOf(formatsBelow('load', loads), '{ budget: 0.7 }');
