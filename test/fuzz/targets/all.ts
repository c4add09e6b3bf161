/** All targets, in the order in which they take turns. */
import type { TargetFile } from '../target.ts';
import { authentication } from './authentication.ts';
import { configuration, overrides } from './configuration.ts';
import { archives, mime } from './content.ts';
import { headerFields } from './header-fields.ts';
import { http } from './http.ts';
import { networkAnswers } from './network-answers.ts';
import { heartbeat } from './partner.ts';
import { proxyHeader, smtpCommands } from './smtp-commands.ts';
import { smtpOctets } from './smtp-octets.ts';
import { proxiedSessions, smtpSessions } from './smtp-sessions.ts';
import { journal, storedRecords } from './spool.ts';

export const targets: readonly TargetFile[] = [
  smtpOctets,
  smtpCommands,
  proxyHeader,
  smtpSessions,
  proxiedSessions,
  headerFields,
  authentication,
  mime,
  archives,
  configuration,
  overrides,
  journal,
  storedRecords,
  heartbeat,
  http,
  networkAnswers,
];
