/**
 * Guide for Exchange Server on premises by the Management Shell (New-SendConnector, New-ReceiveConnector).
 */
import type { PairFacts } from './facts.ts';
import type { Guide, Step } from './guide.ts';
import { howItWaits, noFallback, testText, titleOf } from './words.ts';

export function guideForExchange(facts: PairFacts): Guide {
  const { relay, pair } = facts;
  if (relay.tls === 'implicit')
    throw new Error(
      `Exchange speaks STARTTLS only, and ${relay.host} has no such listener: add one on port 587 to outbound.listen.submission`,
    );
  const ranges = ['127.0.0.1', '::1', ...pair].join(',');
  return {
    server: 'exchange',
    title: titleOf('Exchange Server', facts),
    language: 'powershell',
    apply: [
      {
        title: `Send by ${relay.host}`,
        text: [
          ...(facts.credentials
            ? ['The window asks for the user name and password made on outbound (mailpair password USER).']
            : []),
          'Afterwards disable the other Send connectors for *, as Exchange may choose either.',
          howItWaits(
            'Exchange keeps mail queued for 2 days (MessageExpirationTimeout) and tries again by itself',
            facts,
          ),
          noFallback('Exchange, which takes several smart hosts in turn,', facts),
        ]
          .filter(Boolean)
          .join(' '),
        code: sendConnector(facts),
      },
      taking(ranges),
    ],
    test: {
      title: 'To test',
      text: `${testText} Exchange tells a stranger 530 5.7.57 (client not authenticated).`,
      code: [
        'Send-MailMessage -SmtpServer SERVER -From you@example.com -To someone@elsewhere.example ' +
          '-Subject test -UseSsl -Port 587 -Credential (Get-Credential)',
        'Get-Queue',
      ].join('\n'),
    },
    undo: {
      title: 'To undo',
      text: 'Enable the former Send connector before.',
      code: [
        'Remove-SendConnector "By the mail gateway"',
        'Set-ReceiveConnector "SERVER\\Default Frontend SERVER" `',
        '  -PermissionGroups AnonymousUsers,ExchangeUsers,ExchangeServers,ExchangeLegacyServers',
        'Remove-ReceiveConnector "SERVER\\From the mail gateways"',
      ].join('\n'),
    },
  };
}

function sendConnector({ relay, credentials, verify }: PairFacts): string {
  const tls =
    relay.tls === 'none'
      ? ['-IgnoreSTARTTLS $true']
      : verify
        ? ['-RequireTLS $true', '-TlsAuthLevel DomainValidation', `-TlsDomain ${relay.host}`]
        : ['-RequireTLS $true', '-TlsAuthLevel EncryptionOnly'];
  const auth = credentials
    ? ['-SmartHostAuthMechanism BasicAuthRequireTLS', '-AuthenticationCredential (Get-Credential)']
    : ['-SmartHostAuthMechanism None'];
  return [
    'New-SendConnector -Name "By the mail gateway" -Usage Custom -AddressSpaces * -DNSRoutingEnabled $false `',
    `  -SmartHosts ${relay.address ?? relay.host} -Port ${relay.port} \``,
    `  ${auth.join(' ')} \``,
    `  ${tls.join(' ')}`,
  ].join('\n');
}

const taking = (ranges: string): Step => ({
  title: 'Take mail from the pair only',
  text:
    'A connector for the pair, and no anonymous mail by the default one any more. Servers of the organisation ' +
    'and users who log in (ports 587 and 717, Outlook) go on as before. In place of SERVER write the name of ' +
    'each Mailbox server, and repeat.',
  code: [
    'New-ReceiveConnector -Name "From the mail gateways" -Server SERVER -TransportRole FrontendTransport `',
    '  -Usage Custom -Bindings 0.0.0.0:25,[::]:25 -PermissionGroups AnonymousUsers -AuthMechanism Tls `',
    `  -RemoteIPRanges ${ranges} -MaxInboundConnectionPerSource Unlimited -MaxInboundConnectionPercentagePerSource 100`,
    'Set-ReceiveConnector "SERVER\\Default Frontend SERVER" `',
    '  -PermissionGroups ExchangeUsers,ExchangeServers,ExchangeLegacyServers',
  ].join('\n'),
});
