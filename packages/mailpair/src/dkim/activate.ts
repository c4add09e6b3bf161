/** `mailpair dkim activate`: activates keys whose records are visible in DNS. */
import { activate, kindOf } from '@mailpair/shared/gateway/sign/key-files';
import type { DkimDomain, Selector } from '@mailpair/shared/platform/tls/dkim-keys';
import { dkimSubject, dkimWatcher, expectSound } from './domains.ts';
import { UsageError } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

export const dkimActivate: Verb = {
  usage: 'dkim activate [DOMAIN …] [--selector NAME …] [--force] [--resolver ADDR:PORT]',
  options: {
    selector: { type: 'string', multiple: true },
    force: { type: 'boolean' },
    resolver: { type: 'string' },
  },
  help: `
Queries every name server of the domains named, or of all, for the waiting keys. If all servers have all
waiting keys of a domain, these keys become active. Each replaces the active key of its type, which stays
published. Running gateways use the new keys within 10 seconds without a restart. Run it on every host that sends.

  --selector NAME    only these keys, also ones that signed before; may be repeated
  --force            activate keys that are not visible in DNS: receivers cannot verify their signatures
  --resolver ADDR:PORT  ask this server only, where the name servers of the zone cannot be reached

Examples:
  mailpair dkim activate
  mailpair dkim activate example.com --selector 20261125-rsa    back to an earlier key

Exit: 0 they sign, 1 DNS does not show them all or nothing waits, 2 usage or fault.
`,
  async run(args, io) {
    const { settings, domains } = dkimSubject(args, io);
    const see = dkimWatcher(settings, args);
    const results: { domain: string; activated: string[]; retired: readonly string[] }[] = [];
    let refused = false;
    for (const domain of domains) {
      expectSound(domain);
      const selectors = chosen(domain, args);
      selectors.forEach(expectReadable);
      const names = selectors.map(({ name }) => name);
      if (names.length === 0) continue;
      if (!(await areShown(domain, selectors, see, args, io))) {
        refused = true;
        continue;
      }
      const retired = activate(domain, names, Date.now());
      results.push({ domain: domain.name, activated: names, retired });
    }
    if (args.json) io.out(JSON.stringify(results, null, 2));
    else
      for (const { domain, activated, retired } of results) {
        const instead = retired.length > 0 ? `, in place of ${retired.join(', ')}` : '';
        io.out(`${domain}: ${activated.join(', ')} sign from now on${instead}`);
      }
    if (results.length === 0 && !refused) io.err('No key waits; "mailpair dkim rotate" makes new ones.');
    return refused || results.length === 0 ? 1 : 0;
  },
};

function chosen({ name: domain, selectors }: DkimDomain, { options }: VerbArgs): Selector[] {
  const named = options['selector'];
  if (!Array.isArray(named)) return selectors.filter(({ state }) => state === 'waiting');
  return named.map((name) => {
    const selector = selectors.find((one) => one.name === String(name).toLowerCase());
    if (!selector) throw new UsageError(`--selector: ${domain} has no key ${String(name)}`);
    return selector;
  });
}

function expectReadable(selector: Selector): void {
  if (kindOf(selector) === undefined)
    throw new Error(`${selector.file}: contains no readable private key; nothing was changed`);
}

async function areShown(
  domain: DkimDomain,
  selectors: readonly Selector[],
  see: ReturnType<typeof dkimWatcher>,
  { options }: VerbArgs,
  io: Io,
): Promise<boolean> {
  const isForced = options['force'] === true;
  let shown = true;
  for (const selector of selectors) {
    const seen = await see(domain, selector);
    if (seen.kind === 'visible') continue;
    shown = false;
    io.err(`${domain.name}: ${selector.name} is not visible in DNS: ${seen.why}`);
  }
  if (!shown && !isForced)
    io.err(
      `${domain.name}: nothing was changed. Publish what "mailpair dns plan --domain ${domain.name}" prints.`,
    );
  return shown || isForced;
}
