/** Debian's Postfix as an internet site (mail-server.ts), as the package sets it up but for what a test must know. */
import type { Machine } from './machine.ts';
import { openMailServer, type MailServer, type MailServerOptions } from './mail-server.ts';

const mainCf = ({ name, domain }: MailServerOptions): string => `\
compatibility_level = 3.6
myhostname = ${name}
mydestination = ${name}, ${domain}, localhost
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
maillog_file = /var/log/postfix.log
smtpd_tls_chain_files = /etc/postfix/tls.pem
smtpd_tls_security_level = may
smtp_tls_security_level = may
smtp_tls_CApath = /etc/ssl/certs
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
`;

/** What Debian's master.cf has in comments, switched on. */
const submission = (address: string, port: number): string => `
${address}:${port} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_client_restrictions=
  -o smtpd_helo_restrictions=
  -o smtpd_sender_restrictions=
  -o smtpd_recipient_restrictions=
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o milter_macro_daemon_name=ORIGINATING
`;

async function configure(machine: Machine, options: MailServerOptions): Promise<void> {
  const { name, address, port, submissionPort, users } = options;
  await machine.write('/etc/postfix/main.cf', mainCf(options));
  const master = await machine.read('/usr/share/postfix/master.cf.dist');
  await machine.write(
    '/etc/postfix/master.cf',
    master.replace(/^smtp( +inet)/m, `${address}:${port}$1`) + submission(address, submissionPort),
  );
  await machine.write(
    '/etc/postfix/sasl/smtpd.conf',
    'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n',
  );
  for (const [user, password] of Object.entries(users))
    await machine.sh(`printf %s '${password}' | saslpasswd2 -p -c -u ${name} ${user}`);
  await machine.sh(`
    chgrp postfix /etc/sasldb2
    cat /etc/mail-server.key /etc/mail-server.crt >/etc/postfix/tls.pem
    chmod 600 /etc/postfix/tls.pem
    postalias /etc/aliases
    service postfix start
  `);
}

export const openPostfixServer = (options: MailServerOptions): Promise<MailServer> =>
  openMailServer(
    {
      packages: 'postfix',
      configure,
      submit: '/usr/sbin/sendmail -i',
      flush: 'postqueue -f',
      queue: 'postqueue -p',
      log: '/var/log/postfix.log',
    },
    options,
  );
