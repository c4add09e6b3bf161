/** Runs all checks on the observations. Pure. */
import { checkAddresses } from './addresses.ts';
import type { Check, Given } from './check.ts';
import type { Finding } from './finding.ts';
import { checkGateways } from './gateways.ts';
import { checkPolicies } from './mta-sts-policy.ts';
import { checkMxHosts } from './mx-hosts.ts';
import { checkMx } from './mx.ts';
import { checkNameServers } from './name-servers.ts';
import { checkOtherRecords } from './other-records.ts';
import { checkPtr } from './ptr.ts';
import { checkSpf } from './spf.ts';
import { checkTexts } from './texts.ts';
import { checkTlsa } from './tlsa.ts';
import { checkTtls } from './ttl.ts';

/** In the order of the report. */
const checks: readonly Check[] = [
  checkMx,
  checkMxHosts,
  checkAddresses,
  checkGateways,
  checkPolicies,
  checkTlsa,
  checkSpf,
  checkTexts,
  checkPtr,
  checkOtherRecords,
  checkNameServers,
  checkTtls,
];

/** Findings sorted by severity; faults come first. */
export function judgeAll(given: Given): Finding[] {
  const findings = checks.flatMap((check) => check(given));
  return [
    ...findings.filter(({ severity }) => severity === 'fault'),
    ...findings.filter(({ severity }) => severity === 'remark'),
  ];
}
