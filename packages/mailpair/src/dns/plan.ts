/** `mailpair dns plan`: writes the records to publish to stdout and notes to stderr. */
import type { FormatOptions } from '@mailpair/planner/formats/format';
import { formatNames, formats } from '@mailpair/planner/formats/formats';
import { narrowToDomains } from '@mailpair/planner/narrow';
import { planDns, policiesToServe } from '@mailpair/planner/plan';
import { readPublicKeys } from '@mailpair/planner/public-keys';
import type { DnsPlan, ZonePlan } from '@mailpair/planner/dns-plan';
import { parseHostPort } from '@mailpair/shared/platform/network/addresses';
import { loadSettings } from '@mailpair/shared/config/read/load-settings';
import { normaliseDomain } from '@mailpair/shared/platform/values/address';
import { choiceOption, expectOperands, textOption, UsageError } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

const width = Math.max(...formatNames.map((name) => name.length));

export const dnsPlan: Verb = {
  usage: `dns plan [--format ${formatNames.join('|')}] [--domain DOMAIN …] [--zone ZONE] [--policy]`,
  options: {
    format: { type: 'string' },
    domain: { type: 'string', multiple: true },
    zone: { type: 'string' },
    policy: { type: 'boolean' },
    server: { type: 'string' },
    'key-file': { type: 'string' },
    provider: { type: 'string' },
  },
  help: `
Prints what DNS should say of the pair: addresses of both hosts and of every node, MX (10 inbound, 20
outbound; inbound alone if both roles have one public address), SPF, DKIM (keys in dkim.keys), DMARC,
MTA-STS, TLS-RPT, TLSA (tls.certFile and publish.certificates), CAA; and the PTR records to request
from the owner of the addresses. It contacts no server and changes nothing. What is missing or unusual, and what a
format cannot express, is reported on stderr. The keys publish.* define what is planned; the defaults do
not stop mail (DMARC p=none, SPF ~all). MTA-STS is planned once publish.mtaSts.host names the web server of
the policy.

  --format FORMAT    one of these; default bind:
${formatNames.map((name) => `                       ${name.padEnd(width)}  ${formats[name].what}`).join('\n')}
  --domain DOMAIN    only the records of this hosted domain; may be repeated
  --zone ZONE        only this zone, and for formats by zone the bare body that the API takes
  --policy           instead of records the MTA-STS policy, also before it is served; serve it as
                     https://mta-sts.DOMAIN/.well-known/mta-sts.txt
  --server HOST:PORT nsupdate: the name server that takes the update; default by the zone's SOA
  --key-file FILE    nsupdate: the TSIG key, for the command in the first line
  --provider NAME    terraform: aws (the default) or cloudflare

Examples:
  mailpair dns plan                                        print the plan, with what is missing
  mailpair dns plan > example.com.records                  to be included by a BIND zone
  mailpair dns plan --format nsupdate | nsupdate -k /etc/bind/mailpair.key
  mailpair dns plan --format route53 --zone example.com > batch.json
    aws route53 change-resource-record-sets --hosted-zone-id ID --change-batch file://batch.json
  mailpair dns plan --format powerdns --zone example.com |
    curl -H "X-API-Key: KEY" -X PATCH -d @- http://127.0.0.1:8081/api/v1/servers/localhost/zones/example.com.
  mailpair dns plan --format cloudflare --zone example.com |
    curl -H "Authorization: Bearer TOKEN" -d @- https://api.cloudflare.com/client/v4/zones/ID/dns_records/batch
  mailpair dns plan --format octodns --zone example.com > config/example.com.yaml
  mailpair dns plan --format terraform > mailpair.tf.json
  mailpair dns plan --policy > /var/www/mta-sts/.well-known/mta-sts.txt
  mailpair dns plan --json | jq -r '.ptr[] | .address + " " + .value'

Exit: 0 done, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    const name = choiceOption(args, 'format', formatNames) ?? (args.json ? 'json' : 'bind');
    const format = formats[name];
    const options = formatOptions(args);
    const settings = loadSettings({ file: args.config, env: io.env, sets: args.sets });
    const keys = readPublicKeys(settings);
    const whole = planDns(settings, keys);
    if (args.options['policy'] === true) {
      const served = { ...whole, policies: policiesToServe(settings, keys) };
      return Promise.resolve(printPolicy(narrowed(served, settings.domains, args), io));
    }
    const plan = narrowed(whole, settings.domains, args);

    const zone = chosenZone(plan, args);
    const text = zone ? format.composeZone(zone, options) : format.compose(plan, options);
    io.out(text.trimEnd());
    const printed = zone ? { ...plan, zones: [zone], elsewhere: [], ptr: [] } : plan;
    [...plan.notes, ...format.caveats(printed, options)].forEach((note) => io.err(note));
    return Promise.resolve(0);
  },
};

function formatOptions(args: VerbArgs): FormatOptions {
  const server = textOption(args, 'server');
  const keyFile = textOption(args, 'key-file');
  const provider = choiceOption(args, 'provider', ['aws', 'cloudflare']);
  const parsed = server === undefined ? undefined : parseHostPort(server, 53);
  if (server !== undefined && !parsed) throw new UsageError(`--server is HOST or HOST:PORT, not ${server}`);
  return {
    ...(parsed && { server: parsed }),
    ...(keyFile !== undefined && { keyFile }),
    ...(provider && { provider }),
  };
}

function narrowed(
  plan: DnsPlan,
  domains: readonly { readonly name: string }[],
  { options }: VerbArgs,
): DnsPlan {
  const given = options['domain'];
  if (!Array.isArray(given)) return plan;
  const hosted = domains.map(({ name }) => name);
  const wanted = given.map((name) => normaliseDomain(String(name)));
  const unknown = wanted.find((name) => !hosted.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--domain: ${unknown} is no hosted domain; there is ${hosted.join(', ')}`);
  return narrowToDomains(plan, hosted, wanted);
}

function chosenZone({ zones }: DnsPlan, args: VerbArgs): ZonePlan | undefined {
  const name = textOption(args, 'zone');
  if (name === undefined) return undefined;
  const zone = zones.find(({ zone }) => zone === normaliseDomain(name));
  if (zone) return zone;
  throw new UsageError(
    `--zone: nothing is planned in ${name}; there is ${zones.map(({ zone }) => zone).join(', ')}`,
  );
}

/** All domains have the same policy text, because they have the same MX hosts. */
function printPolicy({ policies, notes }: DnsPlan, io: Io): number {
  const [policy] = policies;
  if (!policy)
    throw new Error('publish.mtaSts.mode is off, so there is no policy; set it to testing to begin');
  io.octets(Buffer.from(policy.text));
  for (const { url } of policies) io.err(`serve it as ${url} (text/plain)`);
  notes.filter((note) => note.includes('publish.mtaSts')).forEach((note) => io.err(note));
  return 0;
}
