/**
 * A From that is made to be taken for a hosted domain: a domain that looks the same or is a letter off, or a name that shows an
 * address which is not the sender's. The sender may well prove to be what it is, so DMARC says nothing of this. A guess.
 */
import type { AuthenticationLearnable } from './facts.ts';
import { domainOf, isWithinAnyDomain, isWithinDomain, unicodeDomain } from '../../platform/values/address.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Check } from '../contract/check.ts';

export interface LookalikeRules {
  /** Scores; 0 for what does not count. */
  readonly domain: number;
  readonly name: number;
  readonly otherAddress: number;
  readonly except: readonly string[];
}

/** A shorter name has too many neighbours. */
const SHORTEST = 8;

export function lookalikeCheck(
  rules: LookalikeRules,
  hosted: readonly string[],
): Check<AuthenticationLearnable> {
  const shapes = new Map(hosted.map((domain) => [domain, shapeOf(domain)]));
  const likenessOf = (domain: string): Finding | undefined => {
    for (const [ours, shape] of shapes) {
      const same = shapeOf(domain) === shape;
      if (!same && (ours.length < SHORTEST || !isOneOff(domain, ours))) continue;
      const evidence = `${domain} in From ${same ? 'looks the same as' : 'is a letter off'} ${ours}`;
      return { rule: 'lookalike.domain', score: rules.domain, evidence };
    }
    return undefined;
  };
  return {
    name: 'lookalike',
    stage: 'message',
    roles: ['mx'],
    needs: ['authentication'],
    onFault: 'accept',
    judge({ learnt: { authentication } }) {
      if (authentication?.kind !== 'known') return [];
      const {
        from,
        list,
        authorDomains = from.map(({ address }) => domainOf(address)),
      } = authentication.value;
      const isForeign = (domain: string): boolean =>
        domain !== '' && !isWithinAnyDomain(domain, hosted) && !isWithinAnyDomain(domain, rules.except);
      const findings = authorDomains
        .filter(isForeign)
        .map(likenessOf)
        .filter((each) => each !== undefined);
      for (const { name, address } of from) {
        const domain = domainOf(address);
        if (list === undefined && isForeign(domain)) findings.push(...shownIn(name, domain, hosted, rules));
      }
      return findings.filter(({ score }) => score !== 0).slice(0, 3);
    },
  };
}

function shownIn(
  name: string,
  domain: string,
  hosted: readonly string[],
  rules: LookalikeRules,
): readonly Finding[] {
  const text = name.normalize('NFKC').toLowerCase();
  const ours = hosted.find((each) =>
    new RegExp(`(?<![\\w-])${each.replaceAll('.', '\\.')}(?![\\w-])`).test(text),
  );
  if (ours !== undefined)
    return [
      {
        rule: 'lookalike.name',
        score: rules.name,
        evidence: `From shows ${ours} as its name and is of ${domain}`,
      },
    ];
  const shown = /[\w.+-]{1,64}@([\w-]+(?:\.[\w-]+)+)/.exec(text)?.[1];
  if (shown === undefined || isWithinDomain(domain, shown) || isWithinDomain(shown, domain)) return [];
  return [
    {
      rule: 'lookalike.other-address',
      score: rules.otherAddress,
      evidence: `From shows an address of ${shown} as its name and is of ${domain}`,
    },
  ];
}

/** Letters that are taken for another, among those that domains may have. */
const taken: Readonly<Record<string, string>> = {
  ...{
    а: 'a',
    в: 'b',
    с: 'c',
    ԁ: 'd',
    е: 'e',
    һ: 'h',
    і: 'i',
    ј: 'j',
    к: 'k',
    ӏ: 'l',
    м: 'm',
    п: 'n',
    о: 'o',
  },
  ...{ р: 'p', ԛ: 'q', г: 'r', ѕ: 's', т: 't', ц: 'u', ѵ: 'v', ԝ: 'w', х: 'x', у: 'y', з: '3' },
  ...{
    α: 'a',
    β: 'b',
    ε: 'e',
    η: 'n',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    τ: 't',
    υ: 'u',
    χ: 'x',
    ω: 'w',
  },
  ...{ ı: 'i', ł: 'l', đ: 'd', ø: 'o', ħ: 'h', ß: 'b', ɑ: 'a', ɡ: 'g', ⅼ: 'l' },
  ...{ '0': 'o', '1': 'l', '5': 's', i: 'l' },
};

/** What is left of a domain to the eye: without accents, letters as those they are taken for. */
function shapeOf(domain: string): string {
  return [...unicodeDomain(domain).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()]
    .map((letter) => taken[letter] ?? letter)
    .map((letter) => taken[letter] ?? letter)
    .join('')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('cl', 'd');
}

/** One letter put in, left out, changed, or two beside each other swapped. */
function isOneOff(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let from = 0;
  while (from < a.length && a[from] === b[from]) from += 1;
  const [restA, restB] = [a.slice(from), b.slice(from)];
  if (a.length !== b.length) return a.length > b.length ? restA.slice(1) === restB : restB.slice(1) === restA;
  const swapped = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return swapped || restA.slice(1) === restB.slice(1);
}
