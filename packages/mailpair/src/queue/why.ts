/** `mailpair queue why`: explains why a message is still in the queue. */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import { visible } from '@mailpair/shared/platform/values/printable';
import { findEntry, roleHelp, roleOption, withQueues } from './access.ts';
import { expectOperands } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

type Why = Answer<'queue', 'why'>;

export const queueWhy: Verb = {
  usage: 'queue why ID [--role inbound|outbound]',
  options: roleOption,
  help: `
Prints for each recipient that is still open: the attempts so far; the last reply, its server and its time;
when the next attempt is due and why; and what prevents it: a hold, a next hop that rests after
failures, local servers that are down. ID may be shortened.

${roleHelp}

Examples:
  mailpair queue why 01JDCK7M3N0000ABC
  mailpair queue why --json 01JDCK7M | jq -r '.recipients[].nextHop'

Exit: 0 explained, 1 there is no such message, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 1, 1);
    return withQueues(args, io, async (gateways) => {
      const found = await findEntry(gateways, args.operands[0] ?? '', io);
      const why = await found?.gateway.queue.why({ id: found.id });
      if (!found || !why) return 1;
      const { role } = found.gateway;
      io.out(args.json ? JSON.stringify({ role, ...why }, null, 2) : describe(role, why));
      return 0;
    });
  },
};

function describe(role: string, { id, lines, recipients, done }: Why): string {
  return [
    `${id} (${role})`,
    ...lines.map((line) => `  ${line}`),
    ...recipients.flatMap(({ address, nextHop, lines: about }) => [
      `${address} by way of ${nextHop}`,
      ...about.map((line) => `  ${line}`),
    ]),
    ...done.map(({ address, status }) => `${address} was ${status}.`),
  ]
    .map(visible)
    .join('\n');
}
