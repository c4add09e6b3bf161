/**
 * Who is let in with a heartbeat: its seal must be genuine, meant for this node in this run of its process, from a
 * node of the pair, fresh, and new. The order is that of what may be believed: before the seal is genuine nothing in
 * it is. No I/O; what it remembers is bounded.
 */
import type { PartnerKey, PartnerKeys } from './partner-keys.ts';
import { isStale, ReplayGuard } from './partner-replay.ts';
import { isGenuine, parseSeal, type Seal, type Sealed } from './partner-signature.ts';

/**
 * - `malformed`: no seal, or none that can be read
 * - `secret`: signed with a secret that is not ours
 * - `forged`: said to be signed with ours, and is not
 * - `receiver`, `sender`: meant for another node; from one that is not of the pair
 * - `stale`: our clocks are too far apart, or it is old
 * - `replayed`: it was here before, or one that came after it
 */
export type Refusal = 'malformed' | 'secret' | 'forged' | 'receiver' | 'sender' | 'stale' | 'replayed';

export type Judged =
  | { readonly kind: 'admitted'; readonly seal: Seal; readonly key: PartnerKey }
  /** Genuine, but the sender does not know yet in which run we are. It is told, and sends another. */
  | { readonly kind: 'introduced'; readonly seal: Seal; readonly key: PartnerKey }
  | {
      readonly kind: 'refused';
      readonly reason: Refusal;
      /** When it is genuine: then it can be answered under seal. */
      readonly genuine?: { readonly seal: Seal; readonly key: PartnerKey };
    };

export const statusOf: Readonly<Record<Refusal, number>> = {
  malformed: 401,
  secret: 401,
  forged: 401,
  receiver: 403,
  sender: 403,
  stale: 403,
  replayed: 403,
};

/** Who we are. */
export interface Self {
  /** `inbound/mx-in.example.com` */
  readonly name: string;
  /** Of this process, never the same twice. */
  readonly run: string;
}

export class Gate {
  readonly #self: Self;
  readonly #guard = new ReplayGuard();

  constructor(self: Self) {
    this.#self = self;
  }

  judge(
    text: string,
    sealed: Sealed,
    { keys, isPartner, now }: { keys: PartnerKeys; isPartner: (name: string) => boolean; now: number },
  ): Judged {
    const read = parseSeal(text);
    if (!read) return { kind: 'refused', reason: 'malformed' };
    const key = keys.find(({ id }) => id === read.seal.key);
    if (!key) return { kind: 'refused', reason: 'secret' };
    if (!isGenuine(read, sealed, key)) return { kind: 'refused', reason: 'forged' };
    const { seal } = read;
    const refuse = (reason: Refusal): Judged => ({ kind: 'refused', reason, genuine: { seal, key } });
    if (seal.to !== this.#self.name) return refuse('receiver');
    if (!isPartner(seal.from)) return refuse('sender');
    if (isStale(seal.time, now)) return refuse('stale');
    if (seal.toRun !== this.#self.run) return { kind: 'introduced', seal, key };
    if (!this.#guard.admits(seal.from, seal.fromRun, seal.number)) return refuse('replayed');
    return { kind: 'admitted', seal, key };
  }
}
