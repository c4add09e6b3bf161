/**
 * Who a submitter is, and which rules it has. A user with a password is known by its name. Mail of a trusted host, and of a
 * server that logs in, is counted for its sender, by the reverse-path; for the host, or the name of the server, where
 * it is told so, and where the reverse-path is null. Pure.
 */
import { createNetworks } from '../../platform/network/addresses.ts';
import type { Settings } from '../../config/settings.ts';
import { recipientKey } from '../../platform/values/address.ts';
import type { SubmitterOf } from '../../platform/values/submitter.ts';
import { noLimits } from './usage.ts';

export function createSubmitterRules({
  submitters,
  domains,
}: Pick<Settings, 'submitters' | 'domains'>): SubmitterOf {
  const usual = domainSet(submitters.domains ?? domains.flatMap(({ name }) => [name, `.${name}`]));
  const exceptions = submitters.exceptions.map(({ domains: own, name, network, ...exception }) => ({
    ...exception,
    name: name?.toLowerCase(),
    networks: network === undefined ? undefined : createNetworks([network]),
    mayUse: own && domainSet(own),
  }));
  const byName = new Map(exceptions.map((exception) => [exception.name, exception]));
  const byNetwork = exceptions.filter(({ networks }) => networks);

  const servers = new Set(submitters.servers);

  return ({ user, address, reversePath }) => {
    const server = user !== undefined && servers.has(user.toLowerCase()) ? user : undefined;
    const person = server === undefined ? user : undefined;
    const network = byNetwork.find(({ networks }) => networks!.has(address));
    const host = server === undefined ? network : (byName.get(server.toLowerCase()) ?? network);
    const isHost = reversePath === '' || (host?.by ?? submitters.by) === 'host';
    const name = person ?? (isHost ? (server ?? address) : recipientKey(reversePath));
    const limits = isAmong(submitters.limited, person) ? submitters.limits : noLimits;
    const named = byName.get(name.toLowerCase());
    return {
      name,
      mayUse: named?.mayUse ?? host?.mayUse ?? usual,
      checksFrom: isAmong(submitters.from, person),
      limits: host || named ? { ...limits, ...host?.limits, ...named?.limits } : limits,
    };
  };
}

/** By the settings as they are now; the rules are made anew when those change. */
export function currentSubmitterRules(settings: () => Settings): SubmitterOf {
  let made: { readonly of: Settings; readonly rules: SubmitterOf } | undefined;
  return (submitting) => {
    const now = settings();
    if (made?.of !== now) made = { of: now, rules: createSubmitterRules(now) };
    return made.rules(submitting);
  };
}

const isAmong = (whom: 'all' | 'users' | 'none', user: string | undefined): boolean =>
  whom === 'all' || (whom === 'users' && user !== undefined);

/** Domains as an operator writes them: `example.com` is itself, `.example.com` any name below it, `*` all. */
function domainSet(patterns: readonly string[]): (domain: string) => boolean {
  if (patterns.includes('*')) return () => true;
  const known = new Set(patterns);
  return (domain) => {
    if (known.has(domain)) return true;
    for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1))
      if (dot > 0 && known.has(domain.slice(dot))) return true;
    return false;
  };
}
