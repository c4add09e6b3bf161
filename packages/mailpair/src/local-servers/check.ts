/**
 * `mailpair local-servers check`: shows the replies of each local server to each gateway for a valid and an
 * invalid recipient.
 */
import { faultOfRecipients, judgeLocalServer } from '@mailpair/shared/api/local-server-verdict';
import type { ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import type { Settings } from '@mailpair/shared/config/settings';
import { domainOf, localPartOf } from '@mailpair/shared/platform/values/address';
import { describeChecks, type JudgedCheck } from './text.ts';
import { pairHelp, pairRoleHelp, withPair } from '../framework/pair-access.ts';
import { roleOption } from '../queue/access.ts';
import { expectOperands, UsageError, type Verb, type VerbArgs } from '../framework/verb.ts';

export const localServersCheck: Verb = {
  usage: 'local-servers check [--recipient ADDRESS …] [--role inbound|outbound]',
  options: { ...roleOption, recipient: { type: 'string', multiple: true } },
  help: `
Each gateway connects to each local server of each domain as for a delivery (TLS, source address), and asks by MAIL FROM:<>
and RCPT for a recipient that exists and for one that cannot exist. No mail is sent. The report has the server's own replies, the
address that the gateway connected from, what is wrong, and the fix.

  --recipient ADDRESS  a recipient that exists; may be repeated. A domain without one is asked about its postmaster
${pairRoleHelp}

${pairHelp}
In place of a gateway of this host that does not run, the command connects itself, from the source address of that gateway.
With --json one JSON document a line and check; verdict.kind is well, unreachable, tls, refuses-gateway, refuses-recipient,
defers, accepts-everyone, unclear-refusal or not-asked.

Examples:
  mailpair local-servers check
  mailpair local-servers check --recipient anna@example.com
  mailpair local-servers check --json | jq -r 'select(.verdict.kind != "well") | .server + " " + .verdict.fix'

Exit: 0 all is well, 1 something is wrong, 2 not all gateways could be asked, usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    const recipients = recipientsOption(args);
    return withPair(args, io, { needs: 'localServers' }, async ({ asked, notAsked, settings }) => {
      const fault = faultOfRecipients(recipients, settings);
      if (fault !== undefined) throw new UsageError(`--recipient: ${fault}`);
      const answers = await Promise.allSettled(asked.map((gateway) => ask(gateway, recipients, settings)));
      const checks: JudgedCheck[] = [];
      let silent = notAsked;
      answers.forEach((answer, index) => {
        if (answer.status === 'fulfilled') return checks.push(...answer.value);
        silent += 1;
        const { role, host } = asked[index]!;
        return io.err(`${role} ${host} was not asked: ${(answer.reason as Error).message}.`);
      });
      if (checks.length > 0)
        io.out(args.json ? checks.map((check) => JSON.stringify(check)).join('\n') : describeChecks(checks));
      if (checks.some(({ verdict }) => verdict.kind !== 'well')) return 1;
      return silent > 0 ? 2 : 0;
    });
  },
};

function recipientsOption({ options }: VerbArgs): string[] {
  const given = options['recipient'];
  const texts = Array.isArray(given) ? given.map(String) : [];
  return texts.map((text) => `${localPartOf(text)}@${domainOf(text)}`);
}

async function ask(
  { role, host, isRunning, localServers }: ReachedGateway,
  recipients: readonly string[],
  settings: Settings,
): Promise<JudgedCheck[]> {
  const { checks } = await localServers.check({ recipients });
  const sources = settings[role].sourceAddresses;
  return checks.map((check) => ({
    role,
    node: host,
    by: isRunning ? 'gateway' : 'command',
    ...check,
    verdict: judgeLocalServer(check, sources),
  }));
}
