/** Formats the report of `mailpair local-servers check` as text. Pure. */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import type { LocalServerVerdict } from '@mailpair/shared/api/local-server-verdict';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';
import { visible } from '@mailpair/shared/platform/values/printable';
import { formatReply } from '@mailpair/shared/platform/values/reply';

type LocalServerCheck = Answer<'localServers', 'check'>['checks'][number];

export interface JudgedCheck extends LocalServerCheck {
  readonly role: RoleName;
  /** The name of the gateway. */
  readonly node: string;
  /** The program that connected: the running gateway, or this command instead. */
  readonly by: 'gateway' | 'command';
  readonly verdict: LocalServerVerdict;
}

/** Replies are text from other hosts, so every line is made printable. */
export function describeChecks(checks: readonly JudgedCheck[]): string {
  const faulty = checks.filter(({ verdict }) => verdict.kind !== 'well').length;
  const summary =
    faulty === 0
      ? `All is well: ${checks.length} of ${checks.length} checks passed.`
      : `${faulty} of ${checks.length} checks failed.`;
  return [...checks.flatMap(describeCheck), summary].map(visible).join('\n');
}

function describeCheck(check: JudgedCheck): string[] {
  const { role, node, by, server, domain, session, verdict } = check;
  const source = session.kind === 'not-asked' ? null : session.source;
  const from = source === null ? '' : ` from ${source}`;
  const tls = session.kind === 'asked' ? ` (${session.tls ?? 'without TLS'})` : '';
  const instead = by === 'command' ? '; the gateway was not reached, this command asked in its place' : '';
  return [
    `${role} ${node} -> ${server} for ${domain}${from}${tls}${instead}`,
    ...answersOf(check),
    ...(verdict.kind === 'well' ? ['  well'] : [`  FAULT: ${verdict.text}`, `  fix: ${verdict.fix}`]),
  ];
}

function answersOf({ session, invalid, verify }: LocalServerCheck): string[] {
  if (session.kind !== 'asked') return [];
  return session.answers.map(({ recipient, reply, fault }) => {
    const kind = recipient === invalid ? `invalid (recipients.verify: ${verify})` : 'valid';
    const answer = reply ? formatReply(reply) : (fault ?? 'no reply');
    return `  ${recipient}, ${kind}: ${answer}`;
  });
}
