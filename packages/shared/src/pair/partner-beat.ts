/**
 * What a gateway tells its partners in every heartbeat and in every answer to one, as JSON. Pure. What cannot be read
 * is no beat; fields that a later version adds are passed over.
 */
import type { Digest } from './configuration-digest.ts';
import type { Capacity } from './partner-view.ts';

export interface Beat extends Capacity {
  readonly version: string;
  /** When the process started, by its own clock. */
  readonly startedAt: number;
  readonly draining: boolean;
  readonly freeDiskBytes: number;
  /** Of the configuration, by the key of the secret that the beat is signed with. */
  readonly digest: Digest;
  /** What was learnt about recipients; only on the way to a partner, not in answers. */
  readonly knowledge: readonly Learnt[];
}

/** Something known about a recipient: valid or not, since when. */
export interface Learnt {
  readonly recipient: string;
  readonly valid: boolean;
  readonly learnedAt: number;
}

/** Octets that a beat may have. */
export const MAX_BEAT_BYTES = 512 * 1024;

export function formatBeat({ knowledge, ...beat }: Beat): Buffer {
  return Buffer.from(JSON.stringify({ ...beat, knowledge: knowledge.map(formatLearnt) }));
}

export function parseBeat(octets: Buffer): Beat | undefined {
  const raw = readJson(octets);
  if (!isRecord(raw) || !isRecord(raw['load'])) return undefined;
  const { version, startedAt, draining, load, headroom, sheds, freeDiskBytes, digest, knowledge } = raw;
  if (typeof version !== 'string' || !/^[\w.+-]{1,40}$/.test(version)) return undefined;
  if (!isNumber(startedAt) || !isNumber(headroom) || !isNumber(freeDiskBytes)) return undefined;
  if (typeof draining !== 'boolean' || typeof sheds !== 'boolean') return undefined;
  if (!isNumber(load['value']) || !isRecordOf(load['parts'], isNumber)) return undefined;
  if (!isRecordOf(digest, isText) || !Array.isArray(knowledge)) return undefined;
  return {
    version,
    startedAt,
    draining,
    load: { value: load['value'], parts: load['parts'] },
    headroom,
    sheds,
    freeDiskBytes,
    digest,
    knowledge: knowledge.map(parseLearnt).filter((learnt) => learnt !== undefined),
  };
}

/** `+1798761600000 user@example.com` */
const formatLearnt = ({ recipient, valid, learnedAt }: Learnt): string =>
  `${valid ? '+' : '-'}${learnedAt} ${recipient}`;

function parseLearnt(raw: unknown): Learnt | undefined {
  const match = typeof raw === 'string' ? /^([+-])(\d{1,15}) (\S{1,400})$/.exec(raw) : null;
  const [, sign, time, recipient] = match ?? [];
  if (time === undefined || !recipient?.includes('@')) return undefined;
  return { recipient, valid: sign === '+', learnedAt: Number(time) };
}

function readJson(octets: Buffer): unknown {
  try {
    return JSON.parse(octets.toString()) as unknown;
  } catch {
    return undefined;
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isRecordOf<T>(
  value: unknown,
  is: (item: unknown) => item is T,
): value is Readonly<Record<string, T>> {
  return isRecord(value) && Object.values(value).every(is);
}
