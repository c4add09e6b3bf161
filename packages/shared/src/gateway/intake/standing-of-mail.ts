/** What one message from the internet says of who sent it. Pure. */
import type { Judged } from '../../filter/pipeline/judging.ts';
import { registrableDomain } from '../../platform/dns/registrable-domain.ts';
import type { Learnt } from '../../filter/pipeline/facts.ts';
import { isPositive, type Reply } from '../../platform/values/reply.ts';
import type { Verdict } from '../../filter/contract/verdict.ts';

export interface MailStanding {
  readonly client: string;
  /** The registered domain for which it passed DMARC; '' for none. */
  readonly domain: string;
  /** It was taken, and no recipient wants it tagged or kept. Else the checks speak against it. */
  readonly isClean: boolean;
}

/**
 * Where mail is only observed, what would have been done counts.
 * @returns null when it says nothing: it was put off, or refused by a local server
 */
export function standingOfMail({ facts, judgements }: Judged, reply: Reply): MailStanding | null {
  const kinds = judgements.map(({ verdict }) => verdict.kind);
  const isUnclean = kinds.some((kind) => against.has(kind));
  if (!isUnclean && !(isPositive(reply) && kinds.every((kind) => kind === 'accept'))) return null;
  return { client: facts.client.address, domain: provenDomain(facts.learnt), isClean: !isUnclean };
}

const against: ReadonlySet<Verdict['kind']> = new Set(['tag', 'quarantine', 'reject', 'discard']);

function provenDomain({ authentication }: Learnt): string {
  if (authentication?.kind !== 'known' || authentication.value.dmarc.result !== 'pass') return '';
  return registrableDomain(authentication.value.dmarc.domain) ?? '';
}
