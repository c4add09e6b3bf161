/** Values that are published in DNS: report addresses, terms of an SPF record, names of CAs, texts. */
import { domainOf, normaliseDomain } from '../../platform/values/address.ts';
import { parseNetwork } from '../../platform/network/addresses.ts';
import type { Findings } from './findings.ts';
import { directory, listOf } from './format.ts';
import type { Format } from './format.ts';
import { domainName, faultOfName } from './names.ts';

/** An address that reports go to. URIs in tag lists: what would end a URI or a tag is refused (RFC 7489 §6.2). */
export const reportAddress: Format<string> = {
  name: 'report address',
  expects: 'a mail address such as dmarc@example.com',
  read(raw, at, findings) {
    const address = typeof raw === 'string' ? raw.replace(/^mailto:/i, '') : '';
    if (/^[A-Za-z0-9.=_+-]+@[^@]+$/.test(address) && faultOfName(domainOf(address)) === undefined)
      return `${address.slice(0, address.lastIndexOf('@'))}@${domainOf(address)}`;
    return findings.fault(
      at,
      raw,
      'is not an address that reports can go to',
      `write ${reportAddress.expects}`,
    );
  },
};

const spfTerm = /^[+?~]?(?:include:|exists:|a(?=[:/]|$)|mx(?=[:/]|$)|ip4:|ip6:)[\x21-\x7e]*$/i;

/** A mechanism of SPF (RFC 7208 §5) that authorises someone besides the pair. */
export const spfMechanism: Format<string> = {
  name: 'SPF term',
  expects: 'include:_spf.example.net, ip4:192.0.2.30, ip6:2001:db8::/48, a:HOST, mx or exists:…',
  read(raw, at, findings) {
    const term = typeof raw === 'string' ? raw : '';
    const fault = (problem: string, fix: string): undefined => findings.fault(at, raw, problem, fix);
    if (/^[+?~-]?all$/i.test(term)) return fault('belongs at the end', 'set publish.spf.all instead');
    if (/^redirect=/i.test(term))
      return fault('counts only without "all"', `write ${term.replace(/^redirect=/i, 'include:')}`);
    if (!spfTerm.test(term) || /:$/.test(term))
      return fault('is not a term of SPF', `write ${spfMechanism.expects}`);
    const [, family, network = ''] = /^[+?~]?ip([46]):(.*)$/i.exec(term) ?? [];
    if (family !== undefined && parseNetwork(network)?.family !== Number(family))
      return fault(
        `is not an IPv${family} network`,
        family === '4' ? 'write ip4:192.0.2.0/24' : 'write ip6:2001:db8::/48',
      );
    if (family !== undefined && parseNetwork(network)!.prefix < 8)
      return fault('lets a large part of the internet send', 'name a narrower network');
    return term;
  },
};

/** The name by which a CA knows itself in CAA records (RFC 8659 §4.2), without parameters. */
export const caName: Format<string> = {
  ...domainName,
  name: 'CA',
  expects: "the CA's own domain, such as letsencrypt.org",
};

/** A file of which only the public part is used. */
export const pemFile: Format<string> = { ...directory, name: 'PEM file' };

/** Two records of these at one name count as none (RFC 7208 §4.5, RFC 7489 §6.6.3). */
const planned = [
  { tag: 'v=spf1', key: 'publish.spf.terms' },
  { tag: 'v=dmarc1', key: 'publish.dmarc' },
  { tag: 'v=stsv1', key: 'publish.mtaSts' },
  { tag: 'v=tlsrptv1', key: 'publish.tlsRpt' },
];

const textValue: Format<string> = {
  name: 'TXT value',
  expects: 'one text in quotes',
  read(raw, at, findings) {
    if (typeof raw !== 'string' || raw === '' || /[^\x20-\x7e]/.test(raw))
      return findings.fault(at, raw, 'is not one line of ASCII text', `write ${textValue.expects}`);
    const kind = planned.find(({ tag }) => raw.toLowerCase().startsWith(tag));
    if (kind)
      return findings.fault(
        at,
        raw,
        'is a second record of a kind that is planned',
        `set ${kind.key} instead`,
      );
    return raw;
  },
};

const textList = listOf(textValue);

/** Texts that stand at a name besides the planned ones. */
export const texts: Format<ReadonlyMap<string, readonly string[]>> = {
  name: 'texts',
  expects: 'a mapping of names to texts: { example.com: ["site-verification=1234"] }',
  read(raw, at, findings) {
    if (!(raw instanceof Map)) return findings.fault(at, raw, 'is not a mapping', `write ${texts.expects}`);
    const read = new Map<string, readonly string[]>();
    for (const [key, value] of raw as Map<unknown, unknown>)
      readEntry(String(key), value, at, findings, read);
    return read;
  },
};

function readEntry(
  name: string,
  value: unknown,
  at: string,
  findings: Findings,
  into: Map<string, readonly string[]>,
): void {
  const path = `${at}["${name}"]`;
  const problem = faultOfName(name);
  if (problem !== undefined)
    return findings.fault(path, name, problem, 'write the full name, such as example.com');
  const list = textList.read(Array.isArray(value) ? value : [value], path, findings);
  const key = normaliseDomain(name);
  if (list) into.set(key, [...(into.get(key) ?? []), ...list]);
}
