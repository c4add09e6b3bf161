/** `mailpair queue list`: lists the messages in the queue, oldest first. */
import type { QueueItem } from '@mailpair/shared/api/queue-item';
import { formatAge } from '@mailpair/shared/platform/values/age';
import { formatReply } from '@mailpair/shared/platform/values/reply';
import { filterHelp, filterOf, filterOptions, pagesOf, roleHelp, roleOption, withQueues } from './access.ts';
import { formatSize, Table, terminalWidth } from '../framework/table.ts';
import { expectOperands, textOption, UsageError } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';
import type { ReachedGateway } from '@mailpair/shared/api/reach-gateway';

export const queueList: Verb = {
  usage:
    'queue list [--domain D] [--sender A] [--recipient A] [--submitter NAME] [--held] [--limit N] [--role inbound|outbound]',
  options: { ...filterOptions, ...roleOption, limit: { type: 'string' } },
  help: `
One line for each message: its id, age, size, when its next attempt is due (or held), the attempts so
far, sender, the recipients still open, and the last answer. It works on a running gateway and on
the spool of a stopped gateway. With --json one JSON document a line.

${filterHelp}
  --limit N          N messages of each gateway at most
${roleHelp}

Examples:
  mailpair queue list --domain example.net
  mailpair queue list --sender '<>' --limit 20
  mailpair queue list --json | jq -r 'select(.attempts > 5) | .id'

Exit: 0 listed, also when there was nothing to list; 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    return withQueues(args, io, async (gateways) => {
      const listed = args.json ? await listJson(gateways, args, io) : await listTable(gateways, args, io);
      if (listed === 0) io.err('Nothing in the queue matches.');
      return 0;
    });
  },
};

function limitOf(args: VerbArgs): number {
  const text = textOption(args, 'limit');
  if (text === undefined) return Infinity;
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`--limit is a number, not ${text}`);
  return Number(text);
}

async function listJson(gateways: readonly ReachedGateway[], args: VerbArgs, io: Io): Promise<number> {
  let listed = 0;
  for (const gateway of gateways)
    for await (const items of pagesOf(gateway, filterOf(args), limitOf(args))) {
      io.out(items.map((item) => JSON.stringify({ role: gateway.role, ...item })).join('\n'));
      await io.taken();
      listed += items.length;
    }
  return listed;
}

async function listTable(gateways: readonly ReachedGateway[], args: VerbArgs, io: Io): Promise<number> {
  const both = gateways.length > 1;
  const heads = ['ID', 'AGE', 'SIZE', 'NEXT', 'TRIES', 'SENDER', 'RECIPIENT', 'LAST ANSWER'];
  const table = new Table(both ? ['ROLE', ...heads] : heads, terminalWidth(io));
  if (both) io.err('Both gateways have their spool on this host; --role shows one of them.');
  let listed = 0;
  for (const gateway of gateways) {
    let rows: string[][] = [];
    const show = (): void => {
      if (rows.length > 0) io.out(table.format(rows).join('\n'));
      listed += rows.length;
      rows = [];
    };
    for await (const items of pagesOf(gateway, filterOf(args), limitOf(args))) {
      for (const item of items) rows.push([...(both ? [gateway.role] : []), ...cellsOf(item, Date.now())]);
      if (rows.length < ROWS_TOGETHER) continue;
      show();
      await io.taken();
    }
    show();
  }
  return listed;
}

/** The minimum number of rows that are aligned with each other. */
const ROWS_TOGETHER = 1_000;

function cellsOf(item: QueueItem, now: number): string[] {
  const { id, receivedAt, sizeBytes, attempts, reversePath, recipients, last } = item;
  const more = recipients.length > 1 ? ` +${recipients.length - 1}` : '';
  return [
    id,
    formatAge(now - receivedAt),
    formatSize(sizeBytes),
    nextOf(item, now),
    String(attempts),
    reversePath === '' ? '<>' : reversePath,
    `${recipients[0] ?? '-'}${more}`,
    last ? `${last.host === undefined ? '' : `${last.host}: `}${formatReply(last.reply)}` : '-',
  ];
}

function nextOf({ dueAt, state }: QueueItem, now: number): string {
  if (state === 'held') return 'held';
  return dueAt === null || dueAt <= now ? 'now' : formatAge(dueAt - now);
}
