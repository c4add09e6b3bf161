/** The keys for what `dns plan` publishes beyond addresses and MX. Every default is harmless when published. */
import { choice, duration, listOf, yesNo } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import type { SettingsOf } from '../schema/place.ts';
import { domainName, gatewayName } from '../schema/names.ts';
import { caName, pemFile, reportAddress, spfMechanism, texts } from '../schema/publish-values.ts';

const ttl = duration('1s', '7d');

export const publishKeys = {
  'publish.zones': key(
    listOf(domainName),
    [],
    'DNS zones that hold the records. Every hosted domain that lies in none of them is taken for a zone of its ' +
      'own; name example.com here when the hosted domain lists.example.com is kept in that zone.',
    '[example.com]',
  ),
  'publish.ttl': key(ttl, '1h', 'How long resolvers may keep the records.', '1h'),
  'publish.addressTtl': key(
    ttl,
    '5m',
    'How long resolvers may keep the addresses of the gateways; short, for they may have to change in a hurry.',
    '5m',
  ),
  'publish.spf.terms': key(
    listOf(spfMechanism),
    [],
    'Who else sends mail for the hosted domains, as terms of SPF. Both gateways are named already.',
    '["include:_spf.newsletter.example", "ip4:192.0.2.30"]',
  ),
  'publish.spf.all': key(
    choice('fail', 'softfail', 'neutral'),
    'softfail',
    'What receivers shall think of all other senders. Write fail once every sender is named.',
    'fail',
  ),
  'publish.texts': key(
    texts,
    new Map(),
    'Other TXT records at the names that the plan writes to, such as those that prove to a service who owns the ' +
      'domain. Most formats replace all texts of a name at once, so what is not named here would go.',
    '{ example.com: ["site-verification=1234"] }',
  ),
  'publish.dmarc.policy': key(
    choice('off', 'none', 'quarantine', 'reject'),
    'none',
    'What receivers shall do with mail that fails DMARC; off plans no record. Begin with none and read the reports.',
    'quarantine',
  ),
  'publish.dmarc.rua': key(
    listOf(reportAddress),
    [],
    'Where DMARC aggregate reports go.',
    '[dmarc@example.com]',
  ),
  'publish.mtaSts.mode': key(
    choice('off', 'none', 'testing', 'enforce'),
    'testing',
    'Mode of the MTA-STS policy: enforce lets nobody deliver to a host without a valid certificate; none ends a ' +
      'policy that was published before; off plans nothing. Nothing is planned without publish.mtaSts.host.',
    'enforce',
  ),
  'publish.mtaSts.maxAge': key(
    duration('1h', '365d'),
    '7d',
    'How long senders may keep the MTA-STS policy.',
    '30d',
  ),
  'publish.mtaSts.host': optional(
    gatewayName,
    'The web server that serves the policy as https://mta-sts.DOMAIN/.well-known/mta-sts.txt; the plan then has the ' +
      'record _mta-sts.DOMAIN, and mta-sts.DOMAIN as an alias of the server. Where mta-sts.DOMAIN has addresses of its own, ' +
      'name it here, and no alias of itself is planned. Without a server no MTA-STS record is planned.',
    'www.example.com',
  ),
  'publish.tlsRpt.rua': key(
    listOf(reportAddress),
    [],
    'Where reports on TLS failures go; without one no TLS-RPT record is planned.',
    '[tls-reports@example.com]',
  ),
  'publish.tlsa': key(
    yesNo,
    true,
    'Whether the keys of tls.certFile and publish.certificates are published for DANE.',
    'false',
  ),
  'publish.certificates': key(
    listOf(pemFile),
    [],
    'More PEM files whose keys are published for DANE: certificates of the other hosts, and the certificate or key ' +
      'that comes next, some days before it is put to use. A certificate counts for the names in it, a bare key for all.',
    '[/etc/mailpair/next.crt]',
  ),
  'publish.caa': key(
    listOf(caName),
    [],
    'The only CAs that may issue certificates for the names of the gateways; none named plans no CAA records.',
    '[letsencrypt.org]',
  ),
} as const;

/** What DNS publishes beyond addresses and MX. */
export type PublishSettings = SettingsOf<typeof publishKeys>['publish'];
