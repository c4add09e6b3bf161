/**
 * The view of one updater: which addresses it sees up, down or draining. Every updater writes its view as one
 * TXT record under `_mailpair-views.NAME`, so that the others can read it:
 *
 *   v=mailpair1 by=ns1.example.com/k3f9a2 since=1790000000 at=1790000600
 *   for=180 up=192.0.2.1@20 down=192.0.2.2
 *
 * `since` is the start of the updater and `at` the time of writing, both in seconds since the epoch by the
 * clock of the writer. The view is valid for `for` seconds. `@20` is a load of 20 %. Unknown fields are
 * ignored. The text is one line. Pure.
 */
import { isAddress, normaliseAddress } from '@mailpair/shared/platform/network/addresses';

export type SightedAs = 'up' | 'down' | 'draining';

export interface Sighting {
  readonly as: SightedAs;
  /** From 0 (idle) to 1 (full); null if it is unknown. */
  readonly load: number | null;
}

export interface View {
  /** Host and process of the updater: `ns1.example.com/k3f9a2`. */
  readonly by: string;
  readonly since: number;
  readonly at: number;
  readonly validSeconds: number;
  readonly sightings: ReadonlyMap<string, Sighting>;
}

export const viewsNameOf = (host: string): string => `_mailpair-views.${host}`;

/** The host of an updater, without the identifier of the process. */
export const hostOf = ({ by }: Pick<View, 'by'>): string => by.slice(0, by.indexOf('/'));

/** The maximum length of the text in octets, enough for more than 100 addresses. */
const LONGEST_TEXT = 4096;
const LONGEST_VALID_SECONDS = 14_400;
const states: readonly SightedAs[] = ['up', 'down', 'draining'];

/** The RDATA of the TXT record: the text in strings of at most 255 octets (RFC 1035 §3.3.14). */
export function formatView({ by, since, at, validSeconds, sightings }: View): Buffer {
  const lists = states.flatMap((state) => {
    const items = [...sightings].filter(([, { as }]) => as === state).map(formatItem);
    return items.length > 0 ? [`${state}=${items.join(',')}`] : [];
  });
  const words = ['v=mailpair1', `by=${by}`, `since=${since}`, `at=${at}`, `for=${validSeconds}`, ...lists];
  const strings = words.join(' ').match(/.{1,255}/g) ?? [];
  return Buffer.concat(strings.flatMap((text) => [Buffer.of(text.length), Buffer.from(text, 'latin1')]));
}

const formatItem = ([address, { load }]: [string, Sighting]): string =>
  load === null ? address : `${address}@${Math.round(load * 100)}`;

/** Undefined if the data is not a complete and valid view. */
export function parseView(data: Buffer): View | undefined {
  const text = textOf(data);
  if (text === undefined || text.length > LONGEST_TEXT) return undefined;
  const words = text
    .split(' ')
    .map((word) => [word.split('=', 1)[0]!, word.slice(word.indexOf('=') + 1)] as const);
  const values = new Map(words);
  if (values.size !== words.length || values.get('v') !== 'mailpair1') return undefined;
  const by = values.get('by') ?? '';
  const [since, at, validSeconds] = ['since', 'at', 'for'].map((name) => readNumber(values.get(name)));
  if (!/^[a-z0-9._-]{1,63}\/[a-z0-9]{1,16}$/.test(by)) return undefined;
  if (since === undefined || at === undefined || validSeconds === undefined) return undefined;
  if (validSeconds > LONGEST_VALID_SECONDS) return undefined;
  const sightings = readSightings(values);
  return sightings && { by, since, at, validSeconds, sightings };
}

/** The strings of a TXT record as one text; undefined if a string extends past the end of the data. */
function textOf(data: Buffer): string | undefined {
  let text = '';
  for (let at = 0; at < data.length;) {
    const end = at + 1 + data[at]!;
    if (end > data.length) return undefined;
    text += data.toString('latin1', at + 1, end);
    at = end;
  }
  return text;
}

const readNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) : undefined;

/** Undefined if an item is not an address or occurs twice. */
function readSightings(values: ReadonlyMap<string, string>): Map<string, Sighting> | undefined {
  const sightings = new Map<string, Sighting>();
  for (const as of states)
    for (const item of values.get(as)?.split(',') ?? []) {
      const { address = '', load } =
        /^(?<address>[0-9a-f.:]{2,45})(?:@(?<load>\d{1,3}))?$/.exec(item)?.groups ?? {};
      if (!isAddress(address) || sightings.has(normaliseAddress(address))) return undefined;
      const isLoad = load !== undefined && Number(load) <= 100;
      sightings.set(normaliseAddress(address), { as, load: isLoad ? Number(load) / 100 : null });
    }
  return sightings;
}

/** The content of a damaged record in printable characters, for a log event. */
export function excerptOf(data: Buffer): string {
  const text = (textOf(data) ?? data.toString('latin1')).slice(0, 80);
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/**
 * Whether both contain the same addresses in the same state. Loads are ignored, because they change all the
 * time.
 */
export const isSameSight = (a: ReadonlyMap<string, Sighting>, b: ReadonlyMap<string, Sighting>): boolean =>
  a.size === b.size && [...a].every(([address, { as }]) => b.get(address)?.as === as);
