/**
 * Whether the client's address has a name that has this address (RFC 1912 §2.1), and what the name looks like. That there is
 * none is proof of little: it scores and refuses nobody.
 */
import type { ClientNameLearnable } from './facts.ts';
import type { Check } from '../contract/check.ts';
import type { Finding } from '../contract/verdict.ts';
import { looksGeneric } from './generic-name.ts';

/** Scores; 0 for what does not count. */
export interface ClientNameScores {
  /** The address has no name. */
  readonly noName: number;
  /** None of its names has the address. */
  readonly unconfirmedName: number;
  /** The name looks like that of a customer's line. */
  readonly genericName: number;
}

export const clientNameCheck = (scores: ClientNameScores): Check<ClientNameLearnable> => ({
  name: 'client-name',
  stage: 'rcpt',
  roles: ['mx'],
  needs: ['reverseName'],
  onFault: 'accept',
  judge({ client: { address }, learnt: { reverseName } }) {
    if (reverseName?.kind !== 'known') return [];
    const { names, confirmed, doubt } = reverseName.value;
    const findings: Finding[] = [];
    const note = (rule: string, score: number, evidence: string): void => {
      if (score !== 0) findings.push({ rule: `client-name.${rule}`, score, evidence });
    };
    const [first] = names;
    if (first === undefined) {
      note('none', scores.noName, `${address} has no name in DNS`);
      return findings;
    }
    if (doubt !== undefined)
      findings.push({
        rule: 'client-name.fault',
        score: 0,
        evidence: `whether ${first} has ${address} could not be learnt: ${doubt}`,
        missing: true,
      });
    else if (confirmed === undefined)
      note(
        'unconfirmed',
        scores.unconfirmedName,
        `${address} is named ${first}, which does not have that address`,
      );
    const name = confirmed ?? first;
    if (looksGeneric(name, address))
      note(
        'generic',
        scores.genericName,
        `${address} is named ${name}, like a line of a provider's customer`,
      );
    return findings;
  },
});
