/**
 * What a sender does when it is refused: it moves on to the other MX at once, or it waits and comes back to the same one. It follows
 * from samples, each of a refusal and of the clean message that was taken next. Pure.
 */

export type SenderClass = 'unknown' | 'moves' | 'waits';

export interface Sample {
  /** When it was refused, ms since the epoch: one refusal is one sample, whoever tells of it. */
  readonly at: number;
  readonly moved: boolean;
}

export interface Record {
  /** Samples of before do not count: the sender's mail was bad. */
  readonly from: number;
  /** The oldest first. */
  readonly samples: readonly Sample[];
}

/** A class needs so many samples. */
export const NEEDED = 5;
/** After which a sample does not count any more. */
const SAMPLE_MS = 7 * 24 * 3_600_000;
const MOST = 8;
/** The share of the samples that must agree. */
const AGREE = 0.8;

export const noRecord: Record = { from: 0, samples: [] };

export const recentOf = ({ samples }: Record, now: number): readonly Sample[] =>
  samples.filter(({ at }) => now - at < SAMPLE_MS);

export function classIn(record: Record, now: number): SenderClass {
  const samples = recentOf(record, now);
  if (samples.length < NEEDED) return 'unknown';
  const share = samples.filter(({ moved }) => moved).length / samples.length;
  if (share >= AGREE) return 'moves';
  return 1 - share >= AGREE ? 'waits' : 'unknown';
}

/** It does not matter which was told first, and how often. Where two tell of one refusal, the sender moved. */
export function joined(one: Record, other: Record, now: number): Record {
  const from = Math.max(one.from, other.from);
  const byTime = new Map<number, boolean>();
  for (const { at, moved } of [...one.samples, ...other.samples])
    if (at >= from && now - at < SAMPLE_MS) byTime.set(at, moved || byTime.get(at) === true);
  const samples = [...byTime].sort(([a], [b]) => a - b).map(([at, moved]): Sample => ({ at, moved }));
  return { from, samples: samples.slice(-MOST) };
}

export const isSame = (one: Record, other: Record): boolean => JSON.stringify(one) === JSON.stringify(other);

/** `["@example.com",0,[1798761600000,1],[1798761700000,0]]`: a line of the journal, and an item for partners. */
export const formatRecord = (sender: string, { from, samples }: Record): string =>
  JSON.stringify([sender, from, ...samples.map(({ at, moved }) => [at, moved ? 1 : 0])]);

export function parseRecord(text: string): [sender: string, Record] | undefined {
  try {
    const [sender, from, ...samples] = JSON.parse(text) as [unknown, unknown, ...unknown[]];
    if (!isSender(sender) || !isTime(from)) return undefined;
    return [sender, { from, samples: samples.flatMap(sampleIn).slice(-MOST) }];
  } catch {
    return undefined;
  }
}

function sampleIn(value: unknown): Sample[] {
  if (!Array.isArray(value) || !isTime(value[0])) return [];
  return [{ at: value[0], moved: value[1] === 1 }];
}

/** `@example.com`: all clients whose mail passes DMARC for the domain. Else a client: `192.0.2.7`, `2001:db8::/64`. */
export const isSender = (value: unknown): value is string =>
  typeof value === 'string' && /^(?:@[^\s"@\\]{1,253}|[\da-f.:/]{2,50})$/.test(value);

export const isTime = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
