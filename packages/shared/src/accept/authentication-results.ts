/**
 * Authentication-Results (RFC 8601): what was learnt of a message, for the hosts and readers behind us; and whose such a field is.
 * Pure. What strangers wrote stands in it only as a token or in quotes.
 */
import { normaliseDomain } from '../values/address.ts';
import type { AuthenticationFacts, DkimSignature, SpfFacts } from '../values/facts-of-authentication.ts';
import type { ReverseName } from '../values/facts-of-client-name.ts';

export interface ResultFacts {
  readonly client: string;
  readonly reverseName?: ReverseName | undefined;
  readonly spf?: SpfFacts | undefined;
  readonly authentication?: AuthenticationFacts | undefined;
}

/** What follows the name of the field, with `host` as authserv-id; undefined when nothing was learnt. */
export function composeResults(host: string, facts: ResultFacts): string | undefined {
  const { client, reverseName, spf, authentication } = facts;
  const results = [
    ...(reverseName ? [`iprev=${iprevOf(reverseName)} policy.iprev=${valueOf(client)}`] : []),
    ...(spf ? [spfResult(spf)] : []),
    ...(authentication ? signed(authentication) : []),
  ];
  return results.length === 0 ? undefined : [host, ...results].join(';\r\n\t');
}

const iprevOf = ({ names, confirmed, doubt }: ReverseName): string => {
  if (confirmed !== undefined) return 'pass';
  if (doubt !== undefined) return 'temperror';
  return names.length === 0 ? 'permerror' : 'fail';
};

const spfResult = ({ result, identity, domain }: SpfFacts): string =>
  `spf=${result} smtp.${identity}=${valueOf(domain)}`;

function signed({ dkim, dmarc, arc }: AuthenticationFacts): string[] {
  const policy = dmarc.policy === undefined ? '' : ` policy.dmarc=${dmarc.policy}`;
  const from = dmarc.domain === '' ? '' : ` header.from=${valueOf(dmarc.domain)}`;
  return [
    ...(dkim.length === 0 ? ['dkim=none'] : dkim.map(dkimResult)),
    `dmarc=${dmarc.result}${policy}${from}`,
    ...(arc.result === 'none' ? [] : [`arc=${arc.result}`]),
  ];
}

function dkimResult({ result, domain, selector, algorithm, b, reason }: DkimSignature): string {
  const properties = { d: domain, s: selector, a: algorithm, b };
  const told = Object.entries(properties).filter(([, value]) => value !== '');
  const why = result === 'pass' || reason === undefined ? '' : ` reason=${quoted(reason)}`;
  return `dkim=${result}${why}${told.map(([name, value]) => ` header.${name}=${valueOf(value)}`).join('')}`;
}

const valueOf = (text: string): string => (/^[\w.@+/-]{1,255}$/.test(text) ? text : quoted(text));

const quoted = (text: string): string =>
  `"${text
    .slice(0, 255)
    .replace(/[^ -~]/g, '?')
    .replace(/["\\]/g, '\\$&')}"`;

/** The authserv-id of a field as it stands, in the form of host names; '' where there is none. */
export function authservIdOf(field: string): string {
  const value = field.slice(field.indexOf(':') + 1).replace(/\r\n/g, '');
  const [, inQuotes, token] = /^(?:\s|\([^()]*\))*(?:"([^"]*)"|([^\s;(]+))/.exec(value) ?? [];
  return normaliseDomain(inQuotes ?? token ?? '');
}
