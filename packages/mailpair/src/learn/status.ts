/** `mailpair learn status`: shows what the classifier of each gateway has learnt and how accurate it is. */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import { withLearning } from './access.ts';
import { roleHelp, roleOption } from '../queue/access.ts';
import { expectOperands } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

type BayesStatus = Answer<'bayes', 'status'>;

export const learnStatus: Verb = {
  usage: 'learn status [--role inbound|outbound]',
  options: roleOption,
  help: `
The accuracy is computed from the learnt messages: each of the latest 500 messages of spam and of ham is
classified as if it had not been learnt.

${roleHelp}

Examples:
  mailpair learn status
  mailpair learn status --json | jq .calibration.mistaken

Exit: 0 it judges on every gateway asked, 1 it does not, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    return withLearning(args, io, async (gateways) => {
      let code = 0;
      for (const { role, bayes } of gateways) {
        const found = await bayes.status();
        if (!found.judges) code = 1;
        io.out(args.json ? JSON.stringify({ role, ...found }) : describe(role, found));
      }
      return code;
    });
  },
};

function describe(role: string, { spam, ham, tokens, maxTokens, why, calibration }: BayesStatus): string {
  const learnt = `${role}: ${spam} messages of spam and ${ham} of ham, ${tokens} of at most ${maxTokens} words`;
  if (why !== null) return `${learnt}; it does not judge: ${why}`;
  if (!calibration) return learnt;
  const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;
  return (
    `${learnt}; of what it learnt it would call very likely spam (99 %): ` +
    `${percent(calibration.caught)} of the spam, ${percent(calibration.mistaken)} of the ham`
  );
}
