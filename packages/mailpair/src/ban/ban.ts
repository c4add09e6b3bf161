/**
 * `mailpair ban list`, `ban lift` and `ban add`: the networks that both MX hosts refuse before the greeting.
 */
import { parseDuration } from '@mailpair/shared/config/schema/units';
import { formatMoment } from '@mailpair/shared/platform/values/age';
import { visible } from '@mailpair/shared/platform/values/printable';
import { networkOperand, tableOfBans, together, withBans } from './access.ts';
import { expectOperands, textOption, UsageError } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

const about = `Both gateways are asked: the one of this host by its token, one of another host by the secret of the pair. A
gateway informs its partner within one heartbeat, and a stopped one when it starts.`;

export const banList: Verb = {
  usage: 'ban list',
  help: `
${about}
With --json one JSON document a line, times in ms since the epoch.

Examples:
  mailpair ban list
  mailpair ban list --json | jq -r 'select(.by == "harvest") | .network'

Exit: 0 listed, also when there is none; 1 a gateway could not be asked; 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    const { answers, notAsked } = await withBans(args, io, async (bans) => (await bans.list()).bans);
    const bans = together(answers);
    if (bans.length === 0) io.err('Nobody is banned.');
    else if (args.json) io.out(bans.map((ban) => JSON.stringify(ban)).join('\n'));
    else io.out(tableOfBans(bans, Date.now(), io));
    return notAsked > 0 ? 1 : 0;
  },
};

export const banLift: Verb = {
  usage: 'ban lift ADDRESS|NETWORK',
  help: `
The count of unknown recipients is reset: the network starts again with the full harvest.credit.
${about}

Examples:
  mailpair ban lift 192.0.2.7
  mailpair ban lift 2001:db8:1:2::/64

Exit: 0 lifted, 1 it is not banned, 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 1, 1);
    const network = networkOperand(args);
    const { answers } = await withBans(args, io, async (bans) => (await bans.lift({ network })).lifted);
    const lifted = together(answers);
    for (const ban of lifted)
      io.out(args.json ? JSON.stringify(ban) : visible(`Lifted the ban of ${ban.network} (${ban.reason}).`));
    if (lifted.length === 0) io.err(`${network} is not banned.`);
    return lifted.length > 0 ? 0 : 1;
  },
};

export const banAdd: Verb = {
  usage: 'ban add ADDRESS|NETWORK [--for TIME] [--reason TEXT]',
  options: { for: { type: 'string' }, reason: { type: 'string' } },
  help: `
Clients in the network get 421 instead of the greeting, so that mail which is refused by mistake is sent again later.
Addresses of your site, of the pair and of rates.exempt are never refused.
${about}

  --for TIME         30m, 12h, 7d; default 1d
  --reason TEXT      a note for yourself, which is not sent to the client

Examples:
  mailpair ban add 192.0.2.7
  mailpair ban add 192.0.2.0/24 --for 7d --reason "floods us with bounces"

Exit: 0 banned, 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 1, 1);
    const network = networkOperand(args);
    const time = textOption(args, 'for') ?? '1d';
    const forMs = parseDuration(time);
    if (!forMs) throw new UsageError(`--for is a time like 30m, 12h or 7d, not ${time}`);
    const reason = textOption(args, 'reason') ?? 'banned by hand';
    const { answers } = await withBans(args, io, (bans) => bans.add({ network, forMs, reason }));
    const ban = answers[0]!;
    io.out(
      args.json ? JSON.stringify(ban) : `Banned ${ban.network} until ${formatMoment(ban.until, Date.now())}.`,
    );
    return 0;
  },
};
