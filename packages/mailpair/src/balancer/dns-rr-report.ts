/** Formats the observations of `balancer dns-rr --once` as a table and as JSON. */
import { isDead } from '@mailpair/planner/dns-rr/choose';
import type { Balancer } from '@mailpair/planner/dns-rr/balancer';
import { explainViews, seenBy } from '@mailpair/planner/dns-rr/explain-views';
import { Table } from '../framework/table.ts';

export interface DnsRrReport {
  readonly name: string;
  readonly nodes: readonly { readonly host: string }[];
  readonly balancer: Balancer;
}

const addressesOf = ({ nodes, balancer: { balance, observations, shares, wanted } }: DnsRrReport) =>
  balance.nodes.flatMap((node, index) => {
    const { host } = nodes[index]!;
    const observation = observations[index];
    return node.addresses.map(({ address, health }, at) => ({
      node: host,
      address,
      alive: health.alive,
      said: observation?.said[at] ?? '',
      dead: isDead(node),
      load: observation?.load ?? null,
      share: shares[host] ?? 0,
      published: balance.published?.some((published) => published.address === address) ?? null,
      wanted: wanted.includes(address),
      seenBy: seenBy(address, balance.others),
    }));
  });

const words = { true: 'yes', false: 'no', null: '?' } as const;
const word = (value: boolean | null): string => words[`${value}`];

export function composeTable(report: DnsRrReport, width: number | undefined): string {
  const heads = ['NODE', 'ADDRESS', 'ALIVE', 'LOAD', 'SHARE', 'IN DNS', 'WANTED', 'SAID'];
  const rows = addressesOf(report).map(({ node, address, alive, load, share, published, wanted, said }) => [
    node,
    address,
    word(alive),
    load === null ? '?' : load.toFixed(2),
    `${Math.round(share * 100)}%`,
    word(published),
    word(wanted),
    said,
  ]);
  const table = new Table(heads, width).format(rows);
  return [...table, ...explainViews(report.balancer.balance)].join('\n');
}

export function composeJson(report: DnsRrReport): string {
  const { name, balancer } = report;
  return JSON.stringify(
    {
      name,
      addresses: addressesOf(report),
      wanted: balancer.wanted,
      published: balancer.balance.published,
      updaters: balancer.balance.others.map(({ by, since }) => ({ by, since })),
    },
    null,
    2,
  );
}
