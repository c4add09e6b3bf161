/** `mailpair undrain`: returns the gateways of this host to service. */
import { keepDrain, readDrain } from '@mailpair/shared/gateway/pair/drain-file';
import { gatewaysHere, type GatewayHere } from './access.ts';
import { roleHelp, roleOption } from '../queue/access.ts';
import { expectOperands, type Verb } from '../framework/verb.ts';

export const undrainVerb: Verb = {
  usage: 'undrain [--role inbound|outbound]',
  options: roleOption,
  help: `
Opens the listeners, and informs load balancers, dns-rr and the partners at once. A stopped gateway will be in service when
it starts. With --json: {"gateways": [{"role", "wasDrained"}]}.

${roleHelp}

Examples:
  mailpair undrain
  mailpair undrain --role inbound

Exit: 0 in service again, 1 no gateway of this host was drained, 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    const ended: { role: string; wasDrained: boolean }[] = [];
    for (const gateway of await gatewaysHere(args, io))
      ended.push({ role: gateway.role, wasDrained: await undrain(gateway) });
    if (args.json) io.out(JSON.stringify({ gateways: ended }));
    else
      for (const { role, wasDrained } of ended)
        if (wasDrained) io.out(`${role}: in service again`);
        else io.err(`${role}: was not drained`);
    return ended.some(({ wasDrained }) => wasDrained) ? 0 : 1;
  },
};

async function undrain({ gateway, spool }: GatewayHere): Promise<boolean> {
  if (gateway) return (await gateway.drain.end()).ended !== null;
  const wasDrained = isDrained(spool);
  keepDrain(spool, null);
  return wasDrained;
}

/** A file that cannot be read also counts as drained, so that it is removed. */
function isDrained(spool: string): boolean {
  try {
    return readDrain(spool, Date.now()) !== null;
  } catch {
    return true;
  }
}
