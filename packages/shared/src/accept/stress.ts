/**
 * How long clients are waited for while sessions run out, as in Postfix's stress-dependent configuration. Pure.
 *
 * @param share of the sessions allowed that are in use, in all workers
 */
export const handshakeMs = (share: number): number => between(30_000, 5_000, strain(share));

/** Up to half of the sessions nothing changes; at nine tenths clients are waited for as briefly as possible. */
const strain = (share: number): number => Math.min(1, Math.max(0, (share - 0.5) / 0.4));

const between = (calm: number, strained: number, at: number): number =>
  Math.round(calm + (Math.min(calm, strained) - calm) * at);
