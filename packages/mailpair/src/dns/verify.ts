/** `mailpair dns verify`: compares DNS and both gateways with the plan. */
import { planDns } from '@mailpair/planner/plan';
import { readPublicKeys } from '@mailpair/planner/public-keys';
import { createAsker } from '@mailpair/planner/verify/ask-dns';
import { collect } from '@mailpair/planner/verify/collect';
import { parseDetours } from '@mailpair/planner/verify/detours';
import { fetchPolicy } from '@mailpair/planner/verify/fetch-policy';
import { answerOf, formatReport } from '@mailpair/planner/verify/format-report';
import { givenOf, isOursIn } from '@mailpair/planner/verify/given';
import { knock } from '@mailpair/planner/verify/knock';
import { isAddress, parseHostPort } from '@mailpair/shared/platform/network/addresses';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import { loadSettings } from '@mailpair/shared/config/read/load-settings';
import { expectOperands, textOption, UsageError } from '../framework/verb.ts';
import type { Verb, VerbArgs } from '../framework/verb.ts';

const exitCodes = { same: 0, different: 1, unknown: 2 } as const;

export const dnsVerify: Verb = {
  usage: 'dns verify [--resolver ADDR:PORT] [--dns-only] [--move] [--connect HOST:PORT=ADDR:PORT …]',
  options: {
    resolver: { type: 'string' },
    connect: { type: 'string', multiple: true },
    move: { type: 'boolean' },
    'dns-only': { type: 'boolean' },
  },
  help: `
Compares what is published with what "dns plan" prints. Asks every authoritative server of the zones,
port 25 of both MX hosts at every address (greeting, STARTTLS, certificate; no mail is sent) and the
web server of the MTA-STS policy. Run it on a machine that may connect to port 25 of others.

A FAULT harms mail, or differs from the plan. A REMARK is information. Lines with - are published and
should not be, lines with + should be. What was not answered is NOT KNOWN; it is never reported as missing.

  --resolver ADDR:PORT  ask this server only: a resolver, or a name server before it goes live
  --dns-only            leave out port 25 and the policy
  --move                a move to other addresses is planned: TTLs above publish.addressTtl are faults
  --connect HOST:PORT=ADDR:PORT
                        connect there instead; HOST is a name or an address, PORT 25, 443 or, of a
                        name server, 53; may be repeated

Examples:
  mailpair dns verify
  mailpair dns verify --resolver 192.0.2.53:53 --dns-only   what one name server has
  mailpair dns verify --connect mx-in.example.com:25=10.0.0.2:25
  mailpair dns verify --json | jq -r '.findings[] | .severity + " " + .code + " " + .subject'

Exit: 0 as planned, 1 faults, 2 no faults seen but not all could be asked, or usage.
`,
  async run(args, io) {
    expectOperands(args, 0, 0);
    const resolver = resolverOption(args);
    const detours = detoursOption(args);
    const settings = loadSettings({ file: args.config, env: io.env, sets: args.sets });
    const keys = readPublicKeys(settings);
    const plan = planDns(settings, keys);
    const given = givenOf(settings, plan, keys.dkim, {
      now: Date.now(),
      isMovePlanned: args.options['move'] === true,
      asksGateways: args.options['dns-only'] !== true,
    });
    const ask = createAsker({
      resolver,
      detours,
      servers: settings.dns.servers,
      timeoutMs: settings.dns.timeoutMs,
      isOurs: isOursIn(plan),
    });
    const report = await collect(
      given,
      {
        ask,
        knock: (question) => knock(question, detours),
        fetchPolicy: (question) => fetchPolicy(question, detours),
      },
      (sentence) => {
        if (process.stderr.isTTY) io.err(sentence);
      },
    );
    const answer = answerOf(report);
    io.out(args.json ? JSON.stringify({ answer, ...report }, null, 2) : formatReport(report));
    return exitCodes[answer];
  },
};

export function resolverOption(args: VerbArgs): HostPort | null {
  const text = textOption(args, 'resolver');
  if (text === undefined) return null;
  const server = isAddress(text) ? { host: text, port: 53 } : parseHostPort(text, 53);
  if (server && isAddress(server.host)) return server;
  throw new UsageError(`--resolver is ADDR:PORT, such as 192.0.2.53:53 or [2001:db8::53]:53, not ${text}`);
}

function detoursOption({ options }: VerbArgs): ReturnType<typeof parseDetours> {
  const texts = options['connect'];
  try {
    return parseDetours(Array.isArray(texts) ? texts.map(String) : []);
  } catch (error) {
    throw new UsageError(`--connect: ${(error as Error).message}`);
  }
}
