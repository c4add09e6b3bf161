/**
 * Transport overrides: a domain (or `.example.net` for its subdomains, or `*`) and the next hop it goes to, written as
 * a URL: `smtp://[user@]host[:port][?tls=LEVEL]`, `smtps://…` for TLS from the first byte. A password stands in a file,
 * never here, and never goes over a connection that may be plain.
 */
import { normaliseDomain } from '../../platform/values/address.ts';
import type { TlsLevel } from '../../platform/values/next-hop.ts';
import {
  isAddress,
  isWithin,
  normaliseAddress,
  parseHostPort,
  parseNetwork,
} from '../../platform/network/addresses.ts';
import { describe } from './findings.ts';
import type { Findings } from './findings.ts';
import { file, readFields, text } from './format.ts';
import type { Format } from './format.ts';
import { tlsLevel } from './local-server.ts';
import { faultOfName } from './names.ts';

export interface RouteSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsLevel;
  readonly implicitTls: boolean;
  readonly auth?: { readonly user: string; readonly passwordFile: string };
}

const example = 'smtp://relay.example.net:25?tls=verify';

interface Hop {
  readonly host: string;
  readonly port: number;
  readonly implicitTls: boolean;
  readonly user?: string;
  readonly tls?: TlsLevel;
}

export const routes: Format<ReadonlyMap<string, RouteSettings>> = {
  name: 'routes',
  expects: `a mapping of domains to URLs: { "example.net": "${example}" }`,
  fromText: (list) =>
    new Map(
      list
        .split(',')
        .filter((item) => item.trim() !== '')
        .map((item) => {
          const [domain = '', ...url] = item.split('=');
          return [domain.trim(), url.join('=').trim()] as const;
        }),
    ),
  read(raw, at, findings) {
    if (!(raw instanceof Map)) return findings.fault(at, raw, 'is not a mapping', `write ${routes.expects}`);
    const read = new Map<string, RouteSettings>();
    for (const [key, value] of raw as Map<unknown, unknown>) {
      const path = `${at}["${String(key)}"]`;
      const domain = readPattern(String(key), path, findings);
      const hop = readRoute(value, path, findings);
      if (domain !== undefined && hop) read.set(domain, hop);
    }
    return read;
  },
};

function readPattern(pattern: string, at: string, findings: Findings): string | undefined {
  if (pattern === '*') return pattern;
  const [dot, domain] = pattern.startsWith('.') ? ['.', pattern.slice(1)] : ['', pattern];
  const problem = faultOfName(domain);
  if (problem === undefined) return dot + normaliseDomain(domain);
  const fix = pattern.startsWith('*.')
    ? `write "${pattern.slice(1)}"`
    : 'write example.net, .example.net or "*"';
  return findings.fault(at, pattern, `the domain of this route ${problem}`, fix);
}

const fields = { url: text, tls: tlsLevel, passwordFile: file('password') };

function readRoute(raw: unknown, at: string, findings: Findings): RouteSettings | undefined {
  if (typeof raw === 'string') return compose(readUrl(raw, at, findings), at, raw, findings);
  if (!(raw instanceof Map)) return findings.fault(at, raw, 'is not a route', `write "${example}"`);
  const { url, tls, passwordFile } = readFields(raw, at, fields, findings);
  if (!raw.has('url')) return findings.fault(at, raw, 'has no url', `add url: "${example}"`);
  const hop = url === undefined ? undefined : readUrl(url, `${at}.url`, findings);
  return compose(hop && { ...hop, ...(tls && { tls }) }, at, raw, findings, passwordFile);
}

function readUrl(url: string, at: string, findings: Findings): Hop | undefined {
  const match = /^(smtps?):\/\/(?:([^/?#]*)@)?([^/?#@]+)\/?(?:\?(.*))?$/i.exec(url);
  if (!match) {
    const bare = parseHostPort(url, 25);
    return findings.fault(at, url, 'is not an smtp URL', `write "${bare ? `smtp://${url}` : example}"`);
  }
  const implicitTls = match[1]?.toLowerCase() === 'smtps';
  const hop = parseHostPort(match[3] ?? '', implicitTls ? 465 : 25);
  const problem = hop && !isAddress(hop.host) ? faultOfName(hop.host) : undefined;
  if (!hop || hop.port === 0 || problem) {
    const words = problem ? `its host ${problem}` : 'has no host or a bad port';
    return findings.fault(at, url, words, `write "${example}", with IPv6 in brackets`);
  }
  const user = match[2];
  if (user?.includes(':')) {
    const fix = `write { url: "${url.replace(`:${user.split(':').slice(1).join(':')}@`, '@')}", passwordFile: /PATH }`;
    return findings.fault(at, url, 'has a password in it', `${fix} and change the password`);
  }
  const tls = readTls(match[4], at, url, findings);
  const host = isAddress(hop.host) ? normaliseAddress(hop.host) : normaliseDomain(hop.host);
  return { host, port: hop.port, implicitTls, ...(user && { user: decode(user) }), ...(tls && { tls }) };
}

function readTls(
  query: string | undefined,
  at: string,
  url: string,
  findings: Findings,
): TlsLevel | undefined {
  if (!query) return undefined;
  const parameters = [...new URLSearchParams(query)];
  const unknown = parameters.find(([name]) => name !== 'tls')?.[0];
  if (unknown !== undefined)
    return findings.fault(at, url, `has an unknown parameter ${unknown}`, 'only ?tls=LEVEL is known');
  return tlsLevel.read(parameters.at(-1)?.[1], at, findings);
}

function decode(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** Puts a next hop together, with TLS for what needs it. */
function compose(
  hop: Hop | undefined,
  at: string,
  raw: unknown,
  findings: Findings,
  passwordFile?: string,
): RouteSettings | undefined {
  if (!hop) return undefined;
  const { user, ...rest } = hop;
  const tls = hop.tls ?? (hop.implicitTls || user !== undefined ? 'encrypt' : 'opportunistic');
  if (hop.implicitTls && tls === 'none') {
    return findings.fault(at, raw, 'tls none contradicts smtps', 'write smtp:// or another level');
  }
  if (user === undefined) {
    if (passwordFile === undefined) return { ...rest, tls };
    return findings.fault(at, raw, 'has a passwordFile but no user', 'write smtp://USER@HOST');
  }
  if (passwordFile === undefined) {
    if (raw instanceof Map && raw.has('passwordFile')) return undefined;
    const url = raw instanceof Map ? describe(raw.get('url')) : describe(raw);
    return findings.fault(
      at,
      raw,
      'has a user but no password',
      `write { url: "${url}", passwordFile: /PATH }`,
    );
  }
  if ((tls === 'none' || tls === 'opportunistic') && !isLoopback(hop.host)) {
    return findings.fault(
      at,
      raw,
      `with tls ${tls} the password could go unencrypted`,
      'write tls: encrypt or verify',
    );
  }
  return { ...rest, tls, auth: { user, passwordFile } };
}

function isLoopback(host: string): boolean {
  const here = parseNetwork(host);
  return (
    here !== undefined &&
    ['127.0.0.0/8', '::1/128'].some((loopback) => isWithin(here, parseNetwork(loopback)!))
  );
}
