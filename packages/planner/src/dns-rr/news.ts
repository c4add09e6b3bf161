/** Composes what a balancer reports about nodes and other updaters, for the log and for a person. Pure. */
import { changesOf, type Balance } from './balance.ts';
import { isDead } from './choose.ts';
import type { Observation } from './observe.ts';
import { excerptOf, hostOf, viewsNameOf, type View } from './view.ts';

export interface News {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  /** The same event as a sentence for a person. */
  readonly text: string;
  readonly fields: object;
}

type Nodes = readonly { readonly host: string; readonly addresses: readonly string[] }[];

export const list = (words: readonly string[]): string => words.join(', ') || 'nothing';

/** The updaters that see at least one of the addresses up. */
const keepersOf = (addresses: readonly string[], others: readonly View[]): string[] =>
  others
    .filter(({ sightings }) => addresses.some((address) => sightings.get(address)?.as === 'up'))
    .map(hostOf);

export function newsOfNodes(
  nodes: Nodes,
  before: Balance,
  after: Balance,
  observations: readonly Observation[],
): News[] {
  const { dead, back } = changesOf(before, after);
  const died = dead.map((index): News => {
    const { host, addresses } = nodes[index]!;
    const said = addresses.map((address, at) => `${address}: ${observations[index]?.said[at]}`);
    const keptBy = keepersOf(addresses, after.others);
    const kept = keptBy.length > 0 ? `; it stays published while ${list(keptBy)} sees it alive` : '';
    const text = `${host} is dead (${said.join(', ')})${kept}`;
    return { level: 'warn', event: 'node.dead', text, fields: { node: host, said, keptBy } };
  });
  const allDead: News[] =
    dead.length > 0 && after.nodes.every(isDead) && after.others.length === 0
      ? [
          {
            level: 'error',
            event: 'node.all-dead',
            text: 'all nodes seem dead, so all are published: does this host have a network connection?',
            fields: {},
          },
        ]
      : [];
  const cameBack = back.map((index): News => {
    const node = nodes[index]!.host;
    return { level: 'info', event: 'node.back', text: `${node} is back`, fields: { node } };
  });
  return [...died, ...allDead, ...cameBack, ...newsOfDraining(nodes, before, after)];
}

const newsOfDraining = (nodes: Nodes, before: Balance, after: Balance): News[] =>
  after.nodes.flatMap(({ draining }, index): News[] => {
    if (!draining || before.nodes[index]?.draining) return [];
    const node = nodes[index]!.host;
    const text = `${node} is being taken out of service, so it is withdrawn`;
    return [{ level: 'info', event: 'node.draining', text, fields: { node } }];
  });

/** Reports each node whose load has become unknown, once. */
export const newsOfLoads = (
  nodes: Nodes,
  before: readonly Observation[],
  after: readonly Observation[],
): News[] =>
  after.flatMap(({ answers, noLoad }, index): News[] => {
    if (noLoad === null || !answers.includes('yes') || noLoad === before[index]?.noLoad) return [];
    const node = nodes[index]!.host;
    const text = `the load of ${node} is not known, it counts as half full: ${noLoad}`;
    return [{ level: 'warn', event: 'node.load-unknown', text, fields: { node, reason: noLoad } }];
  });

/** Reports updaters that have appeared, and those whose views have expired. */
export function newsOfViews(before: readonly View[], after: readonly View[]): News[] {
  const isIn = (views: readonly View[], { by }: View): boolean => views.some((view) => view.by === by);
  const joined = after.filter((view) => !isIn(before, view));
  const expired = before.filter((view) => !isIn(after, view));
  return [
    ...joined.map(({ by }): News => {
      const text = `${by} keeps this name too; an address stays published while it sees it alive`;
      return { level: 'info', event: 'views.joined', text, fields: { by } };
    }),
    ...expired.map(({ by }): News => {
      const text = `${by} has not renewed its view, which has expired: it has ended, or cannot reach the name server`;
      return { level: 'warn', event: 'views.expired', text, fields: { by } };
    }),
  ];
}

export const newsOfDamaged = (host: string, damaged: readonly Buffer[]): News[] =>
  damaged.map((data): News => {
    const record = excerptOf(data);
    const text =
      `a TXT record of ${viewsNameOf(host)} is not a view and is ignored: "${record}"; remove it from the zone, ` +
      'unless a later version of mailpair wrote it';
    return { level: 'warn', event: 'views.damaged', text, fields: { record } };
  });
