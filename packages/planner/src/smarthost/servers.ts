/** The guides, by name of the server. */
import { guideForExchangeOnline } from './exchange-online.ts';
import { guideForExchange } from './exchange.ts';
import { guideForExim } from './exim.ts';
import { guideForExim4 } from './exim4.ts';
import type { PairFacts } from './facts.ts';
import type { Guide } from './guide.ts';
import { guideForHMailServer } from './hmailserver.ts';
import { guideForMDaemon } from './mdaemon.ts';
import { guideForOpenSmtpd } from './opensmtpd.ts';
import { guideForPostfix } from './postfix.ts';
import { guideForSendmail } from './sendmail.ts';
import { guideForStalwart } from './stalwart.ts';
import { guideForZimbra } from './zimbra.ts';

export interface LocalServerKind {
  readonly name: string;
  readonly summary: string;
  guide(facts: PairFacts): Guide;
}

export const localServerKinds: readonly LocalServerKind[] = [
  { name: 'postfix', summary: 'Postfix 3.0 and later', guide: guideForPostfix },
  { name: 'exim4', summary: 'Exim as Debian and Ubuntu configure it', guide: guideForExim4 },
  { name: 'exim', summary: 'Exim with a configuration in one file', guide: guideForExim },
  { name: 'sendmail', summary: 'Sendmail, configured by m4', guide: guideForSendmail },
  { name: 'opensmtpd', summary: 'OpenSMTPD 6.6 and later', guide: guideForOpenSmtpd },
  { name: 'exchange', summary: 'Exchange Server 2016, 2019, SE', guide: guideForExchange },
  { name: 'exchange-online', summary: 'Exchange Online, Microsoft 365', guide: guideForExchangeOnline },
  { name: 'zimbra', summary: 'Zimbra 8.7 and later', guide: guideForZimbra },
  { name: 'hmailserver', summary: 'hMailServer 5', guide: guideForHMailServer },
  { name: 'mdaemon', summary: 'MDaemon 17 and later', guide: guideForMDaemon },
  { name: 'stalwart', summary: 'Stalwart 0.16', guide: guideForStalwart },
];
