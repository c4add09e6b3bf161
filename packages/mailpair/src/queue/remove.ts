/** `mailpair queue remove`: removes a message from the queue permanently. */
import { isOpen, type Entry } from '@mailpair/shared/platform/values/entry';
import { visible } from '@mailpair/shared/platform/values/printable';
import { confirm, isSure, yesOption } from '../framework/confirm.ts';
import { findEntry, roleHelp, roleOption, withQueues } from './access.ts';
import { formatSize } from '../framework/table.ts';
import { expectOperands } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

export const queueRemove: Verb = {
  usage: 'queue remove ID [--yes] [--role inbound|outbound]',
  options: { ...roleOption, ...yesOption },
  help: `
Asks for confirmation on a terminal; elsewhere --yes is required. No notice is sent: "mailpair queue export" keeps a
copy. An attempt in progress may still succeed. ID may be shortened.

  --yes              do not ask
${roleHelp}

Examples:
  mailpair queue remove 01JDCK7M3N0000ABC
  mailpair queue list --json --sender @spam.example | jq -r .id | xargs -n1 mailpair queue remove --yes

Exit: 0 removed, 1 there is no such message or the answer was no, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 1, 1);
    const sure = isSure(args, io);
    return withQueues(args, io, async (gateways) => {
      const found = await findEntry(gateways, args.operands[0] ?? '', io);
      const entry = await found?.gateway.queue.show({ id: found.id });
      if (!found || !entry) return 1;
      if (!sure && !(await confirm(`Remove ${describe(entry)}? No notice is sent. [y/N]`, io))) {
        io.err('Nothing was removed.');
        return 1;
      }
      const removed = await found.gateway.queue.remove({ id: found.id });
      if (!removed) {
        io.err(`${found.id} left the queue meanwhile: it was relayed, bounced or removed.`);
        return 1;
      }
      const { role } = found.gateway;
      io.out(
        args.json
          ? JSON.stringify({ role, removed }, null, 2)
          : visible(`Removed ${describe(removed)}. No bounce is sent.`),
      );
      return 0;
    });
  },
};

function describe({ id, reversePath, recipients, body }: Entry): string {
  const open = recipients.filter(isOpen).map(({ address }) => address);
  const more = open.length > 3 ? ` and ${open.length - 3} more` : '';
  const done = recipients.length - open.length;
  return (
    `${id}: ${formatSize(body.sizeBytes)} from <${reversePath}> to ${open.slice(0, 3).join(', ')}${more}` +
    (done > 0 ? ` (recipients done with before: ${done})` : '')
  );
}
