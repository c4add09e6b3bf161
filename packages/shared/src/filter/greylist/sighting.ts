/** What greylisting keeps of a sender, how two gateways put it together, and how it is written. Pure. */

export interface Sighting {
  /** `seen`: a message was asked to come back, the first time then. `learnt`: mail of the sender was taken, the last time then. */
  readonly kind: 'seen' | 'learnt';
  readonly at: number;
}

/** Of messages the first time counts, of senders the last. It does not matter who tells whom, how often and in which order. */
export function merge(one: Sighting, other: Sighting): Sighting {
  if (one.kind !== other.kind) return one.kind === 'learnt' ? one : other;
  const isOne = one.kind === 'seen' ? one.at <= other.at : one.at >= other.at;
  return isOne ? one : other;
}

/** `?1798761600000 3x0T2v…` for seen, `+…` for learnt. */
export const formatSighting = (key: string, { kind, at }: Sighting): string =>
  `${kind === 'learnt' ? '+' : '?'}${at} ${key}`;

export function parseSighting(text: string): [key: string, Sighting] | undefined {
  const [, sign, time, key] = /^([+?])(\d{1,15}) ([\w-]{22})$/.exec(text) ?? [];
  return key === undefined ? undefined : [key, { kind: sign === '+' ? 'learnt' : 'seen', at: Number(time) }];
}
