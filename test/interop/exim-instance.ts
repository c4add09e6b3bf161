/**
 * Debian's Exim as an internet site (mail-server.ts): configured as Debian does it, by update-exim4.conf, or with
 * Exim's own default configuration in one file.
 */
import type { Machine } from './machine.ts';
import { openMailServer, type MailServer, type MailServerOptions } from './mail-server.ts';

const kind = {
  packages: 'exim4',
  submit: '/usr/sbin/exim4 -i',
  flush: 'exim4 -qff',
  queue: 'exim4 -bp',
  log: '/var/log/exim4/mainlog',
} as const;

/** Exim as Debian configures it, in one piece or in many small files. */
export const openExim = (options: MailServerOptions, split = false): Promise<MailServer> =>
  openMailServer({ ...kind, configure: (machine) => configureDebian(machine, options, split) }, options);

/** Exim with the configuration that comes with its source. */
export const openPlainExim = (options: MailServerOptions): Promise<MailServer> =>
  openMailServer({ ...kind, configure: configurePlain }, options);

const dialogue = (
  { name, domain, address, port, submissionPort }: MailServerOptions,
  split: boolean,
): string => `\
dc_eximconfig_configtype='internet'
dc_other_hostnames='${domain}; ${name}'
dc_local_interfaces='${address}.${port}; ${address}.${submissionPort}'
dc_readhost=''
dc_relay_domains=''
dc_minimaldns='false'
dc_relay_nets=''
dc_smarthost=''
CFILEMODE='644'
dc_use_split_config='${split}'
dc_hide_mailname=''
dc_mailname_in_oh='true'
dc_localdelivery='mail_spool'
`;

/** Mail to loopback addresses is given up by default, as no host of the internet has one. */
const macros = `\
MAIN_TLS_ENABLE = yes
ROUTER_DNSLOOKUP_IGNORE_TARGET_HOSTS = 0.0.0.0
`;

const authenticator = (users: MailServerOptions['users']): string => `
plain_server:
  driver = plaintext
  public_name = PLAIN
  server_condition = \${if inlist{$auth2:$auth3}{${Object.entries(users)
    .map(([user, password]) => `${user}::${password}`)
    .join(' : ')}}}
  server_set_id = $auth2
  server_prompts = :
  server_advertise_condition = \${if def:tls_in_cipher}
`;

async function configureDebian(machine: Machine, options: MailServerOptions, split: boolean): Promise<void> {
  await machine.write('/etc/exim4/update-exim4.conf.conf', dialogue(options, split));
  const [macroFile, authFile] = split
    ? ['/etc/exim4/conf.d/main/000_local', '/etc/exim4/conf.d/auth/10_local']
    : ['/etc/exim4/exim4.conf.localmacros', '/etc/exim4/exim4.conf.template'];
  await machine.write(macroFile, macros);
  const before = split ? '' : await machine.read(authFile);
  await machine.write(authFile, before + authenticator(options.users));
  await machine.sh(`${certificate}
    service exim4 start`);
}

const certificate = `
  install -m 640 -g Debian-exim /etc/mail-server.crt /etc/exim4/exim.crt
  install -m 640 -g Debian-exim /etc/mail-server.key /etc/exim4/exim.key`;

async function configurePlain(machine: Machine, options: MailServerOptions): Promise<void> {
  const { name, domain, address, port, submissionPort, users } = options;
  const original = await machine.sh(
    "dpkg-deb --fsys-tarfile /packages/exim4-base_*.deb | tar -xO --wildcards './usr/share/doc/exim4-base/examples/example.conf*'",
  );
  const local = `
primary_hostname = ${name}
local_interfaces = ${address}
daemon_smtp_ports = ${port} : ${submissionPort}
tls_advertise_hosts = *
tls_certificate = /etc/exim4/exim.crt
tls_privatekey = /etc/exim4/exim.key
`;
  const edited = original
    .replace(/^domainlist local_domains = @$/m, `domainlist local_domains = @ : ${domain}`)
    .replace(/^acl_smtp_rcpt =/m, `${local}\nacl_smtp_rcpt =`)
    .replace('ignore_target_hosts = 0.0.0.0 : 127.0.0.0/8', 'ignore_target_hosts = 0.0.0.0')
    .replace(/^ {2}file = \/var\/mail\/\$local_part_data$/m, '$&\n  group = mail\n  mode = 0660');
  await machine.write('/etc/exim4/exim4.conf', edited + authenticator(users));
  await machine.sh(`${certificate}
    service exim4 start`);
}
