/** Debian's Sendmail as an internet site (mail-server.ts), as sendmailconfig sets it up but for what a test must know. */
import type { Machine } from './machine.ts';
import { openMailServer, type MailServer, type MailServerOptions } from './mail-server.ts';

async function configure(machine: Machine, options: MailServerOptions): Promise<void> {
  const { name, domain, address, port, submissionPort, users } = options;
  const original = await machine.read('/etc/mail/sendmail.mc');
  const listeners =
    `DAEMON_OPTIONS(\`Family=inet, Name=MTA-v4, Port=${port}, Addr=${address}')dnl\n` +
    `DAEMON_OPTIONS(\`Family=inet, Name=MSP-v4, Port=${submissionPort}, M=Ea, Addr=${address}')dnl\n` +
    "define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl\n" +
    "define(`confAUTH_OPTIONS', `A p y')dnl\n" +
    "TRUST_AUTH_MECH(`PLAIN LOGIN')dnl\n" +
    "define(`confSERVER_CERT', `/etc/mail/tls/server.crt')dnl\n" +
    "define(`confSERVER_KEY', `/etc/mail/tls/server.key')dnl\n" +
    "define(`confCACERT', `/etc/ssl/certs/ca-certificates.crt')dnl\n" +
    "define(`confCACERT_PATH', `/etc/ssl/certs')dnl\n";
  const edited = original
    .replace(/^DAEMON_OPTIONS.*Name=MTA-v4.*\n/m, listeners)
    .replace(/^DAEMON_OPTIONS.*Port=submission.*\n/m, '');
  await machine.write('/etc/mail/sendmail.mc', edited);
  await machine.write('/etc/mail/local-host-names', `${name}\n${domain}\n`);
  // The access database trusts all of 127.0.0.0/8; here only one address of it is this machine.
  const access = await machine.read('/etc/mail/access');
  await machine.write('/etc/mail/access', access.replaceAll(/^(\w+:127)(\s)/gm, '$1.0.0.1$2') + tolerant);
  await machine.sh('mkdir -p /etc/sasl2');
  await machine.write(
    '/etc/sasl2/Sendmail.conf',
    'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n',
  );
  for (const [user, password] of Object.entries(users))
    await machine.sh(`printf %s '${password}' | saslpasswd2 -p -c -u ${name} ${user}`);
  await machine.sh(`
    install -m 644 /etc/mail-server.crt /etc/mail/tls/server.crt
    install -m 600 /etc/mail-server.key /etc/mail/tls/server.key
    make -C /etc/mail
    service sendmail start
  `);
}

/** A test neither waits for the greeting nor is slowed. */
const tolerant = 'GreetPause:127 0\nClientRate:127 0\nClientConn:127 0\n';

export const openSendmail = (options: MailServerOptions): Promise<MailServer> =>
  openMailServer(
    {
      packages: 'sendmail',
      configure,
      // -Am: the configuration of the server, as the one of submission goes to port 25 of this machine.
      submit: '/usr/sbin/sendmail -Am -i',
      flush: '/usr/sbin/sendmail -Am -q',
      queue: 'mailq -Am',
      log: '/var/log/syslog',
    },
    options,
  );
