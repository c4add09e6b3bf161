/** `mailpair smarthost`: writes a guide to stdout for configuring a local server to use the pair. */
import { gatherFacts } from '@mailpair/planner/smarthost/facts';
import { composeGuide, composeGuideJson } from '@mailpair/planner/smarthost/guide';
import { localServerKinds } from '@mailpair/planner/smarthost/servers';
import { nearestName } from '@mailpair/shared/config/schema/nearest-name';
import { loadSettings } from '@mailpair/shared/config/read/load-settings';
import { expectOperands, UsageError, type Verb } from '../framework/verb.ts';

const names = localServerKinds.map(({ name }) => name);
const width = Math.max(...names.map((name) => name.length));
const list = localServerKinds.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n');

export const smarthost: Verb = {
  usage: 'smarthost [SERVER]',
  help: `
Prints what to do on a local mail server so that it sends through outbound, falls back to inbound if
both support it (inbound.submission), and accepts mail from the pair only; how to test that and how to undo
it. It changes nothing. Without SERVER it lists the servers it knows:

${list}

With outbound.users the server logs in, unless all local servers are addresses in outbound.trusted.
A shell script takes the user name by --user, the file with the password by --password-file, and a
configuration in an unusual place by --config. Add the name to submitters.servers: then each user of
the server has the limits of one submitter.

Examples:
  mailpair smarthost postfix >point-postfix.sh
  sh point-postfix.sh --user mailserver --password-file /root/mailserver.password   # on the server
  mailpair smarthost exchange --json

Exit: 0 done, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 1);
    const [wanted] = args.operands;
    if (wanted === undefined) {
      io.out(
        args.json ? JSON.stringify(localServerKinds.map(({ name, summary }) => ({ name, summary }))) : list,
      );
      return Promise.resolve(0);
    }
    const kind = localServerKinds.find(({ name }) => name === wanted);
    if (!kind) {
      const near = nearestName(wanted, names);
      throw new UsageError(`there is no guide for ${wanted}${near ? `; did you mean ${near}?` : ''}`);
    }
    const facts = gatherFacts(loadSettings({ file: args.config, env: io.env, sets: args.sets }));
    const compose = args.json ? composeGuideJson : composeGuide;
    io.out(compose(kind.guide(facts), facts.notes).trimEnd());
    return Promise.resolve(0);
  },
};
