/**
 * What a gateway tells its partners in every heartbeat and in every answer to one, as JSON. Pure. What cannot be read
 * is no beat; fields that a later version adds are passed over.
 */
import type { Digest } from './configuration-digest.ts';
import type { Capacity } from './partner-view.ts';
import { isTopicName, MAX_ITEM, type Told } from '../../platform/topics.ts';

export interface Beat extends Capacity {
  readonly version: string;
  /** When the process started, by its own clock. */
  readonly startedAt: number;
  readonly draining: boolean;
  /** How long ago each local server answered this gateway, in ms. Those that do not answer it are absent. */
  readonly answeredAgo: Readonly<Record<string, number>>;
  readonly freeDiskBytes: number;
  /** Of the configuration, by the key of the secret that the beat is signed with. */
  readonly digest: Digest;
  /** What is new by topic; only on the way to a partner, not in answers. */
  readonly told: Told;
}

/** Octets that a beat may have. */
export const MAX_BEAT_BYTES = 512 * 1024;

export const formatBeat = (beat: Beat): Buffer => Buffer.from(JSON.stringify(beat));

export function parseBeat(octets: Buffer): Beat | undefined {
  const raw = readJson(octets);
  if (!isRecord(raw) || !isRecord(raw['load'])) return undefined;
  const { version, startedAt, draining, load, headroom, sheds, freeDiskBytes, digest, told } = raw;
  const { answeredAgo = {}, messagesPerSecond, grant } = raw; // absent in a version before
  if (typeof version !== 'string' || !/^[\w.+-]{1,40}$/.test(version)) return undefined;
  if (!isNumber(startedAt) || !isNumber(headroom) || !isNumber(freeDiskBytes)) return undefined;
  if (typeof draining !== 'boolean' || typeof sheds !== 'boolean') return undefined;
  if (!isNumber(load['value']) || !isRecordOf(load['parts'], isNumber)) return undefined;
  if (!isRecordOf(answeredAgo, isNumber)) return undefined;
  if (!isRate(messagesPerSecond) || !isRate(grant)) return undefined;
  if (!isRecordOf(digest, isText) || !isRecordOf(told, isList)) return undefined;
  return {
    version,
    startedAt,
    draining,
    load: { value: load['value'], parts: load['parts'] },
    headroom,
    sheds,
    ...(messagesPerSecond !== undefined && { messagesPerSecond }),
    ...(grant !== undefined && { grant }),
    answeredAgo,
    freeDiskBytes,
    digest,
    told: readTold(told),
  };
}

/** Without what is no item of a topic. */
function readTold(raw: Readonly<Record<string, readonly unknown[]>>): Told {
  const topics = Object.entries(raw).filter(([name]) => isTopicName(name));
  return Object.fromEntries(
    topics.map(([name, items]) => [
      name,
      items.filter((item) => isText(item) && item.length <= MAX_ITEM) as string[],
    ]),
  );
}

function readJson(octets: Buffer): unknown {
  try {
    return JSON.parse(octets.toString()) as unknown;
  } catch {
    return undefined;
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isRate = (value: unknown): value is number | undefined =>
  value === undefined || (isNumber(value) && value >= 0);
const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isRecordOf<T>(
  value: unknown,
  is: (item: unknown) => item is T,
): value is Readonly<Record<string, T>> {
  return isRecord(value) && Object.values(value).every(is);
}
