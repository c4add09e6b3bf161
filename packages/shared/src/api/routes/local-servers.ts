/** The local servers, asked by the gateway itself, so that each sees the address that mail comes from. */
import type { Settings } from '../../config/settings.ts';
import { domainOf } from '../../platform/values/address.ts';
import { ApiRefusal, listInBody } from '../parameters.ts';
import { routesOn } from '../route.ts';

const MOST = 100;

export const localServers = {
  check: routesOn('localServers')({
    method: 'POST',
    path: '/local-servers/check',
    about: 'Asks each local server for valid recipients and one that cannot exist: LocalServerCheck.',
    parameters: {
      recipients: listInBody(
        'Valid ones of hosted domains; a domain without any is asked about its postmaster.',
        'recipients is a list of addresses',
      ),
    },
    async run({ check, settings }, { recipients }) {
      const fault = faultOfRecipients(recipients, settings());
      if (fault !== undefined) throw new ApiRefusal(fault);
      return { checks: await check(recipients) };
    },
  }),
};

/** A path of RCPT without quoting and without SMTPUTF8 (RFC 5321 §4.1.2, Dot-string). */
const PLAIN = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d.-]+$/;

/** Why they cannot be asked about; undefined when they can. Domains are lower-case A-labels. */
export function faultOfRecipients(
  recipients: readonly string[],
  { domains }: Pick<Settings, 'domains'>,
): string | undefined {
  if (recipients.length > MOST) return `at most ${MOST} recipients can be asked about at once`;
  for (const recipient of recipients) {
    if (!PLAIN.test(recipient) || recipient.length > 320) return `${recipient} is not a plain address`;
    if (!domains.some(({ name }) => name === domainOf(recipient)))
      return `${recipient} is not in a hosted domain`;
  }
  return undefined;
}
