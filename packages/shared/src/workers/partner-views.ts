/**
 * The heartbeat of a gateway with several workers: the face speaks with the partners, and tells the other workers what is known
 * of them.
 */
import { openPairing, type Pairing, type PairingParts } from '../pairing.ts';
import type { PartnerView } from '../pair/partner-view.ts';
import { isFace } from './slot.ts';
import type { Worker } from './worker.ts';

const LOOK_MS = 250;
const name = 'partners';

/** @throws when pair.caFile cannot be read */
export function pairingOf(worker: Worker, parts: PairingParts): Pairing {
  if (!isFace(worker.slot)) return followPairing(worker, parts.role);
  const pairing = openPairing(parts);
  return worker.slot.of > 1 ? tellOfPartners(worker, pairing) : pairing;
}

function tellOfPartners({ siblings }: Worker, pairing: Pairing): Pairing {
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

function followPairing({ siblings }: Worker, role: PairingParts['role']): Pairing {
  let views: readonly PartnerView[] = [];
  siblings.add({
    name,
    news: () => undefined,
    all: () => undefined,
    take: (told) => void (views = told as readonly PartnerView[]),
  });
  return {
    list: () => [...views],
    others: () => views.filter((partner) => partner.role !== role),
    route: null,
    reload: () => undefined,
    announce: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
