/**
 * Debian's OpenSMTPD as an internet site (mail-server.ts): its own smtpd.conf with the comments followed.
 *
 * As a TLS server 6.8 fails with OpenSSL 3, in every version of TLS and with every kind of key (OpenSMTPD#1239), so
 * nobody can authenticate to it: its users send by the command. As a client it speaks TLS.
 */
import type { Machine } from './machine.ts';
import { openMailServer, type MailServer, type MailServerOptions } from './mail-server.ts';

const smtpdConf = ({ name, domain, address, port, submissionPort }: MailServerOptions): string => `\
table aliases file:/etc/aliases
table users file:/etc/smtpd.users

pki "${name}" cert "/etc/smtpd.crt"
pki "${name}" key "/etc/smtpd.key"

listen on ${address} port ${port} tls pki "${name}"
listen on ${address} port ${submissionPort} tls-require pki "${name}" auth <users>

action "local" mbox alias <aliases>
action "relay" relay

match from any for domain "${domain}" action "local"
match for local action "local"
match from local for any action "relay"
match auth from any for any action "relay"
`;

async function configure(machine: Machine, options: MailServerOptions): Promise<void> {
  await machine.write('/etc/smtpd.conf', smtpdConf(options));
  let users = '';
  for (const [user, password] of Object.entries(options.users))
    users += `${user} ${(await machine.sh(`smtpctl encrypt '${password}'`)).trim()}\n`;
  await machine.write('/etc/smtpd.users', users);
  await machine.sh(`
    install -m 644 /etc/mail-server.crt /etc/smtpd.crt
    install -m 600 /etc/mail-server.key /etc/smtpd.key
    service opensmtpd start
  `);
}

export const openOpenSmtpd = (options: MailServerOptions): Promise<MailServer> =>
  openMailServer(
    {
      packages: 'opensmtpd',
      configure,
      submit: '/usr/sbin/sendmail -i',
      flush: 'smtpctl schedule all',
      queue: 'smtpctl show queue',
      log: '/var/log/syslog',
    },
    options,
  );
