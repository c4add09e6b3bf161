/** Both roles of the pair, and what is wrong between them. */
import { isIPv6 } from 'node:net';
import { resolve, sep } from 'node:path';
import { formatHostPort } from '../../platform/network/addresses.ts';
import { hasOneAddress } from '../../platform/network/one-address.ts';
import { createFindings } from '../schema/findings.ts';
import type { Fault, Findings } from '../schema/findings.ts';
import type { SettingsOf } from '../schema/place.ts';
import type { Hosted } from './domains.ts';
import type { inboundKeys } from './inbound.ts';
import type { outboundKeys } from './outbound.ts';
import { hostOf } from './role.ts';
import type { HostSettings } from './role.ts';
import { roleNames, type RoleName } from '../../platform/values/role-name.ts';

export const rolesOf = ({ inbound, outbound }: SettingsOf<typeof inboundKeys & typeof outboundKeys>) => ({
  inbound: hostOf(inbound),
  outbound: hostOf(outbound),
});

export type Roles = ReturnType<typeof rolesOf>;

export function checkHosts({ inbound, outbound }: Roles, findings: Findings): void {
  if (inbound.host === '' || inbound.host !== outbound.host) return;
  const fix = 'give each gateway a name of its own, for DNS and the heartbeat tell them apart by it';
  findings.fault('outbound.host', outbound.host, 'is the name of inbound too (inbound.host)', fix);
}

/** Two listeners of one role cannot share an address and a port. */
export function checkListeners(_: unknown, findings: Findings): void {
  const first = new Map<string, string>();
  for (const { at, listen } of findings.listeners) {
    if (listen.port === 0) continue;
    const address = formatHostPort(listen);
    const key = `${at.split('.')[0]} ${address}`;
    const taken = first.get(key);
    if (taken)
      findings.fault(at, address, `is listened on already by ${taken}`, 'remove one, or change its port');
    else first.set(key, at);
  }
}

type WithDomains = Roles & Hosted;

export function checkAddresses(settings: WithDomains, findings: Findings): void {
  checkNoneIsShared(settings, findings);
  for (const role of roleNames) checkFamilies(role, settings, findings);
}

/** Works, but the second MX is then no other way in. */
function checkNoneIsShared(settings: Roles, findings: Findings): void {
  const { inbound, outbound } = settings;
  const shared = outbound.addresses.filter((address) => inbound.addresses.includes(address));
  if (shared.length === 0) return;
  if (hasOneAddress(settings)) {
    const problem =
      'is the only public address of both roles: there is one MX, and mail waits at its senders while the address is out of reach';
    const fix =
      'put "mailpair balancer haproxy --pair" before both, or give outbound an address of its own for a second MX';
    findings.warn('outbound.addresses', shared.join(', '), problem, fix);
    return;
  }
  const problem =
    'is in inbound.addresses too: if one gateway cannot be reached there, the other cannot either';
  const fix = 'give outbound an address of its own, or do not count on the second MX';
  findings.warn('outbound.addresses', shared.join(', '), problem, fix);
}

/** A local server that takes mail from listed addresses only would refuse a gateway that comes from one that is not listed. */
function checkFamilies(role: RoleName, settings: WithDomains, findings: Findings): void {
  const known = [...new Set(addressesOf(settings[role]))];
  if (known.length === 0 || known.some(isIPv6)) return;
  const servers = settings.domains.flatMap(({ localServers }) => localServers);
  const server = servers.find(({ host }) => isIPv6(host));
  if (!server) return;
  const problem = `has no IPv6 address, but the local server ${formatHostPort(server)} is reached by IPv6 only`;
  findings.warn(`${role}.addresses`, known.join(', '), problem, `add the IPv6 address of ${role}`);
}

const addressesOf = ({ addresses, nodes, sourceAddresses }: HostSettings): string[] => [
  ...addresses,
  ...nodes.flatMap((node) => node.addresses),
  ...sourceAddresses,
];

export function checkSubmission({ outbound }: Roles, findings: Findings): void {
  if (!findings.isSound('outbound.trusted') || !findings.isSound('outbound.users')) return;
  if (outbound.trusted.length > 0) return;
  if (outbound.users === null) {
    if (outbound.listen.submission.length === 0) return;
    const fix = 'set outbound.trusted to the network of your mail servers, or outbound.users to a users file';
    findings.warn(
      'outbound.trusted',
      null,
      'nobody may submit mail: no network is trusted and there are no users',
      fix,
    );
    return;
  }
  for (const { at, listen } of findings.listeners) {
    if (!/^(outbound\.listen|inbound)\.submission/.test(at) || listen.tls !== 'none') continue;
    const problem =
      'nobody can use this listener: AUTH needs TLS, which it does not offer, and no network is trusted';
    findings.fault(at, formatHostPort(listen), problem, 'write tls: starttls, or set outbound.trusted');
  }
}

/** Two spools in one directory, or one below the other, would take each other's mail for theirs. */
export function checkSpools(settings: Roles, findings: Findings): void {
  if (findings.isSound('inbound.spool') && findings.isSound('outbound.spool'))
    findings.faults.push(...sharedSpools(settings));
}

type Spools = { readonly [Role in RoleName]: Pick<HostSettings, 'spool'> };

/** @param real where a path leads; as it is written unless it is given */
export function sharedSpools(
  { inbound, outbound }: Spools,
  real: (path: string) => string = (path) => path,
): readonly Fault[] {
  const [first, second] = [real(resolve(inbound.spool)), real(resolve(outbound.spool))];
  if (!isAtOrIn(first, second) && !isAtOrIn(second, first)) return [];
  const problem =
    first === second
      ? 'is the spool of inbound too (inbound.spool)'
      : `and the spool of inbound lie one in the other (inbound.spool: ${inbound.spool})`;
  const findings = createFindings();
  findings.fault('outbound.spool', outbound.spool, problem, 'give each gateway a directory of its own');
  return findings.faults;
}

const isAtOrIn = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
