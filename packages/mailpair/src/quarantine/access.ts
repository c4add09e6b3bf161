/** Finds the quarantines for the quarantine verbs, and a message in them. */
import type { Answer, ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { withPair, type AskedPair } from '../framework/pair-access.ts';
import { UsageError } from '../framework/verb.ts';
import type { Io, VerbArgs } from '../framework/verb.ts';

export type QuarantineItem = Answer<'quarantine', 'page'>['items'][number];
export type QuarantineFilter = NonNullable<Parameters<ReachedGateway['quarantine']['page']>[0]>;

/**
 * Opens the quarantines of both gateways, or that of `--role`.
 *
 * @throws if there is none
 */
export const withQuarantines = (
  args: VerbArgs,
  io: Io,
  use: (pair: AskedPair) => Promise<number>,
): Promise<number> => withPair(args, io, { needs: 'quarantine' }, use);

export async function* quarantinedItems(
  { quarantine }: ReachedGateway,
  filter: QuarantineFilter,
  limit = Infinity,
): AsyncIterable<readonly QuarantineItem[]> {
  let left = limit;
  for (let after: string | undefined; left > 0;) {
    const { items, next } = await quarantine.page({
      ...filter,
      limit: Math.min(left, ITEMS_PER_PAGE),
      after,
    });
    if (items.length > 0) yield items;
    left -= items.length;
    if (next === null) return;
    after = next;
  }
}

export interface FoundQuarantined {
  readonly gateway: ReachedGateway;
  readonly id: string;
}

/**
 * Finds the message with an id or a prefix of one. Undefined, with a message on stderr, if there is none.
 *
 * @throws UsageError if several ids have the prefix
 */
export async function findQuarantined(
  { asked, notAsked }: AskedPair,
  text: string,
  io: Io,
): Promise<FoundQuarantined | undefined> {
  const prefix = text.toUpperCase();
  const found: FoundQuarantined[] = [];
  for (const gateway of asked)
    for await (const items of quarantinedItems(gateway, { prefix }, 3))
      for (const { id } of items) {
        if (id === prefix) return { gateway, id };
        found.push({ gateway, id });
      }
  if (found.length > 1)
    throw new UsageError(
      `${text} is the beginning of ${found
        .slice(0, 3)
        .map(({ id }) => id)
        .join(', ')}: say more of it`,
    );
  if (!found[0])
    io.err(
      `There is no message ${text} in quarantine${notAsked > 0 ? ' as far as could be asked' : ''}: ` +
        'it was released, deleted or expired, or never there.',
    );
  return found[0];
}

const ITEMS_PER_PAGE = 200;
