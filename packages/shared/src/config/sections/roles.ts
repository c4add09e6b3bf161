/** The keys that describe the pair: its domains, hosts, servers, and who may use it. */
import { domains, verify } from '../schema/domains.ts';
import { age, choice, count, directory, file, listOf, timer } from '../schema/format.ts';
import type { Format } from '../schema/format.ts';
import { key, optional, required } from '../schema/key.ts';
import { listener, optionalListenAddress } from '../schema/listen.ts';
import { localServer } from '../schema/local-server.ts';
import { address, dnsServer, gatewayName } from '../schema/names.ts';
import { node, url } from '../schema/node.ts';
import { routes } from '../schema/routes.ts';
import { trustedNetwork } from '../schema/trusted.ts';

const workers: Format<number | 'auto'> = {
  name: 'auto | number of processes',
  expects: 'auto or a whole number from 1 to 256',
  read: (raw, at, findings) => (raw === 'auto' ? 'auto' : count(1, 256).read(raw, at, findings)),
};

const workersText =
  'Processes that share the work, each with its own part of the spool; auto is one for each core, and fewer where a container ' +
  'or a service has less than 128 MB for each. A change takes a restart.';

export const pairKeys = {
  domains: required(
    domains,
    [],
    'Hosted domains: mail for them is taken from the internet. A domain, or a mapping of name, ' +
      'localServers and recipients for a domain that differs from the rest.',
    '[example.com, { name: example.org, localServers: ["mail2.internal:25"], recipients: { verify: none } }]',
  ),

  'inbound.host': required(
    gatewayName,
    '',
    'Public name of the inbound gateway: in its greeting, in EHLO to others, in Received, in the MX record.',
    'mx-in.example.com',
  ),
  'inbound.addresses': key(
    listOf(address),
    [],
    'Its public addresses, for DNS.',
    '[192.0.2.10, "2001:db8::10"]',
  ),
  'inbound.listen': key(
    listOf(listener('mx')),
    ['0.0.0.0:25', '[::]:25'],
    'Where it takes mail for the hosted domains. An item may be a mapping of address, tls ' +
      '(starttls, implicit, none) and proxy: the load balancers that connect there, and nobody else, each ' +
      'connection with a PROXY header (version 1 or 2) that tells the client.',
    '["0.0.0.0:25", "[::]:25"]',
  ),
  'inbound.nodes': key(
    listOf(node),
    [],
    'The machines of this role, when there is more than one: each a mapping of host, addresses and url, and of limits and load ' +
      'where the machine differs from the rest. ' +
      'inbound.host is then the name of all of them, and has all their addresses unless inbound.addresses ' +
      'says otherwise.',
    '[{ host: in1.example.com, addresses: [192.0.2.11] }, { host: in2.example.com, addresses: [192.0.2.12] }]',
  ),
  'inbound.url': optional(
    url,
    'Where the partner reaches the HTTP listener of this host; without it, the address of inbound.http.',
    'https://10.0.0.2:8025',
  ),
  'inbound.spool': key(
    directory,
    '/var/spool/mailpair-inbound',
    'Directory of the spool; it must survive a reboot.',
    '/var/spool/mailpair-inbound',
  ),
  'inbound.http': key(
    optionalListenAddress,
    '127.0.0.1:8025',
    'Where /healthz, /readyz, /metrics and /api are served, and where partners meet; none turns them off. Beyond loopback ' +
      'it speaks TLS, with a key that partners know by the secret of the pair.',
    '127.0.0.1:8025',
  ),
  'inbound.workers': key(workers, 'auto', workersText, '4'),

  'outbound.host': required(
    gatewayName,
    '',
    'Public name of the outbound gateway: in its greeting, in EHLO to others, in Received, in the MX record.',
    'mx-out.example.com',
  ),
  'outbound.addresses': key(listOf(address), [], 'Its public addresses, for DNS.', '[192.0.2.20]'),
  'outbound.listen.submission': key(
    listOf(listener('submission')),
    ['0.0.0.0:587', '[::]:587'],
    'Where it takes mail from your submitters to anywhere. Port 465 is TLS from the first byte unless ' +
      'the item says otherwise. An item may be a mapping, as in inbound.listen.',
    '["10.0.0.3:587", { address: "10.0.0.3:2587", tls: none }]',
  ),
  'outbound.listen.mx': key(
    listOf(listener('mx')),
    ['0.0.0.0:25', '[::]:25'],
    'Where it takes mail for the hosted domains when inbound is down or full (the second MX).',
    '["0.0.0.0:25"]',
  ),
  'outbound.trusted': key(
    listOf(trustedNetwork),
    [],
    'Networks whose hosts may relay without credentials. Public networks wider than /24 (IPv6 /48) ' +
      'and any wider than /8 are refused: they would make an open relay.',
    '[10.0.0.0/24, "2001:db8:1::/64"]',
  ),
  'outbound.users': optional(
    file('users'),
    'File of those who may relay after SMTP AUTH (over TLS only): name:hash lines, made by "mailpair ' +
      'password NAME".',
    '/etc/mailpair/users',
  ),
  'outbound.nodes': key(
    listOf(node),
    [],
    'The machines of this role, when there is more than one: each a mapping of host, addresses and url, and of limits and load ' +
      'where the machine differs from the rest. ' +
      'outbound.host is then the name of all of them, and has all their addresses unless outbound.addresses ' +
      'says otherwise.',
    '[{ host: out1.example.com, addresses: [192.0.2.13] }, { host: out2.example.com, addresses: [192.0.2.14] }]',
  ),
  'outbound.url': optional(
    url,
    'Where the partner reaches the HTTP listener of this host; without it, the address of outbound.http.',
    'https://10.0.0.3:8026',
  ),
  'outbound.spool': key(
    directory,
    '/var/spool/mailpair-outbound',
    'Directory of the spool; it must survive a reboot.',
    '/var/spool/mailpair-outbound',
  ),
  'outbound.http': key(
    optionalListenAddress,
    '127.0.0.1:8026',
    'Where /healthz, /readyz, /metrics and /api are served, and where partners meet; none turns them off. Beyond loopback ' +
      'it speaks TLS, with a key that partners know by the secret of the pair.',
    '127.0.0.1:8026',
  ),
  'outbound.workers': key(workers, 'auto', workersText, '2'),

  localServers: key(
    listOf(localServer),
    [],
    'Mail servers of the hosted domains, where both gateways deliver. An item may be a mapping of ' +
      'address, weight (1 to 1000, default 1), tls (none, opportunistic, encrypt, verify; default ' +
      'opportunistic) and implicitTls (default false). Needed unless every domain names its own.',
    '["mail.internal:25", { address: "[2001:db8::5]:25", weight: 2, tls: verify }]',
  ),

  'recipients.verify': key(
    verify,
    'callforward',
    'How the recipients of the hosted domains are known: callforward asks the local server, file: ' +
      '/PATH reads one address a line, none accepts every recipient, also those that the local server ' +
      'refuses (and makes you a source of backscatter).',
    'file: /etc/mailpair/recipients',
  ),
  'recipients.positiveTtl': key(
    age,
    '7d',
    'How long a recipient known to be valid is not asked for again.',
    '7d',
  ),
  'recipients.negativeTtl': key(
    age,
    '1h',
    'How long a recipient known to be invalid is not asked for again.',
    '1h',
  ),
  'recipients.timeout': key(
    timer,
    '10s',
    'How long RCPT may wait for a call-forward before it is answered 4xx.',
    '10s',
  ),

  routes: key(
    routes,
    new Map(),
    'Next hops in place of MX look-ups: a domain, .domain for its subdomains, or "*" for all the ' +
      'rest, to smtp://[user@]host[:port] (port 25) or smtps://… (port 465), with ?tls=none, ' +
      'opportunistic, encrypt or verify; or a mapping of url, tls and passwordFile. Hosted domains ' +
      'cannot be routed here.',
    '{ "example.net": "smtp://192.0.2.30:2525", "*": { url: "smtps://me@relay.example.net", ' +
      'passwordFile: /etc/mailpair/relay.password } }',
  ),

  'dns.servers': key(
    listOf(dnsServer),
    [],
    'Resolvers to ask; none listed means those of the system.',
    '[10.0.0.53]',
  ),
  'dns.timeout': key(timer, '5s', 'How long to wait for an answer from DNS.', '5s'),

  node: optional(
    gatewayName,
    'Which node of its role this machine is; without it, the one that has the name of the machine. Set it by ' +
      'environment, so that the file stays the same everywhere.',
    'in1.example.com',
  ),

  'tls.certFile': optional(
    file('certificate'),
    'Certificate with its chain (PEM). Without one a self-signed certificate is made at start.',
    '/etc/mailpair/tls.crt',
  ),
  'tls.keyFile': optional(file('key'), 'Private key of the certificate (PEM).', '/etc/mailpair/tls.key'),
  'tls.minVersion': key(
    choice('TLSv1.2', 'TLSv1.3'),
    'TLSv1.2',
    'Oldest TLS version that is spoken.',
    'TLSv1.3',
  ),
} as const;
