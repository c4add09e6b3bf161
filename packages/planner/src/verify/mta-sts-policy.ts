/**
 * Checks that the served MTA-STS policy (RFC 8461 §3.2, §4.1) is the planned one and names both MX hosts.
 * Without this check, a policy that lacks the second host is noticed only when the first one is down. Pure.
 */
import {
  isMtaStsRecord,
  mtaStsName,
  parsePolicy,
  POLICY_PATH,
  policyHost,
  policyNames,
} from '@mailpair/shared/dns-records/mta-sts';
import type { MtaSts } from '@mailpair/shared/dns-records/mta-sts';
import type { Given } from './check.ts';
import { mxHostsOf } from './doors.ts';
import { fault, remark } from './finding.ts';
import type { Finding } from './finding.ts';
import { addressesOf, follow } from './follow.ts';
import type { PolicyAnswer } from './world.ts';

export const checkPolicies = (given: Given): Finding[] =>
  given.asksGateways ? given.domains.flatMap((domain) => checkDomain(given, domain)) : [];

/** The strictest mode of all planned and served policies. */
export function livePolicyMode(given: Given): string | null {
  const modes = given.domains.map((domain) => {
    const answer = hasPolicy(given, domain) ? served(given, domain) : undefined;
    const text = answer?.kind === 'text' ? answer.text : plannedFor(given, domain)?.text;
    return text === undefined ? undefined : parsePolicy(text)?.mode;
  });
  return modes.includes('enforce') ? 'enforce' : (modes.find((mode) => mode !== undefined) ?? null);
}

const plannedFor = ({ plan }: Given, domain: string): Given['plan']['policies'][number] | undefined =>
  plan.policies.find((policy) => policy.domain === domain);

/** Whether DNS announces a policy, or one is planned. */
function hasPolicy(given: Given, domain: string): boolean {
  if (plannedFor(given, domain)) return true;
  const lookup = follow(given.world, mtaStsName(domain), 'TXT');
  return lookup.kind === 'records' && lookup.records.some(({ value }) => isMtaStsRecord(value));
}

function served({ asksGateways, world }: Given, domain: string): PolicyAnswer {
  const host = policyHost(domain);
  const { known, complete } = addressesOf(world, host);
  if (!asksGateways || (known.length === 0 && !complete))
    return { kind: 'unknown', why: `the address of ${host} is not known` };
  if (known.length === 0) return { kind: 'refused', why: `${host} has no address` };
  return world.policy({ domain, addresses: known });
}

function checkDomain(given: Given, domain: string): Finding[] {
  if (!hasPolicy(given, domain)) return [];
  const answer = served(given, domain);
  const planned = plannedFor(given, domain);
  const subject = policyHost(domain);
  const shouldBe = planned?.text.trim().split('\r\n') ?? [];
  const asPlanned = `the policy that "mailpair dns plan --policy" prints as https://${subject}${POLICY_PATH}`;
  const serve = planned
    ? `Serve ${asPlanned}.`
    : `Serve ${asPlanned}, or remove the record ${mtaStsName(domain)}.`;
  if (answer.kind === 'unknown') return [];
  if (answer.kind === 'refused')
    return [
      fault({
        code: 'mta-sts-policy-missing',
        subject,
        problem: `There is no MTA-STS policy that senders would take: ${answer.why}.`,
        why: 'Senders deliver as if there were none; those that have an older policy hold to it.',
        fix: serve,
        shouldBe,
      }),
    ];
  const is = answer.text.trim().split(/\r?\n/);
  const told = { subject, is, shouldBe };
  const policy = parsePolicy(answer.text);
  if (!policy)
    return [
      fault({
        ...told,
        code: 'mta-sts-policy-invalid',
        problem: `The MTA-STS policy of ${domain} cannot be read.`,
        why: 'Senders deliver as if there were none; those that have an older policy hold to it.',
        fix: serve,
      }),
    ];
  const missing = policy.mode === 'none' ? [] : mxHostsOf(given).filter((host) => !policyNames(policy, host));
  if (missing.length > 0)
    return [
      fault({
        ...told,
        code: 'mta-sts-lacks-host',
        problem: `The MTA-STS policy of ${domain} (${policy.mode}) does not name ${missing.join(', ')}.`,
        why:
          policy.mode === 'enforce'
            ? 'Senders that heed it never deliver there, so mail waits whenever the other host is down.'
            : 'Senders report every delivery there as a failure, and refuse it once the mode is enforce.',
        fix: `${serve} Then change the id of the record ${mtaStsName(domain)}.`,
      }),
    ];
  return judgeAgainstPlan(policy, planned?.text, domain, told);
}

function judgeAgainstPlan(
  policy: MtaSts,
  text: string | undefined,
  domain: string,
  told: Pick<Finding, 'subject' | 'is' | 'shouldBe'>,
): Finding[] {
  const planned = text === undefined ? undefined : parsePolicy(text);
  if (!planned) return [];
  const extra = policy.mx.filter((name) => !planned.mx.includes(name));
  const differing = [
    ...(policy.mode === planned.mode ? [] : [`mode is ${policy.mode}, not ${planned.mode}`]),
    ...(policy.maxAge === planned.maxAge ? [] : [`max_age is ${policy.maxAge}, not ${planned.maxAge}`]),
    ...(extra.length === 0 ? [] : [`it names ${extra.join(', ')} too`]),
  ];
  if (differing.length === 0) return [];
  const isStricter = extra.length > 0 || policy.mode !== planned.mode;
  return [
    (isStricter ? fault : remark)({
      ...told,
      code: 'mta-sts-policy-differs',
      problem: `The MTA-STS policy of ${domain} is not the planned one: ${differing.join('; ')}.`,
      why: 'Senders do what it says, whatever the configuration says.',
      fix: 'Serve the planned policy, or change publish.mtaSts when the served one is meant.',
    }),
  ];
}
