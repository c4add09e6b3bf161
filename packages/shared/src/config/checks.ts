/**
 * What may be wrong between keys, each of which is sound by itself. Pure; a value that could not be read is its default
 * here and causes no further fault.
 */
import type { Findings } from './schema/findings.ts';
import { checkDmarcReports } from './sections/dmarc-reports.ts';
import { checkUpdate } from './sections/dns.ts';
import { checkDnsLists } from './sections/dns-lists.ts';
import { checkEngines } from './sections/engines.ts';
import { checkGreylist } from './sections/greylist.ts';
import { checkLoad } from './sections/limits.ts';
import { checkLocalServers } from './sections/local-servers.ts';
import { checkNodes } from './sections/this-node.ts';
import { checkHeartbeat } from './sections/pair.ts';
import { checkQueue } from './sections/queue.ts';
import {
  checkAddresses,
  checkHosts,
  checkListeners,
  checkSpools,
  checkSubmission,
} from './sections/both-roles.ts';
import { checkRoutes } from './sections/routes.ts';
import { checkSmtp } from './sections/smtp.ts';
import { checkSubmitters } from './sections/submitters.ts';
import { checkTls } from './sections/tls.ts';
import type { Settings } from './settings.ts';

export const checks: readonly ((settings: Settings, findings: Findings) => void)[] = [
  checkHosts,
  checkNodes,
  checkAddresses,
  checkListeners,
  checkSpools,
  checkLocalServers,
  checkRoutes,
  checkSubmission,
  checkTls,
  checkQueue,
  checkSmtp,
  checkLoad,
  checkHeartbeat,
  checkUpdate,
  checkDnsLists,
  checkGreylist,
  checkEngines,
  checkDmarcReports,
  checkSubmitters,
];
