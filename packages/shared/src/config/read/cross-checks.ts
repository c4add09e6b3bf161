/**
 * What is wrong between keys, each of which is sound by itself. Pure; a value that could not be read is its default
 * here and causes no further fault.
 */
import { formatHostPort } from '../../platform/network/addresses.ts';
import type { HostSettings, ListenSettings } from '../settings/hosts.ts';
import type { Settings } from '../settings.ts';
import { checkAddresses } from '../address-checks.ts';
import { checkDmarcReports } from '../dmarc-report-checks.ts';
import { checkDnsLists } from '../dns-list-checks.ts';
import { checkEngines } from '../engine-checks.ts';
import type { Findings, ListenUse } from '../schema/findings.ts';
import { checkHeartbeat } from '../heartbeat-checks.ts';
import type { Values } from '../keys.ts';
import { formatDuration } from '../schema/units.ts';
import { sharedSpools } from '../spool-checks.ts';
import { checkSubmitters } from '../submitter-checks.ts';
import { checkUpdate } from '../update-checks.ts';

/** @param isSound whether the key was read without a fault */
export function checkAcross(
  settings: Settings,
  values: Values,
  isSound: (path: string) => boolean,
  findings: Findings,
): void {
  checkHosts(settings, findings);
  checkNodes(settings, findings);
  checkAddresses(settings, findings);
  checkListeners(findings.listeners, findings);
  if (isSound('inbound.spool') && isSound('outbound.spool')) findings.faults.push(...sharedSpools(settings));
  if (isSound('localServers')) {
    checkEveryDomainIsServed(values, findings);
    checkNoLoop(settings, findings);
  }
  checkRoutes(settings, findings);
  if (isSound('outbound.trusted') && isSound('outbound.users')) checkSubmission(settings, findings);
  if (isSound('tls.certFile') && isSound('tls.keyFile')) checkTls(settings, findings);
  checkTimes(settings, findings);
  if (isSound('load.budget') && isSound('load.limit')) checkLoad(settings, findings);
  checkHeartbeat(settings, findings);
  checkUpdate(settings, findings);
  checkDnsLists(settings, findings);
  checkGreylist(settings, findings);
  checkEngines(settings, findings);
  checkDmarcReports(settings, findings);
  if (isSound('submitters.servers') && isSound('outbound.users')) checkSubmitters(settings, findings);
}

function checkGreylist({ greylist: { delayMs, windowMs } }: Settings, findings: Findings): void {
  if (delayMs < windowMs) return;
  const fix = 'write less than greylist.window, within which mail must come back';
  findings.fault(
    'greylist.delay',
    formatDuration(delayMs),
    'is too long for mail ever to come back in time',
    fix,
  );
}

function checkHosts({ inbound, outbound }: Settings, findings: Findings): void {
  if (inbound.host === '' || inbound.host !== outbound.host) return;
  const fix = 'give each gateway a name of its own, for DNS and the heartbeat tell them apart by it';
  findings.fault('outbound.host', outbound.host, 'is the name of inbound too (inbound.host)', fix);
}

/** Nodes are told apart by their names, in logs, in heartbeats and in DNS. */
function checkNodes({ inbound, outbound, node }: Settings, findings: Findings): void {
  const nodes = [
    ...inbound.nodes.map(({ host }, index) => ({ host, at: `inbound.nodes[${index}].host` })),
    ...outbound.nodes.map(({ host }, index) => ({ host, at: `outbound.nodes[${index}].host` })),
  ];
  const first = new Map<string, string>();
  const several = inbound.nodes.length + outbound.nodes.length > 2;
  for (const { host, at } of nodes) {
    const taken = first.get(host);
    if (taken && several)
      findings.fault(at, host, `is the name of ${taken} too`, 'give each node its own name');
    first.set(host, taken ?? at);
  }
  if (node === null || first.has(node)) return;
  findings.fault('node', node, 'is the name of no node', `write one of ${[...first.keys()].join(', ')}`);
}

/** Two listeners of one role cannot share an address and a port. */
function checkListeners(uses: readonly ListenUse[], findings: Findings): void {
  const first = new Map<string, string>();
  for (const { at, listen } of uses) {
    if (listen.port === 0) continue;
    const address = formatHostPort(listen);
    const key = `${at.split('.')[0]} ${address}`;
    const taken = first.get(key);
    if (taken)
      findings.fault(at, address, `is listened on already by ${taken}`, 'remove one, or change its port');
    else first.set(key, at);
  }
}

function checkEveryDomainIsServed({ domains, localServers }: Values, findings: Findings): void {
  if (localServers.length > 0) return;
  const bare = domains.filter((domain) => !domain.localServers?.length).map(({ name }) => name);
  if (bare.length === 0 && domains.length > 0) return;
  const problem = `is missing: mail for ${bare.join(', ') || 'the hosted domains'} has nowhere to go`;
  const fix = 'write localServers: ["mail.internal:25"], or localServers in each domain';
  findings.fault('localServers', null, problem, fix);
}

function checkNoLoop({ domains, inbound, outbound }: Settings, findings: Findings): void {
  const gateways: [HostSettings, readonly ListenSettings[]][] = [
    [inbound, [...inbound.listen.mx, ...inbound.listen.submission]],
    [outbound, [...outbound.listen.mx, ...outbound.listen.submission]],
  ];
  const servers = new Map(
    domains.flatMap(({ localServers }) => localServers.map((server) => [formatHostPort(server), server])),
  );
  for (const [address, { host, port }] of servers) {
    const gateway = gateways.find(
      ([{ host: name, addresses }, listeners]) =>
        (host === name || addresses.includes(host)) && listeners.some((listen) => listen.port === port),
    );
    if (!gateway) continue;
    const problem = `is the gateway ${gateway[0].host} itself, so mail would loop`;
    findings.fault('localServers', address, problem, 'name the server that holds the mailboxes');
  }
}

function checkRoutes({ domains, routes }: Settings, findings: Findings): void {
  for (const { name } of domains) {
    if (!routes.has(name)) continue;
    const fix = 'remove the route; set localServers of the domain instead';
    findings.fault(`routes["${name}"]`, name, 'is a hosted domain, which goes to its local servers', fix);
  }
}

function checkSubmission({ outbound }: Settings, findings: Findings): void {
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

function checkTls({ tls }: Settings, findings: Findings): void {
  if (tls.certFile !== null && tls.keyFile === null) {
    findings.fault(
      'tls.keyFile',
      null,
      'is missing: there is a certificate without its key',
      'add keyFile: /PATH',
    );
  }
  if (tls.keyFile !== null && tls.certFile === null) {
    findings.fault(
      'tls.certFile',
      null,
      'is missing: there is a key without its certificate',
      'add certFile: /PATH',
    );
  }
}

/** Of the pair, of each role and of each node, with what it has from above. */
function checkLoad(settings: Settings, findings: Findings): void {
  const places = (['inbound', 'outbound'] as const).flatMap((role) => [
    { at: `${role}.load`, own: settings[role].load, above: settings.load },
    ...settings[role].nodes.map(({ load }, index) => ({
      at: `${role}.nodes[${index}].load`,
      own: load,
      above: { ...settings.load, ...settings[role].load },
    })),
  ]);
  for (const { at, own, above } of [{ at: 'load', own: settings.load, above: settings.load }, ...places]) {
    if (own.budget === undefined && own.limit === undefined) continue;
    const { budget, limit } = { ...above, ...own };
    if (budget < limit) continue;
    const problem = `is not above ${at}.budget, so clients would be refused before any is shed`;
    const fix = `write more than ${budget}, or make ${at}.budget smaller`;
    findings.fault(`${at}.limit`, limit, problem, fix);
  }
}

function checkTimes({ queue, smtp }: Settings, findings: Findings): void {
  if (queue.retryFirstMs > queue.retryMaxMs) {
    const fix = `write ${formatDuration(queue.retryFirstMs)} or more, or make queue.retryFirst shorter`;
    findings.fault(
      'queue.retryMax',
      formatDuration(queue.retryMaxMs),
      'is shorter than queue.retryFirst',
      fix,
    );
  }
  if (queue.warnAfterMs >= queue.expireMs) {
    const problem = 'is not before queue.expire, so no sender is ever told of a delay';
    findings.warn(
      'queue.warnAfter',
      formatDuration(queue.warnAfterMs),
      problem,
      'make it shorter, such as 4h',
    );
  }
  if (smtp.maxRecipients < 100) {
    const problem = 'is less than the 100 that every host must take (RFC 5321 4.5.3.1.8)';
    findings.warn('smtp.maxRecipients', String(smtp.maxRecipients), problem, 'write 100 or more');
  }
}
