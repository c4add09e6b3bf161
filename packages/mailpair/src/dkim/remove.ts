/** `mailpair dkim remove`: removes keys that no longer sign. */
import { dkimName } from '@mailpair/shared/dns-records/dkim-record';
import { removeKeys } from '@mailpair/shared/gateway/sign/key-files';
import type { DkimDomain, Selector } from '@mailpair/shared/platform/tls/dkim-keys';
import { formatAge } from '@mailpair/shared/platform/values/age';
import { dkimSubject, expectSound } from './domains.ts';
import { UsageError } from '../framework/verb.ts';
import type { Verb, VerbArgs } from '../framework/verb.ts';

export const dkimRemove: Verb = {
  usage: 'dkim remove [DOMAIN …] [--selector NAME …] [--force]',
  options: { selector: { type: 'string', multiple: true }, force: { type: 'boolean' } },
  help: `
Removes the keys of the domains named, or of all, that stopped signing at least dkim.keepRetired ago,
and prints the names of their records, which are then to be removed from DNS. After that, their signatures
cannot be verified. Keys that sign are never removed.

  --selector NAME    only these keys, also ones that never signed; may be repeated
  --force            remove keys before dkim.keepRetired has passed

Examples:
  mailpair dkim remove
  mailpair dkim remove example.com --selector 20260301-rsa --force

Exit: 0 removed, 1 nothing to remove yet, 2 usage or fault.
`,
  run(args, io) {
    const { settings, domains } = dkimSubject(args, io);
    const { keepRetiredMs } = settings.dkim;
    const removed: { domain: string; selector: string; record: string }[] = [];
    for (const domain of domains) {
      expectSound(domain);
      const due = chosen(domain, args).filter((selector) => {
        const leftMs = leftOf(selector, keepRetiredMs, args);
        if (leftMs > 0) io.err(`${domain.name}: ${selector.name} is kept for another ${formatAge(leftMs)}`);
        return leftMs <= 0;
      });
      if (due.length > 0) removeKeys(domain, due);
      for (const { name: selector } of due)
        removed.push({
          domain: domain.name,
          selector,
          record: dkimName({ selector, domain: domain.name }),
        });
    }
    if (args.json) io.out(JSON.stringify(removed, null, 2));
    else if (removed.length > 0) io.out(removed.map(({ record }) => record).join('\n'));
    if (removed.length > 0)
      io.err('Removed here. Remove these TXT records from DNS now, and the files on the other host.');
    else io.err('There is no key to remove.');
    return Promise.resolve(removed.length > 0 ? 0 : 1);
  },
};

function chosen({ name: domain, selectors }: DkimDomain, { options }: VerbArgs): Selector[] {
  const named = options['selector'];
  if (!Array.isArray(named)) return selectors.filter(({ state }) => state === 'retired');
  return named.map((name) => {
    const selector = selectors.find((one) => one.name === String(name).toLowerCase());
    if (!selector) throw new UsageError(`--selector: ${domain} has no key ${String(name)}`);
    if (selector.state === 'active')
      throw new UsageError(
        `--selector: ${selector.name} signs; "mailpair dkim rotate ${domain}" comes first`,
      );
    return selector;
  });
}

/** The time in ms for which the key must still be kept; 0 for a key that never signed. */
function leftOf({ state, since }: Selector, keepRetiredMs: number, { options }: VerbArgs): number {
  if (options['force'] === true || state !== 'retired') return 0;
  return since === null ? Infinity : since + keepRetiredMs - Date.now();
}
