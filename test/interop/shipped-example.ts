/** The configuration that is shipped, at work: both gateways, Postfix as the local server, and the internet, each on a host of its own. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '@mailpair/shared/config/passwords';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { checkout } from '../support/checkout.ts';
import { runCommand, type CommandResult } from '../support/commands.ts';
import type { DnsZone } from '../support/dns-server.ts';
import { gatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { openMachine, type Machine } from './machine.ts';
import { openNetwork, type Network } from './namespaces.ts';
import { openOutsideWorld, type OutsideWorld } from './outside-world.ts';

export type Role = 'inbound' | 'outbound';
type Host = Role | 'local' | 'world';

const hosts: Readonly<Record<Host, readonly string[]>> = {
  inbound: ['192.0.2.10/24', '10.0.0.2/24', '2001:db8::10/64'],
  outbound: ['192.0.2.20/24', '10.0.0.3/24', '2001:db8::20/64'],
  local: ['10.0.0.4/24', '10.0.0.6/24', '2001:db8::5/64'],
  world: ['10.0.0.53/24', '192.0.2.66/24', '192.0.2.77/24'],
};

const zone: DnsZone = {
  'mx-in.example.com': { A: ['192.0.2.10'], AAAA: ['2001:db8::10'] },
  'mx-out.example.com': { A: ['192.0.2.20'], AAAA: ['2001:db8::20'] },
  'mail.internal': { A: ['10.0.0.4'] },
  'mail2.internal': { A: ['10.0.0.6'] },
  'world.example': { MX: [[10, 'mx.world.example']] },
  'mx.world.example': { A: ['192.0.2.77'] },
};

export const PASSWORD = `geheim$1^:"x'y`;

export interface ShippedExample {
  readonly network: Network<Host>;
  readonly gateways: Readonly<Record<Role, GatewayProcess>>;
  /** Postfix, with the mailboxes anna and bert. */
  readonly local: Machine;
  readonly world: OutsideWorld;
  /** The configuration file of a host. */
  file(role: Role, name: string): string;
  /** `mailpair` on the host of a gateway. */
  mailpair(role: Role, ...words: readonly string[]): Promise<CommandResult>;
  /** What `/metrics` of a gateway says to its partner. */
  metrics(role: Role): Promise<string>;
  close(): Promise<void>;
}

export async function openShippedExample(): Promise<ShippedExample> {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-shipped-'));
  const closing: (() => void | Promise<void>)[] = [() => rmSync(directory, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const network = openNetwork(hosts);
    closing.push(() => network.close());
    const world = await openOutsideWorld(network.within('world'), {
      dns: { host: '10.0.0.53', zone },
      mailServer: '192.0.2.77',
    });
    closing.push(() => world.close());
    const certificate = await selfSigned(['mx-in.example.com', 'mx-out.example.com']);
    const local = await openPostfix(network.within('local'), certificate.cert);
    closing.push(() => local.close());
    const ca = join(directory, 'local-ca.crt');
    writeFileSync(ca, await local.read('/etc/mail-server.crt'));
    const gateways = {} as Record<Role, GatewayProcess>;
    const within = (role: Role): [string, ...string[]] => [
      ...network.within(role),
      ...['unshare', '--mount', 'sh', '-ec', enterDisk, join(directory, role)],
    ];
    for (const role of ['inbound', 'outbound'] as const) {
      await writeDisk(join(directory, role), certificate);
      const configFile = '/etc/mailpair/mailpair.yaml';
      gateways[role] = gatewayProcess({
        ...{ role, configFile, within: within(role), env: { NODE_EXTRA_CA_CERTS: ca } },
      });
      closing.push(async () => void (await gateways[role].stop()));
      await gateways[role].start();
    }
    const run = (role: Role, ...words: string[]): Promise<CommandResult> => {
      const [program, ...args] = within(role);
      return runCommand(program, [...args, ...words], { env: { ...process.env, NODE_EXTRA_CA_CERTS: ca } });
    };
    return {
      ...{ network, gateways, local, world, close },
      file: (role, name) => join(directory, role, 'etc/mailpair', name),
      mailpair: (role, ...words) =>
        run(role, process.execPath, join(checkout, `packages/${role}-gateway/src/mailpair.ts`), ...words),
      async metrics(role) {
        const url = role === 'inbound' ? 'https://10.0.0.2:8025/metrics' : 'https://10.0.0.3:8026/metrics';
        const asker = role === 'inbound' ? 'outbound' : 'inbound';
        const { code, stdout, stderr } = await run(asker, 'curl', '-sSk', url);
        if (code !== 0) throw new Error(stderr);
        return stdout;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The directories of a host that its programs see in place of this machine's: /etc with more in it, and /var/spool. */
const enterDisk = `
  mount -t overlay overlay -o "lowerdir=$0/etc:/etc" /etc
  mount --bind "$0/spool" /var/spool
  exec "$@"
`;

/** What an administrator has done before: the example as it is, and the files that it names. */
async function writeDisk(
  directory: string,
  { cert, key }: { readonly cert: string; readonly key: string },
): Promise<void> {
  const etc = join(directory, 'etc/mailpair');
  for (const folder of [join(etc, 'dkim'), join(directory, 'spool')]) mkdirSync(folder, { recursive: true });
  copyFileSync(join(checkout, 'packages/shared/mailpair.example.yaml'), join(etc, 'mailpair.yaml'));
  writeFileSync(join(directory, 'etc/resolv.conf'), 'nameserver 10.0.0.53\noptions timeout:2\n');
  writeFileSync(join(etc, 'tls.crt'), cert);
  const secrets = {
    'tls.key': key,
    'pair.secret': 'c2l4dGVlbiBvY3RldHMgb2YgYSBzZWNyZXQgdGhhdCBib3Ro\n',
    'relay.password': 'unused\n',
    users: `local:${await hashPassword(PASSWORD)}\n`,
    recipients: 'clara@example.net\n',
  };
  for (const [name, content] of Object.entries(secrets))
    writeFileSync(join(etc, name), content, { mode: 0o600 });
}

/** Debian's Postfix as it is installed for an internet site with three domains. */
async function openPostfix(within: readonly string[], trusted: string): Promise<Machine> {
  const machine = await openMachine({
    ...{ name: 'mail.internal', packages: 'postfix', resolver: '10.0.0.53', trust: [trusted], within },
    hosts: { 'mail.internal': '10.0.0.4' },
  });
  await machine.sh(`
    for user in anna bert clara; do useradd --create-home --shell /usr/sbin/nologin $user; done
    umask 077
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=mail.internal \\
      -addext subjectAltName=DNS:mail.internal,DNS:mail2.internal,IP:2001:db8::5 \\
      -keyout /etc/mail-server.key -out /etc/mail-server.crt 2>/dev/null
    cat /etc/mail-server.key /etc/mail-server.crt >/etc/postfix/tls.pem
    cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf
    : >/etc/postfix/main.cf
    postconf -e 'compatibility_level = 3.6' 'myhostname = mail.internal' 'inet_protocols = all' \\
      'mydestination = mail.internal, example.com, example.org, example.net, localhost' \\
      'mynetworks = 127.0.0.1/32' 'alias_maps = hash:/etc/aliases' 'maillog_file = /var/log/postfix.log' \\
      'smtpd_tls_chain_files = /etc/postfix/tls.pem' 'smtpd_tls_security_level = may' \\
      'smtp_tls_security_level = may' 'smtpd_relay_restrictions = permit_mynetworks, defer_unauth_destination'
    postalias /etc/aliases
    service postfix start
    for i in $(seq 100); do
      if perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(PeerAddr => "10.0.0.4:25")'; then exit 0; fi
      sleep 0.1
    done
    tail /var/log/postfix.log; exit 1
  `);
  return machine;
}
