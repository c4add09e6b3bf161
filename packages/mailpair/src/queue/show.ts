/** `mailpair queue show`: shows one message in the queue in full. */
import type { Entry, RecipientState } from '@mailpair/shared/platform/values/entry';
import { formatMoment } from '@mailpair/shared/platform/values/age';
import { visible } from '@mailpair/shared/platform/values/printable';
import { formatReply } from '@mailpair/shared/platform/values/reply';
import { findEntry, roleHelp, roleOption, withQueues } from './access.ts';
import { formatSize } from '../framework/table.ts';
import { expectOperands } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

export const queueShow: Verb = {
  usage: 'queue show ID [--role inbound|outbound]',
  options: roleOption,
  help: `
ID may be shortened to as much of its beginning as is unique. With --json the entry as it is stored,
times as milliseconds since the epoch.

${roleHelp}

Examples:
  mailpair queue show 01JDCK7M3N0000ABC
  mailpair queue show --json 01JDCK7M | jq .recipients

Exit: 0 shown, 1 there is no such message, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 1, 1);
    return withQueues(args, io, async (gateways) => {
      const found = await findEntry(gateways, args.operands[0] ?? '', io);
      const entry = await found?.gateway.queue.show({ id: found.id });
      if (!found || !entry) return 1;
      const { role } = found.gateway;
      io.out(args.json ? JSON.stringify({ role, ...entry }, null, 2) : describe(role, entry, Date.now()));
      return 0;
    });
  },
};

function describe(role: string, entry: Entry, now: number): string {
  const { body, origin, envid } = entry;
  const flags = [
    ...(entry.eightBit ? ['8BITMIME'] : []),
    ...(entry.smtpUtf8 ? ['SMTPUTF8'] : []),
    ...(entry.requireTls ? ['REQUIRETLS'] : []),
    ...(entry.ret ? [`RET=${entry.ret}`] : []),
  ];
  return [
    line('ID', `${entry.id} (${role})`),
    line('Received', formatMoment(entry.receivedAt, now)),
    line('Expires', formatMoment(entry.expiresAt, now)),
    line('From', entry.reversePath === '' ? '<> (null reverse-path)' : entry.reversePath),
    ...describeOrigin(origin),
    line('Size', `${formatSize(body.sizeBytes)} (${body.sizeBytes} octets), SHA-256 ${body.sha256}`),
    ...(flags.length > 0 ? [line('Asked for', flags.join(' '))] : []),
    ...(envid === undefined ? [] : [line('ENVID', envid)]),
    ...(entry.held ? [line('Held', 'by the operator')] : []),
    ...entry.recipients.flatMap((recipient) => describeRecipient(recipient, entry, now)),
  ].join('\n');
}

const line = (name: string, value: string): string => `${name.padEnd(10)}${visible(value)}`;

function describeOrigin({ listener, helo, client, session, user }: Entry['origin']): string[] {
  if (listener === '') return [line('Client', 'none: a message of our own')];
  return [
    line('Client', `${helo} [${client}]${user === undefined ? '' : `, authenticated as ${user}`}`),
    line('Listener', `${listener}, session ${session}`),
  ];
}

function describeRecipient(recipient: RecipientState, entry: Entry, now: number): string[] {
  const { address, status, attempts, dueAt, last } = recipient;
  const next = status !== 'queued' || entry.held ? '' : `, next ${formatMoment(dueAt, now)}`;
  const answer =
    last && `${last.host ?? 'no host answered'}: ${formatReply(last.reply)}, ${formatMoment(last.at, now)}`;
  return [
    line('To', `${address}: ${status}, attempts ${attempts}${next}`),
    ...(answer ? [`            ${visible(answer)}`] : []),
  ];
}
