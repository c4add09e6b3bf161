/** `mailpair quarantine list`: lists the messages in quarantine, oldest first. */
import { decodeWords } from '@mailpair/shared/filter/mime/encoded-words';
import { formatAge } from '@mailpair/shared/platform/values/age';
import { pairRoleHelp, type AskedPair } from '../framework/pair-access.ts';
import { roleOption } from '../queue/access.ts';
import { quarantinedItems, withQuarantines, type QuarantineFilter, type QuarantineItem } from './access.ts';
import { formatSize, shorten, Table, terminalWidth } from '../framework/table.ts';
import { expectOperands, textOption, UsageError } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

export const quarantineList: Verb = {
  usage: 'quarantine list [--recipient A] [--sender A] [--limit N] [--role inbound|outbound]',
  options: {
    ...roleOption,
    recipient: { type: 'string' },
    sender: { type: 'string' },
    limit: { type: 'string' },
  },
  help: `
One line for each message: which gateway has it, id, age, when it expires, size, score, sender, the
recipients it is kept from, subject and the reason. A gateway of this host is asked whether it runs or
not, one of another host while it runs, by the secret of the pair. With --json one JSON document a line.

  --recipient A      kept from A; @example.com is a whole domain
  --sender A         with the reverse-path A; <> is the null one
  --limit N          N messages of each gateway at most
${pairRoleHelp}

Examples:
  mailpair quarantine list --recipient anna@example.com
  mailpair quarantine list --json | jq -r 'select(.recipients[0].score < 9) | .id'

Exit: 0 listed, also when there was nothing to list; 1 a gateway could not be asked; 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    return withQuarantines(args, io, async (quarantines) => {
      const listed = args.json
        ? await listJson(quarantines, args, io)
        : await listTable(quarantines, args, io);
      if (listed === 0) io.err('Nothing in quarantine matches.');
      return quarantines.notAsked > 0 ? 1 : 0;
    });
  },
};

function filterOf(args: VerbArgs): QuarantineFilter {
  const [recipient, sender] = [textOption(args, 'recipient'), textOption(args, 'sender')];
  return { ...(recipient !== undefined && { recipient }), ...(sender !== undefined && { sender }) };
}

function limitOf(args: VerbArgs): number {
  const text = textOption(args, 'limit');
  if (text === undefined) return Infinity;
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`--limit is a number, not ${text}`);
  return Number(text);
}

async function listJson({ asked }: AskedPair, args: VerbArgs, io: Io): Promise<number> {
  let listed = 0;
  for (const gateway of asked)
    for await (const items of quarantinedItems(gateway, filterOf(args), limitOf(args))) {
      const { role, host } = gateway;
      io.out(items.map((item) => JSON.stringify({ role, host, ...item })).join('\n'));
      listed += items.length;
    }
  return listed;
}

const heads = ['ROLE', 'ID', 'AGE', 'EXPIRES', 'SIZE', 'SCORE', 'SENDER', 'RECIPIENT', 'SUBJECT', 'REASON'];

async function listTable({ asked }: AskedPair, args: VerbArgs, io: Io): Promise<number> {
  const table = new Table(heads, terminalWidth(io));
  let listed = 0;
  for (const gateway of asked)
    for await (const items of quarantinedItems(gateway, filterOf(args), limitOf(args))) {
      io.out(table.format(items.map((item) => [gateway.role, ...cellsOf(item, Date.now())])).join('\n'));
      listed += items.length;
    }
  return listed;
}

function cellsOf(item: QuarantineItem, now: number): string[] {
  const [first] = item.recipients;
  const more = item.recipients.length > 1 ? ` +${item.recipients.length - 1}` : '';
  return [
    item.id,
    formatAge(now - item.receivedAt),
    formatAge(item.expiresAt - now),
    formatSize(item.sizeBytes),
    String(first?.score ?? 0),
    item.reversePath === '' ? '<>' : item.reversePath,
    `${first?.address ?? '-'}${more}`,
    shorten(decodeWords(item.subject), 40),
    first?.reason ?? '',
  ];
}
