/**
 * The heartbeat of a gateway with several workers: the face speaks with the partners, and tells the other workers what is known
 * of them.
 */
import type { PartnerView } from '../pair/partner-view.ts';
import type { Sibling } from '../workers/siblings.ts';
import { isFace } from '../workers/slot.ts';
import { openPairing, sidesOf, type Pairing, type PairingParts } from './pairing.ts';

const LOOK_MS = 250;
const name = 'partners';

/** @throws when pair.caFile cannot be read */
export function pairingOf(sibling: Sibling, parts: PairingParts): Pairing {
  if (!isFace(sibling.slot)) return followPairing(sibling, parts);
  const pairing = openPairing(parts);
  return sibling.slot.of > 1 ? tellOfPartners(sibling, pairing) : pairing;
}

function tellOfPartners({ siblings }: Sibling, pairing: Pairing): Pairing {
  const all = (): readonly PartnerView[] => pairing.list();
  const changed = siblings.add({ name, news: all, all, take: () => undefined });
  let told = '';
  const timer = setInterval(() => {
    const now = JSON.stringify(all());
    if (now !== told) changed();
    told = now;
  }, LOOK_MS).unref();
  return {
    ...pairing,
    close() {
      clearInterval(timer);
      return pairing.close();
    },
  };
}

function followPairing({ siblings }: Sibling, parts: PairingParts): Pairing {
  let views: readonly PartnerView[] = [];
  siblings.add({
    name,
    news: () => undefined,
    all: () => undefined,
    take: (told) => void (views = told as readonly PartnerView[]),
  });
  return {
    list: () => [...views],
    ...sidesOf(() => views, parts),
    route: null,
    reload: () => undefined,
    announce: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
