/** The two configuration files of a Postfix instance in a directory of its own. Works from Postfix 3.6 on. */

import type { Place } from '../candidate.ts';

export type MainCfOptions = Pick<Place, 'directory' | 'sinkPort' | 'host' | 'certificate' | 'connections'>;

/** It gives each connection a process of its own, of which it has at most so many by default. */
const SHIPPED_PROCESSES = 100;

/** What is not said here has Postfix's default, process and concurrency limits included. */
export function composeMainCf(options: MainCfOptions): string {
  const { directory, sinkPort, host, certificate, connections } = options;
  const tls =
    certificate &&
    `smtpd_tls_security_level = may
smtpd_tls_cert_file = ${certificate.certFile}
smtpd_tls_key_file = ${certificate.keyFile}
`;
  const limit = connections > SHIPPED_PROCESSES && `default_process_limit = ${connections + 10}\n`;
  return `compatibility_level = 3.6
queue_directory = ${directory}/queue
data_directory = ${directory}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.hosted.example
mydestination =
relay_domains = hosted.example
mynetworks = 127.0.0.0/8
inet_interfaces = ${host}
inet_protocols = ipv4
relayhost = [127.0.0.1]:${sinkPort}
alias_maps =
alias_database =
local_recipient_maps =
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtp_tls_security_level = none
maillog_file = ${directory}/maillog
maillog_file_prefixes = ${directory}
${tls || ''}${limit || ''}`;
}

/** Name, type, private, wakeup, process limit, command; unprivileged and chroot are always `-` and `n`. */
const services: readonly (readonly [string, string, string, string, string, string])[] = [
  ['pickup', 'unix', 'n', '60', '1', 'pickup'],
  ['cleanup', 'unix', 'n', '-', '0', 'cleanup'],
  ['qmgr', 'unix', 'n', '300', '1', 'qmgr'],
  ['tlsmgr', 'unix', '-', '1000?', '1', 'tlsmgr'],
  ['rewrite', 'unix', '-', '-', '-', 'trivial-rewrite'],
  ['bounce', 'unix', '-', '-', '0', 'bounce'],
  ['defer', 'unix', '-', '-', '0', 'bounce'],
  ['trace', 'unix', '-', '-', '0', 'bounce'],
  ['verify', 'unix', '-', '-', '1', 'verify'],
  ['flush', 'unix', 'n', '1000?', '0', 'flush'],
  ['proxymap', 'unix', '-', '-', '-', 'proxymap'],
  ['proxywrite', 'unix', '-', '-', '1', 'proxymap'],
  ['smtp', 'unix', '-', '-', '-', 'smtp'],
  ['relay', 'unix', '-', '-', '-', 'smtp'],
  ['showq', 'unix', 'n', '-', '-', 'showq'],
  ['error', 'unix', '-', '-', '-', 'error'],
  ['retry', 'unix', '-', '-', '-', 'error'],
  ['discard', 'unix', '-', '-', '-', 'discard'],
  ['anvil', 'unix', '-', '-', '1', 'anvil'],
  ['scache', 'unix', '-', '-', '1', 'scache'],
  ['postlog', 'unix-dgram', 'n', '-', '1', 'postlogd'],
];

export function composeMasterCf(host: string, port: number, smtpdOptions: readonly string[]): string {
  const listener = `${host}:${port} inet n - n - - smtpd\n`;
  const options = smtpdOptions.map((option) => `  ${option}\n`).join('');
  const rest = services.map(([name, type, isPrivate, wakeup, limit, command]) =>
    [name, type, isPrivate, '-', 'n', wakeup, limit, command].join(' '),
  );
  return `${listener}${options}${rest.join('\n')}\n`;
}
