/** Texts that several guides contain. */
import type { PairFacts, Relay } from './facts.ts';

export const titleOf = (server: string, { relay }: PairFacts): string =>
  `${server}: send by ${relay.host}, take mail from the pair only.`;

export const howItWaits = (where: string, { fallback }: PairFacts): string =>
  fallback
    ? `While neither gateway can be reached, ${where}.`
    : `While outbound cannot be reached, ${where}.`;

export const noFallback = (server: string, { fallback }: PairFacts): string =>
  fallback
    ? `${server} has no way to fall back to ${fallback.host}, though inbound would take its mail.`
    : '';

/** A step that adds a line to /etc/hosts if DNS does not resolve to the listener. */
export function hostsStep(...relays: (Relay | null)[]): { title: string; text: string; code: string }[] {
  const lines = relays.flatMap((relay) => (relay?.address ? [`${relay.address} ${relay.host}`] : []));
  if (lines.length === 0) return [];
  return [
    {
      title: 'Make the name lead to the listener',
      text: 'The gateway takes mail from submitters on an address that is not the public one of its name.',
      code: lines.map((line) => `grep -qxF '${line}' /etc/hosts || echo '${line}' >>/etc/hosts`).join('\n'),
    },
  ];
}

export const testText =
  'As a user of this server send a message to the outside, and one from the outside to yourself: both pass the ' +
  'pair, as their Received fields show. Then connect to port 25 of this server from a host that is none of the ' +
  'pair: its recipients are refused.';
