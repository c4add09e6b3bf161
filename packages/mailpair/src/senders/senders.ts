/** `mailpair senders`: shows what each sender does when a gateway refuses it because of load. */
import type { SenderView } from '@mailpair/shared/gateway/pair/senders';
import { formatAge } from '@mailpair/shared/platform/values/age';
import { visible } from '@mailpair/shared/platform/values/printable';
import { withPair } from '../framework/pair-access.ts';
import { Table, terminalWidth } from '../framework/table.ts';
import { expectOperands, type Io, type Verb } from '../framework/verb.ts';

export const sendersVerb: Verb = {
  usage: 'senders',
  help: `
A gateway that has too much to do answers 421 to some clients. A sender moves when its next message is
taken by the other MX within a minute; it waits when its next message is taken later by the MX that
refused it. A sender is classified after five such refusals within seven days, four fifths of them with
the same result. Unclassified senders are sent to the other MX first, then senders that move, and senders
that wait last. Senders that wait are also served, or may wait for the greeting, when others may not.
One decision in 20 ignores the class, so that a change of behaviour is noticed.

A sender is a domain whose mail passes DMARC, else an address (with IPv6 a /64). Only mail that no
check tagged, quarantined or refused counts. A sender is forgotten when too much of its mail is other mail.

Both gateways are asked: the one of this host by its token, one of another host by the secret of the
pair. A gateway informs its partner
within one heartbeat.
With --json one JSON document a line, times in ms since the epoch.

Examples:
  mailpair senders
  mailpair senders --json | jq -r 'select(.class == "waits") | .sender'

Exit: 0 listed, also when there is none; 1 a gateway could not be asked; 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    return withPair(args, io, { needs: 'senders' }, async ({ asked, notAsked }) => {
      const lists: (readonly SenderView[])[] = [];
      for (const gateway of asked) lists.push((await gateway.senders.list()).senders);
      const senders = together(lists);
      if (senders.length === 0)
        io.err('No sender was refused and delivered afterwards in the last seven days.');
      else if (args.json) io.out(senders.map((sender) => JSON.stringify(sender)).join('\n'));
      else io.out(tableOf(senders, Date.now(), io));
      return notAsked > 0 ? 1 : 0;
    });
  },
};

/**
 * Merges the lists: each sender once, as reported by the gateway that heard of it last; a known class has
 * priority.
 */
function together(lists: readonly (readonly SenderView[])[]): SenderView[] {
  const senders = new Map<string, SenderView>();
  for (const view of lists.flat()) {
    const known = senders.get(view.sender);
    if (!known || known.refusedAt < view.refusedAt) senders.set(view.sender, view);
  }
  return [...senders.values()].sort(
    (a, b) => order.indexOf(a.class) - order.indexOf(b.class) || b.refusedAt - a.refusedAt,
  );
}

const order: readonly SenderView['class'][] = ['waits', 'moves', 'unknown'];
const words: Readonly<Record<SenderView['class'], string>> = {
  waits: 'waits',
  moves: 'moves',
  unknown: 'not known',
};

const tableOf = (senders: readonly SenderView[], now: number, io: Io): string =>
  new Table(['SENDER', 'DOES', 'MOVED', 'WAITED', 'REFUSED'], terminalWidth(io))
    .format(
      senders.map(({ sender, class: does, moved, waited, refusedAt }) => [
        visible(sender),
        words[does],
        String(moved),
        String(waited),
        `${formatAge(now - refusedAt)} ago`,
      ]),
    )
    .join('\n');
