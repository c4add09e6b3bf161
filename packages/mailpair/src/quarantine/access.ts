/** How the quarantine verbs find the quarantines they are about, and a message in them. */
import type { QuarantineControl } from '@mailpair/shared/api/quarantine-control';
import type { QuarantineFilter, QuarantineItem } from '@mailpair/shared/api/quarantine-page';
import { quarantineClient } from '@mailpair/shared/api/quarantine-client';
import { openQuarantineControl } from '@mailpair/shared/api/reach-quarantine';
import { withPair } from '../framework/pair-access.ts';
import { UsageError } from '../framework/verb.ts';
import type { Io, VerbArgs } from '../framework/verb.ts';

export interface Quarantines {
  readonly all: readonly QuarantineControl[];
  /** Gateways that could not be asked; stderr was told why. */
  readonly notAsked: number;
}

/**
 * Opens those of both gateways, or of the one that is asked for, and closes them after `use`.
 * @throws when there is none
 */
export function withQuarantines(
  args: VerbArgs,
  io: Io,
  use: (quarantines: Quarantines) => Promise<number>,
): Promise<number> {
  return withPair(args, io, { here: openQuarantineControl, there: quarantineClient }, ({ asked, notAsked }) =>
    use({ all: asked.map(({ control }) => control), notAsked }),
  );
}

export async function* quarantinedItems(
  quarantine: QuarantineControl,
  filter: QuarantineFilter,
  limit = Infinity,
): AsyncIterable<readonly QuarantineItem[]> {
  let left = limit;
  for (let after: string | undefined; left > 0;) {
    const { items, next } = await quarantine.page(filter, Math.min(left, ITEMS_PER_PAGE), after);
    if (items.length > 0) yield items;
    left -= items.length;
    if (next === null) return;
    after = next;
  }
}

export interface FoundQuarantined {
  readonly quarantine: QuarantineControl;
  readonly id: string;
}

/**
 * The message that an id, or the beginning of one, means. Undefined, and said on stderr, when there is none.
 * @throws UsageError when it may mean several
 */
export async function findQuarantined(
  { all, notAsked }: Quarantines,
  text: string,
  io: Io,
): Promise<FoundQuarantined | undefined> {
  const prefix = text.toUpperCase();
  const found: FoundQuarantined[] = [];
  for (const quarantine of all)
    for await (const items of quarantinedItems(quarantine, { prefix }, 3))
      for (const { id } of items) {
        if (id === prefix) return { quarantine, id };
        found.push({ quarantine, id });
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
