/**
 * What /api offers to check the local servers. The gateway connects itself, so each server sees the address that mail comes from.
 *
 *     POST   /local-servers/check     { recipients: [ADDRESS, …] } → { checks: LocalServerCheck[] }
 *
 * `recipients` are valid ones of hosted domains; a domain without any is asked about its postmaster.
 */
import type { CheckLocalServers } from '../gateway/dispatch/check-servers.ts';
import { Answer } from '../platform/http/http-answer.ts';
import type { Route } from '../platform/http/http.ts';
import type { Settings } from '../config/settings.ts';
import { domainOf } from '../platform/values/address.ts';

type Domains = Pick<Settings, 'domains'>;

const MOST = 100;

export function localServersApi(check: CheckLocalServers, settings: () => Domains): Route {
  return {
    method: 'POST',
    path: '/local-servers/check',
    async run({ body }) {
      const { recipients } = (body ?? {}) as { recipients?: unknown };
      if (!Array.isArray(recipients)) return refusal('recipients is a list of addresses');
      const addresses = recipients.map(String);
      const fault = faultOfRecipients(addresses, settings());
      return fault === undefined ? { checks: await check(addresses) } : refusal(fault);
    },
  };
}

const refusal = (error: string): Answer => Answer.json({ error }, { status: 400 });

/** A path of RCPT without quoting and without SMTPUTF8 (RFC 5321 §4.1.2, Dot-string). */
const PLAIN = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d.-]+$/;

/** Why they cannot be asked about; undefined when they can. Domains are lower-case A-labels. */
export function faultOfRecipients(recipients: readonly string[], { domains }: Domains): string | undefined {
  if (recipients.length > MOST) return `at most ${MOST} recipients can be asked about at once`;
  for (const recipient of recipients) {
    if (!PLAIN.test(recipient) || recipient.length > 320) return `${recipient} is not a plain address`;
    if (!domains.some(({ name }) => name === domainOf(recipient)))
      return `${recipient} is not in a hosted domain`;
  }
  return undefined;
}
