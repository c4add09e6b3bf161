/** Finds the gateways and the entry for the queue verbs. */
import { itemOf, matches, type QueueFilter, type QueueItem } from '@mailpair/shared/api/queue-item';
import { readLine } from '@mailpair/shared/api/queue-lines';
import type { ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { withGatewaysHere } from '../framework/host-access.ts';
import { textOption, UsageError } from '../framework/verb.ts';
import type { Io, VerbArgs } from '../framework/verb.ts';

export const roleOption = { role: { type: 'string' } } as const;

export const roleHelp = `  --role ROLE        inbound or outbound; without it, whichever has its spool on this host, or both`;

export const filterOptions = {
  domain: { type: 'string' },
  sender: { type: 'string' },
  recipient: { type: 'string' },
  submitter: { type: 'string' },
  held: { type: 'boolean' },
} as const;

export const filterHelp = `  --domain D         with a recipient in D, or bound for the next hop D
  --sender A         from A; <> is the null reverse-path, @example.com a whole domain
  --recipient A      to A, or @example.com
  --submitter NAME   sent by NAME, as "mailpair submitter list" shows it
  --held             held by the operator, or when it came`;

export function filterOf(args: VerbArgs): QueueFilter {
  const text = (name: 'domain' | 'sender' | 'recipient' | 'submitter'): QueueFilter => {
    const value = textOption(args, name);
    return value === undefined ? {} : { [name]: value };
  };
  return {
    ...text('domain'),
    ...text('sender'),
    ...text('recipient'),
    ...text('submitter'),
    ...(args.options['held'] === true && { state: 'held' as const }),
  };
}

export const withQueues = (
  args: VerbArgs,
  io: Io,
  use: Parameters<typeof withGatewaysHere>[3],
): Promise<number> => withGatewaysHere(args, io, { needs: 'queue' }, use);

export interface Found {
  readonly gateway: ReachedGateway;
  readonly id: string;
}

/**
 * Finds the entry with an id or a prefix of one. Undefined, with a message on stderr, if there is none.
 *
 * @throws UsageError if several ids have the prefix
 */
export async function findEntry(
  gateways: readonly ReachedGateway[],
  text: string,
  io: Io,
): Promise<Found | undefined> {
  const prefix = text.toUpperCase();
  const found: Found[] = [];
  for (const gateway of gateways) {
    if (await gateway.queue.show({ id: text })) return { gateway, id: text };
    const { items } = await gateway.queue.page({ prefix, limit: 3 });
    found.push(...items.map(({ id }) => ({ gateway, id })));
  }
  if (found.length > 1) {
    const some = found.slice(0, 3).map(({ id }) => id);
    throw new UsageError(
      `${text} is ambiguous: ${some.join(', ')}${found.length > 3 ? ' …' : ''}; give more of the id`,
    );
  }
  if (!found[0])
    io.err(`There is no entry ${text} in the queue: it was relayed, bounced or removed, or never here.`);
  return found[0];
}

/** Distinguishes domains and next hops from ids, which contain no dot, colon or bracket. */
export const isDomain = (text: string): boolean => /[^\dA-Za-z_-]/.test(text);

/** Yields pages of matching items. */
export async function* pagesOf(
  { queue }: Pick<ReachedGateway, 'queue'>,
  filter: QueueFilter,
  limit = Infinity,
): AsyncIterable<readonly QueueItem[]> {
  let left = limit;
  for await (const lines of await queue.lines()) {
    const now = Date.now();
    const items: QueueItem[] = [];
    for (const line of lines) {
      const read = readLine(line);
      if ('damaged' in read)
        await queue.show({ id: read.damaged }); // reading sets a damaged entry aside
      else if (matches(read.entry, filter, now, read.nextHops))
        items.push(itemOf(read.entry, now, read.nextHops));
      if (items.length >= left) break;
    }
    left -= items.length;
    if (items.length > 0) yield items;
    if (left <= 0) return;
  }
}

export async function* itemsOf(gateway: ReachedGateway, filter: QueueFilter): AsyncIterable<QueueItem> {
  for await (const items of pagesOf(gateway, filter)) yield* items;
}
