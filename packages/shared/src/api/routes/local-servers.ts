/** The local servers, asked by the gateway itself, so that each sees the address that mail comes from. */
import { faultOfRecipients } from '../local-server-verdict.ts';
import { ApiRefusal, listInBody } from '../parameters.ts';
import { routesOn } from '../route.ts';

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
