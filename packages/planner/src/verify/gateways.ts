/**
 * Checks port 25 of each MX host: the gateway responds with its own name, offers STARTTLS and presents a
 * suitable certificate. Pure.
 */
import type { X509Certificate } from 'node:crypto';
import type { Given } from './check.ts';
import { doorsOf, mxHostsOf } from './doors.ts';
import { fault, remark } from './finding.ts';
import type { Finding } from './finding.ts';
import { livePolicyMode } from './mta-sts-policy.ts';
import type { Door } from './world.ts';

const SOON_MS = 14 * 86_400_000;

export const checkGateways = (given: Given): Finding[] =>
  mxHostsOf(given).flatMap((host) => checkHost(given, host));

/** One finding for all addresses that have the same fault. */
function checkHost(given: Given, host: string): Finding[] {
  const doors = doorsOf(given, host);
  const findings = new Map<string, { readonly finding: Finding; readonly at: string[] }>();
  for (const { address, door } of doors)
    for (const finding of judgeDoor(given, host, address, door)) {
      const key = `${finding.code} ${finding.problem}`;
      const same = findings.get(key);
      if (same) same.at.push(address);
      else findings.set(key, { finding, at: [address] });
    }
  return [...findings.values()].map(({ finding, at }) =>
    at.length === doors.length
      ? finding
      : { ...finding, problem: finding.problem.replace(/\.$/, ` (at ${at.join(', ')}).`) },
  );
}

function judgeDoor(given: Given, host: string, address: string, door: Door): Finding[] {
  if (door.kind === 'unknown') return [];
  if (door.kind === 'no-route')
    return [
      remark({
        code: 'no-route',
        subject: host,
        problem: `${host} was not checked at ${address}: this machine has no route to such addresses.`,
        why: 'Faults at this address cannot be detected from here.',
        fix: 'Run this from a machine that has IPv6 as well.',
      }),
    ];
  const { greeting } = door;
  const greets = `port 25 of ${host} greets with "${greeting.code} ${greeting.text}"`;
  if (greeting.code >= 400)
    return [
      (greeting.code >= 500 ? fault : remark)({
        code: greeting.code >= 500 ? 'gateway-refuses' : 'gateway-busy',
        subject: host,
        problem: `Mail is not accepted at the moment: ${greets}.`,
        why:
          greeting.code >= 500
            ? 'Some senders give the mail back at once.'
            : 'Senders try the other host or come again later.',
        fix: `Check the log of ${host}, and whether it is a gateway of the pair.`,
      }),
    ];
  return [...judgeName(given, host, address, greeting.text), ...judgeTls(given, host, door)];
}

function judgeName({ plan, namesOf, roleOf }: Given, host: string, address: string, text: string): Finding[] {
  const own = plan.ptr.find((request) => request.address === address)?.name ?? host;
  // An address of the role, or of both roles, may lead to any of the machines.
  const names = own === host || roleOf(own) !== roleOf(host) ? namesOf(host) : [own];
  const said = text.split(' ', 1)[0]?.toLowerCase() ?? '';
  if (names.includes(said)) return [];
  return [
    fault({
      code: 'greeting-name',
      subject: host,
      problem: `Port 25 of ${host} greets as ${said === '' ? 'nobody' : said}, not as ${names.join(' or ')}.`,
      why: 'It is another server, or a gateway with another configuration; the name in EHLO will not match the PTR record.',
      fix: `Check which program listens there; set inbound.host and outbound.host alike on both hosts.`,
    }),
  ];
}

function judgeTls(given: Given, host: string, door: Extract<Door, { kind: 'answered' }>): Finding[] {
  const { tls } = door;
  switch (tls.kind) {
    case 'not-asked':
      return [];
    case 'not-offered':
      return [
        fault({
          code: 'no-starttls',
          subject: host,
          problem: `${host} does not offer STARTTLS on port 25.`,
          why: 'Mail is received without encryption, and senders that require TLS do not deliver at all.',
          fix: 'Remove tls: none from the listener, and check whether a firewall in between removes STARTTLS.',
        }),
      ];
    case 'failed':
      return [
        fault({
          code: 'tls-failed',
          subject: host,
          problem: `STARTTLS with ${host} fails: ${tls.why}.`,
          why: 'Senders fall back to unencrypted delivery, or do not deliver at all.',
          fix: 'Check tls.certFile, tls.keyFile and tls.minVersion of that host.',
        }),
      ];
    case 'done': {
      const [certificate] = tls.chain;
      if (!certificate) return [];
      return [
        ...judgeCertificate(host, certificate, given.now),
        ...judgeTrust(given, host, certificate, tls.distrust),
      ];
    }
  }
}

function judgeCertificate(host: string, certificate: X509Certificate, now: number): Finding[] {
  const findings: Finding[] = [];
  const found = (code: string, problem: string, fix: string, make = fault): void =>
    void findings.push(
      make({
        code,
        subject: host,
        problem: `The certificate of ${host} ${problem}.`,
        why: 'Senders that verify it (MTA-STS) refuse to deliver there; others do not notice.',
        fix,
      }),
    );
  const names = certificate.subjectAltName?.replaceAll('DNS:', '') ?? certificate.subject;
  const renew = 'Renew it, then send SIGHUP to the gateway.';
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (certificate.checkHost(host) === undefined)
    found('certificate-name', `is for ${names}, not for ${host}`, `Use one that names ${host}.`);
  if (now > to) found('certificate-expired', `expired on ${certificate.validTo}`, renew);
  else if (now < from)
    found('certificate-not-yet-valid', `is valid only from ${certificate.validFrom}`, 'Check the clocks.');
  else if (to - now < SOON_MS)
    found('certificate-expires-soon', `expires on ${certificate.validTo}`, renew, remark);
  return findings;
}

/**
 * Only MTA-STS requires a publicly trusted certificate. With DANE, or with neither, a self-signed one is
 * sufficient.
 */
function judgeTrust(
  given: Given,
  host: string,
  certificate: X509Certificate,
  distrust: string | null,
): Finding[] {
  const isTold = certificate.checkHost(host) === undefined || given.now > Date.parse(certificate.validTo);
  if (distrust === null || isTold) return [];
  const isEnforced = livePolicyMode(given) === 'enforce';
  return [
    (isEnforced ? fault : remark)({
      code: 'certificate-untrusted',
      subject: host,
      problem: `The certificate of ${host} is not publicly trusted: ${distrust}.`,
      why: isEnforced
        ? 'The MTA-STS policy is enforced, so senders that heed it refuse to deliver there.'
        : 'Senders that verify certificates do not trust it; most do not verify.',
      fix: 'Get a certificate from a public authority and name it in tls.certFile.',
    }),
  ];
}
