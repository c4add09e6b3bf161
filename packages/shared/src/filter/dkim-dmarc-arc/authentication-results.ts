/**
 * Authentication-Results (RFC 8601): what was learnt of a message, for the hosts and readers behind us; and whose such a field is.
 * Pure. What strangers wrote stands in it only as a token or in quotes.
 */
import { normaliseDomain, unicodeDomain } from '../../platform/values/address.ts';
import { withoutComments } from '../../platform/values/comments.ts';
import type { AuthenticationFacts, DkimSignature, SpfProof } from './facts.ts';
import type { ReverseName } from '../client-name/facts.ts';

export interface ResultFacts {
  readonly client: string;
  readonly reverseName?: ReverseName | undefined;
  readonly spf?: SpfProof | undefined;
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

const spfResult = ({ result, identity, domain }: SpfProof): string =>
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

/** The field's value as octets in Latin-1, unfolded, as the characters that a reader sees. */
const textIn = (field: string): string =>
  Buffer.from(field.slice(field.indexOf(':') + 1), 'latin1')
    .toString()
    .replaceAll('\r\n', '');

/** A token, or a quoted string that quotes nothing within, at the start. */
const PLAIN_ID = /^[ \t]*(?:"([^"\\]*)"|([^\s"(),/:;<=>?@[\\\]]+))(?=[\s;(]|$)/;

/** The authserv-id in the form of host names; undefined where not every reader finds the same, or none at all. */
function authservIdOf(text: string): string | undefined {
  const [, inQuotes, token] = PLAIN_ID.exec(text) ?? [];
  const id = inQuotes ?? token;
  return id === undefined || id === '' ? undefined : normaliseDomain(id);
}

/**
 * Whether a reader might take Authentication-Results of a stranger for that of one of our hosts (RFC 8601 §5): it says so, it
 * says so to readers who skip comments, quotes or white space in another way, or nobody can say whose it is.
 * @param field as it stands, octets as Latin-1
 */
export function mayPassForOurs(field: string, hosts: readonly string[]): boolean {
  const text = textIn(field);
  return authservIdOf(text) === undefined || namesAny(text, hosts);
}

/**
 * The same of ARC-Authentication-Results (RFC 8617 §4.1.1), and the instance of its set, 0 where there is none to read. Of these
 * only those are meant that name a host of ours: to take another away would break a chain that is true.
 */
export function arcResultsOf(field: string, hosts: readonly string[]): { instance: number; isOurs: boolean } {
  const text = textIn(field);
  const [all = '', instance = '0'] = /^[ \t]*i[ \t]*=[ \t]*(\d{1,3})[ \t]*;/i.exec(text) ?? [];
  const id = authservIdOf(text.slice(all.length));
  const isOurs = id === undefined ? namesAny(text, hosts) : namesAny(id, hosts);
  return { instance: Number(instance), isOurs };
}

/** Whether one of the names stands in the text, however it is written: other letters and dots, cut by white space, comments, quotes. */
function namesAny(text: string, hosts: readonly string[]): boolean {
  const readings = [text, withoutComments(text), withoutComments(text.replaceAll('"', ''))].map(squeezed);
  return hosts.some((host) => {
    const name = normaliseDomain(host);
    return [name, unicodeDomain(name)].some((form) => readings.some((reading) => reading.includes(form)));
  });
}

const squeezed = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('\u3002', '.')
    .replace(/[\s"\\\p{Cf}]+/gu, '');
