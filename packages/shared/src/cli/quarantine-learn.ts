/** `mailpair quarantine learn`: what is in quarantine teaches the classifier. */
import { findQuarantined, withQuarantines } from './quarantine-access.ts';
import { roleHelp, roleOption } from './queue-access.ts';
import { expectOperands, UsageError } from './verb.ts';
import type { Verb } from './verb.ts';

export const quarantineLearn: Verb = {
  name: 'quarantine learn',
  summary: 'teach the classifier that messages in quarantine are spam, or are not (ham)',
  usage: 'quarantine learn spam|ham ID… [--role inbound|outbound]',
  options: roleOption,
  help: `
The gateway that has the message learns it, and tells its partner by the heartbeat. The message stays in
quarantine: "quarantine release" or "quarantine delete" follow as you like. What was learnt as the one
before is learnt as the other now.

${roleHelp}

Examples:
  mailpair quarantine learn ham 01JDCK7M3N0000ABC && mailpair quarantine release 01JDCK7M3N0000ABC
  mailpair quarantine list --json --sender @spam.example | jq -r .id | xargs mailpair quarantine learn spam

Exit: 0 learnt, 1 there is no such message, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 2, Infinity);
    const [as, ...ids] = args.operands;
    if (as !== 'spam' && as !== 'ham') throw new UsageError(`a message is spam or ham, not ${as}`);
    return withQuarantines(args, io, async (quarantines) => {
      let code = 0;
      for (const operand of ids) {
        const found = await findQuarantined(quarantines, operand, io);
        if (found && (await found.quarantine.learn(found.id, as)))
          io.out(args.json ? JSON.stringify({ id: found.id, learnt: as }) : `Learnt ${found.id} as ${as}.`);
        else code = 1;
      }
      return code;
    });
  },
};
