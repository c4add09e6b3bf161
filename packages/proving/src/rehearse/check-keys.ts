/**
 * The keys of the operator's configuration that a measurement of capacity has besides those that a rehearsal keeps (kept-keys.ts): what
 * is checked, and how, as far as it names nothing outside. And the keys in which a measurement differs, so that mail of a few senders
 * comes in as fast as it can. Pure.
 */
import type { Settings } from '@mailpair/shared/config/settings';
import type { GivenKey } from './kept-keys.ts';
import { strays } from './strays.ts';

const CHECKS = /^(?:judge|bayes|content|attachments|authentication|spf|dmarc|spoofing|lookalike|clients)\./;

/** As `--set` takes them. */
export const checkKeys = (given: readonly GivenKey[]): string[] =>
  given
    .filter(
      ({ path, raw, layer }) => layer !== 'default' && CHECKS.test(path) && strays(raw, '/none').length === 0,
    )
    .map(({ path, raw }) => `${path}=${JSON.stringify(raw)}`);

export const unhinderedKeys: readonly string[] = [
  'greylist.mode=off',
  'load.shed=false',
  'limits.connections=1000',
  'limits.connectionsPerClient=1000',
  'limits.connectionsPerNetwork=1000',
  ...['connectionsPerClient', 'connectionsPerNetwork', 'messagesPerClient', 'messagesPerNetwork'].map(
    (name) => `rates.${name}=none`,
  ),
  'rates.messagesPerSender=none',
  'rates.recipientsPerClient=none',
];

/** What is configured and costs CPU besides, and is not measured; sentences. */
export function unmeasured({ clamav, rspamd, lists, bayes }: Settings): string[] {
  return [
    ...(clamav.servers.length > 0 || rspamd.servers.length > 0
      ? ['clamd and rspamd were not asked: their own CPU time comes on top if they run on this host.']
      : []),
    ...(lists.deny.length + lists.allow.length + lists.domains.length > 0
      ? ['DNS lists were not asked.']
      : []),
    ...(bayes.mode === 'off' ? [] : ['The classifier had no examples, so it did not judge.']),
  ];
}
