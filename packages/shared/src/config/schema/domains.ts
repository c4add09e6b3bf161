/** Hosted domains, and how the recipients of a domain are known. */
import type { Findings } from './findings.ts';
import { file, listOf, readFields } from './format.ts';
import type { Format } from './format.ts';
import { localServer } from './local-server.ts';
import type { LocalServerSettings } from './local-server.ts';
import { domainName } from './names.ts';
import { nearestName } from './nearest-name.ts';

export type VerifySettings =
  { readonly by: 'callforward' } | { readonly by: 'file'; readonly path: string } | { readonly by: 'none' };

const recipientsFile = file('recipients');

/** `callforward`, `none`, `file: PATH` as a text or as a mapping. */
export const verify: Format<VerifySettings> = {
  name: 'callforward | none | file: PATH',
  expects: 'callforward, none or file: /PATH',
  read(raw, at, findings) {
    if (raw === 'callforward' || raw === 'none') return { by: raw };
    const inText =
      typeof raw === 'string' && raw.startsWith('file:') ? raw.slice('file:'.length).trimStart() : undefined;
    if (inText !== undefined) return byFile(recipientsFile.read(inText, at, findings));
    if (raw instanceof Map && raw.has('file')) {
      return byFile(readFields(raw, at, { file: recipientsFile }, findings).file);
    }
    const meant = typeof raw === 'string' ? nearestName(raw, ['callforward', 'none']) : undefined;
    return findings.fault(at, raw, 'is no way to know recipients', `write ${meant ?? verify.expects}`);
  },
};

const byFile = (path: string | undefined): VerifySettings | undefined =>
  path === undefined ? undefined : { by: 'file', path };

/** What a domain says of itself; the rest it has from the top level. */
export interface DomainItem {
  readonly name: string;
  readonly localServers?: readonly LocalServerSettings[];
  readonly verify?: VerifySettings;
}

const recipients: Format<VerifySettings> = {
  ...verify,
  read(raw, at, findings) {
    if (!(raw instanceof Map) || !raw.has('verify')) return verify.read(raw, at, findings);
    return readFields(raw, at, { verify }, findings).verify;
  },
};

const fields = { name: domainName, localServers: listOf(localServer), recipients };

const domain: Format<DomainItem> = {
  name: 'hosted domain',
  expects: 'a domain, or {name, localServers, recipients}',
  read(raw, at, findings) {
    if (!(raw instanceof Map)) {
      const name = domainName.read(raw, at, findings);
      return name === undefined ? undefined : { name };
    }
    const { name, localServers, recipients } = readFields(raw, at, fields, findings);
    if (!raw.has('name')) return findings.fault(at, raw, 'has no name', 'add name: example.com');
    if (name === undefined) return undefined;
    return { name, ...(localServers && { localServers }), ...(recipients && { verify: recipients }) };
  },
};

export const domains: Format<readonly DomainItem[]> = {
  ...listOf(domain),
  read(raw, at, findings) {
    const items = listOf(domain).read(raw, at, findings);
    if (items && Array.isArray(raw)) refuseTwice(raw, at, findings);
    return items;
  },
};

function refuseTwice(raw: readonly unknown[], at: string, findings: Findings): void {
  const names = raw.map((item) => String(item instanceof Map ? item.get('name') : item).toLowerCase());
  names.forEach((name, index) => {
    const first = names.indexOf(name);
    if (first < index)
      findings.fault(`${at}[${index}]`, name, `is listed twice, first as ${at}[${first}]`, 'remove one');
  });
}
