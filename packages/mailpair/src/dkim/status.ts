/**
 * `mailpair dkim status`: shows the DKIM keys of the hosted domains and whether their records are visible in
 * DNS.
 */
import type { Visibility } from '@mailpair/planner/verify/dkim-visible';
import { kindOf } from '@mailpair/shared/gateway/sign/key-files';
import type { DkimDomain, Selector, SelectorState } from '@mailpair/shared/platform/tls/dkim-keys';
import { formatAge } from '@mailpair/shared/platform/values/age';
import { dkimSubject, dkimWatcher } from './domains.ts';
import { Table, terminalWidth } from '../framework/table.ts';
import type { Verb } from '../framework/verb.ts';

interface KeyStatus {
  readonly domain: string;
  /** Absent for a domain without keys. */
  readonly selector?: string;
  /** The type of the key; `?` if it cannot be read. */
  readonly type?: string;
  readonly state: SelectorState | 'none' | 'fault';
  readonly since?: string;
  readonly dns?: Visibility['kind'];
  /** The reason from DNS or from the key directory. */
  readonly why?: string;
}

export const dkimStatus: Verb = {
  usage: 'dkim status [DOMAIN …] [--offline] [--resolver ADDR:PORT]',
  options: { offline: { type: 'boolean' }, resolver: { type: 'string' } },
  help: `
Prints one line for each key: an active key signs, a waiting key does not sign yet, a retired key signed before.
Every name server of the domain is queried: visible, missing, other (the name has another key, or two),
unknown (no server responds).

  --offline          leave out DNS
  --resolver ADDR:PORT  ask this server only

Examples:
  mailpair dkim status
  mailpair dkim status --json | jq -r '.[] | select(.state == "active" and .dns != "visible") | .domain'

Exit: 0 what signs can be verified, 1 a key that signs is unreadable or not in DNS, 2 DNS could not be
asked, or usage.
`,
  async run(args, io) {
    const { settings, domains } = dkimSubject(args, io);
    const see = args.options['offline'] === true ? undefined : dkimWatcher(settings, args);
    const all = (await Promise.all(domains.map((domain) => statusOf(domain, see)))).flat();
    if (args.json) io.out(JSON.stringify(all, null, 2));
    else {
      const heads = ['DOMAIN', 'SELECTOR', 'TYPE', 'STATE', 'FOR', ...(see ? ['DNS'] : []), 'WHY'];
      io.out(
        new Table(heads, terminalWidth(io))
          .format(all.map((one) => cellsOf(one, see !== undefined)))
          .join('\n'),
      );
    }
    return exitCode(all);
  },
};

async function statusOf(
  domain: DkimDomain,
  see: ReturnType<typeof dkimWatcher> | undefined,
): Promise<KeyStatus[]> {
  const { name, selectors, fault } = domain;
  if (fault !== undefined) return [{ domain: name, state: 'fault', why: fault }];
  if (selectors.length === 0) return [{ domain: name, state: 'none', why: `mailpair dkim keygen ${name}` }];
  return Promise.all(
    selectors.map(async (selector) => {
      const seen = await see?.(domain, selector);
      return {
        domain: name,
        ...keyStatus(selector),
        ...(seen && { dns: seen.kind, ...('why' in seen && { why: seen.why }) }),
      };
    }),
  );
}

function keyStatus(selector: Selector): Omit<KeyStatus, 'domain'> {
  const { name, state, since, file } = selector;
  const type = kindOf(selector);
  return {
    selector: name,
    type: type ?? '?',
    state,
    ...(since !== null && { since: new Date(since).toISOString() }),
    ...(type === undefined && { why: `${file} holds no private key that can be read` }),
  };
}

function cellsOf({ domain, selector, type, state, since, dns, why }: KeyStatus, asked: boolean): string[] {
  const age = since === undefined ? '-' : formatAge(Date.now() - Date.parse(since));
  return [domain, selector ?? '-', type ?? '-', state, age, ...(asked ? [dns ?? '-'] : []), why ?? ''];
}

function exitCode(all: readonly KeyStatus[]): number {
  const signing = all.filter(({ state }) => state === 'active');
  const isBad = ({ type, dns }: KeyStatus): boolean => type === '?' || dns === 'missing' || dns === 'other';
  if (all.some(({ state }) => state === 'fault') || signing.some(isBad)) return 1;
  return signing.some(({ dns }) => dns === 'unknown') ? 2 : 0;
}
