/**
 * Selects the keys of the operator's configuration that a measurement of capacity keeps in addition to those
 * of a rehearsal (kept-keys.ts): the checks and their settings, unless they name an external service. Also
 * states the keys that differ in a measurement, so that mail of few senders is accepted at full speed. Pure.
 */
import type { Settings } from '@mailpair/shared/config/settings';
import type { GivenKey } from './kept-keys.ts';
import { strays } from './strays.ts';

const CHECKS = /^(?:judge|bayes|content|attachments|authentication|spf|dmarc|spoofing|lookalike|clients)\./;

/** In the form of `--set`. */
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

/** Sentences on configured checks that cost CPU time but are not measured. */
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
