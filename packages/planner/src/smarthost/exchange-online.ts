/**
 * Guide for Exchange Online by PowerShell (New-InboundConnector, Set-OrganizationConfig). It covers incoming
 * mail only: outbound connectors use port 25 without authentication, from networks that all customers share.
 */
import type { PairFacts } from './facts.ts';
import type { Guide } from './guide.ts';
import { testText } from './words.ts';

export function guideForExchangeOnline({ relay, pair }: PairFacts): Guide {
  return {
    server: 'exchange-online',
    title: 'Exchange Online: take mail from the pair only.',
    language: 'powershell',
    apply: [
      {
        title: `It cannot send by ${relay.host}`,
        text:
          'Its outbound connectors go to port 25, cannot log in, and come from networks that every customer of ' +
          'Microsoft shares: trusting those would make an open relay of outbound. So its mail goes out directly: ' +
          'keep include:spf.protection.outlook.com in the SPF record of your domains, beside the hosts of the pair.',
        code: 'Connect-ExchangeOnline',
      },
      {
        title: 'Take mail from the pair only',
        text:
          'A connector of type Partner for all sender domains: what comes from elsewhere is refused (550 5.7.51). ' +
          'The gateways must offer TLS, which they do. IPv6 addresses cannot be named here: the gateways must reach ' +
          'Exchange Online by IPv4. Mail that claims your own domains must come this way too.',
        code: [
          'New-InboundConnector -Name "From the mail gateways only" -ConnectorType Partner -SenderDomains * `',
          `  -RestrictDomainsToIPAddresses $true -SenderIPAddresses ${ipv4(pair)} -RequireTls $true`,
          'Set-OrganizationConfig -RejectDirectSend $true',
        ].join('\n'),
      },
      {
        title: 'Judge by the address before the pair',
        text: 'So that SPF and DMARC are judged by who connected to the pair, not by the pair itself.',
        code: `Set-InboundConnector "From the mail gateways only" -EFSkipIPs ${ipv4(pair)} -EFUsers $null`,
      },
    ],
    test: {
      title: 'To test',
      text: `${testText} Settings take up to an hour to be everywhere.`,
      code: 'Get-InboundConnector | Format-List Name,Enabled,SenderIPAddresses,EFSkipIPs',
    },
    undo: {
      title: 'To undo',
      text: '',
      code: 'Remove-InboundConnector "From the mail gateways only"\nSet-OrganizationConfig -RejectDirectSend $false',
    },
  };
}

const ipv4 = (pair: readonly string[]): string => pair.filter((address) => !address.includes(':')).join(',');
