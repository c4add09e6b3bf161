/** `mailpair quarantine learn`: trains the classifier with a message in quarantine. */
import { findQuarantined, withQuarantines } from './access.ts';
import { pairRoleHelp } from '../framework/pair-access.ts';
import { roleOption } from '../queue/access.ts';
import { expectOperands, UsageError } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

export const quarantineLearn: Verb = {
  usage: 'quarantine learn spam|ham ID… [--role inbound|outbound]',
  options: roleOption,
  help: `
The messages stay where they are: "quarantine release" or "quarantine delete" is the next step. The
gateway that has a message learns it and informs its partner. ID may be shortened.

${pairRoleHelp}

Examples:
  mailpair quarantine learn ham 01JDCK7M && mailpair quarantine release 01JDCK7M
  mailpair quarantine list --json | jq -r 'select(.recipients[0].score > 15).id' | xargs mailpair quarantine learn spam

Exit: 0 taught, 1 there is no such message, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 2, Infinity);
    const [as = '', ...ids] = args.operands;
    if (as !== 'spam' && as !== 'ham') throw new UsageError(`a message is spam or ham, not ${as}`);
    return withQuarantines(args, io, async (quarantines) => {
      let code = 0;
      for (const operand of ids) {
        const found = await findQuarantined(quarantines, operand, io);
        const answer = found && (await found.gateway.quarantine.learn({ id: found.id, as }));
        if (!found || !answer) {
          code = 1;
          continue;
        }
        const { learned } = answer;
        io.out(
          args.json
            ? JSON.stringify({ id: found.id, as, learned })
            : `${found.id} is ${as}${learned === 'known' ? ', as was known' : ''}.`,
        );
      }
      return code;
    });
  },
};
