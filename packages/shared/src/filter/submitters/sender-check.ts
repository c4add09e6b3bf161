/** Whether a submitter may call itself so: reverse-path and From must be in its domains. The null reverse-path is free. */
import type { SubmitterLearnable } from './facts.ts';
import { domainOf } from '../../platform/values/address.ts';
import type { Facts } from '../contract/facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Submitter, SubmitterOf } from '../../platform/values/submitter.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Check } from '../contract/check.ts';

const forSubmitters = { name: 'sender', roles: ['submission'], onFault: 'defer' } as const;

export const reversePathCheck = (submitterOf: SubmitterOf): Check<SubmitterLearnable> => ({
  ...forSubmitters,
  stage: 'rcpt',
  needs: ['submitter'],
  judge(facts) {
    const { reversePath } = facts;
    const { name, mayUse } = submitterIn(facts, submitterOf);
    if (reversePath === '' || mayUse(domainOf(reversePath))) return [];
    return [refusal('sender.reverse-path', `${name} may not send as <${reversePath}>`, reversePath)];
  },
});

export const authorCheck = (submitterOf: SubmitterOf): Check<SubmitterLearnable> => ({
  ...forSubmitters,
  stage: 'message',
  needs: ['author'],
  judge(facts) {
    const { author } = facts.learnt;
    const { name, mayUse } = submitterIn(facts, submitterOf);
    const foreign =
      author?.kind === 'known' ? author.value.from.find((from) => !mayUse(domainOf(from))) : undefined;
    if (foreign === undefined) return [];
    const named = foreign === '' ? 'an address that cannot be read' : `<${foreign}>`;
    return [refusal('sender.from', `${name} may not have ${named} in From`, foreign)];
  },
});

const submitterIn = ({ client: { user, address }, reversePath }: Facts, of: SubmitterOf): Submitter =>
  of({ address, reversePath, ...(user !== undefined && { user }) });

const refusal = (rule: string, evidence: string, address: string): Finding => ({
  rule,
  score: 0,
  evidence,
  verdict: 'reject',
  reply: replies.notYourAddress(address),
  firm: true,
});
