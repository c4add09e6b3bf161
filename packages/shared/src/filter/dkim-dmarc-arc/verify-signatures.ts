/**
 * DKIM signatures and the ARC chain of a message (RFC 6376, RFC 8301, RFC 8463, RFC 8617), by mailauth's verifier in its
 * strict form: rsa-sha1 and keys under 1,024 bits count nothing, a signature that does not cover From neither.
 *
 * Bounded: the header section is, of its signatures ten are looked at, none over 4 KB or with long blanks, two with `l=`.
 * Where nothing is signed the content is not read. The verifier is driven by hand, with fields that were taken apart before, for by
 * itself it takes long to find where the header ends, and time by the square of the lines of a field.
 */
import { setImmediate } from 'node:timers/promises';
import type { ARCResult, DKIMResult, DNSResolver } from 'mailauth';
import { BodyHash } from '../../platform/values/body-hash.ts';
import { octetsIn } from '../../platform/files/regular-file.ts';
import type { Body } from '../../platform/values/body.ts';
import { rememberKeys, type KeyCache } from './remembered-keys.ts';
import { valueOf, type Field, type HeaderSection } from './header-section.ts';

export interface Signatures {
  readonly dkim: readonly DKIMResult[];
  /** Undefined without a chain. */
  readonly arc: ARCResult | undefined;
  /** The sets of a chain that is one, the oldest first. */
  readonly sets: readonly ArcSet[];
  /** The addresses in From. */
  readonly from: readonly string[];
  readonly fromFields: number;
  /** Signatures that were not looked at. */
  readonly leftOut: number;
}

export interface ArcSet {
  /** The domain of the seal. */
  readonly sealer: string;
  /** Its ARC-Authentication-Results, unfolded. */
  readonly saw: string;
}

interface ArcEntry {
  readonly 'arc-seal': { readonly parsed: { readonly d?: { readonly value: string } } };
  readonly 'arc-authentication-results': { readonly original: Buffer | string };
}

interface ArcData {
  readonly chain: readonly ArcEntry[] | false;
  keyCache: KeyCache;
  /** Why there is no chain, though there are parts of one. */
  readonly error?: Error;
}

/** What is used of mailauth's verifier, whose types are not published. */
interface Verifier {
  headers: object;
  readonly results: readonly DKIMResult[];
  readonly headerFrom: readonly string[];
  readonly fromFields: number;
  readonly arc: ArcData;
  readonly bodyHashes: Map<string, HashOfBody>;
  keyCache: KeyCache;
  messageHeaders(headers: object): Promise<void>;
  nextChunk(chunk: Buffer): Promise<void>;
  finalChunk(): Promise<void>;
}

type VerifierClass = new (options: {
  readonly resolver: DNSResolver;
  readonly strict: true;
  readonly curTime: Date;
}) => Verifier;

type Arc = (data: ArcData, options: { resolver: DNSResolver; strict: true }) => Promise<ARCResult>;

export interface VerifyParts {
  readonly resolver: DNSResolver;
  /** Whose answers they are: keys are remembered by it. */
  readonly owner: object;
  readonly at: number;
  readonly signal: AbortSignal;
}

const SIGNATURES = 10;
const SIGNATURE_CHARACTERS = 4 * 1024;
/** Of those that cover a part of the content only: each part is hashed by itself. */
const PARTIAL = 2;
/** mailauth takes time by the square of such a run in a signature; folding has a few octets of it. */
const LONG_BLANK = /[ \t\r\n]{100}/;
/** Of fields that mailauth takes apart. */
const FIELD_CHARACTERS = 8 * 1024;
/** After so many octets of content others have their turn. */
const TURN_BYTES = 256 * 1024;
/** Of ARC sets; RFC 8617 §4.2.1 allows 50, each of which costs a key and a verification. */
const SETS = 15;

/** With what else the verifier asks of one. */
class HashOfBody extends BodyHash {
  /** What `digest` gave; kept here by the verifier. */
  hash = '';
  /** Of no use here. */
  setContentType(): void {}
  getMimeStructureStart(): undefined {}
}

let library: Promise<{ readonly Verifier: VerifierClass; readonly arc: Arc }> | undefined;

async function load(): Promise<{ readonly Verifier: VerifierClass; readonly arc: Arc }> {
  const [verifier, { arc }] = await Promise.all([
    // @ts-expect-error mailauth publishes no types of this file; `Verifier` has what is used of it
    import('mailauth/lib/dkim/dkim-verifier.js') as Promise<{ DkimVerifier: VerifierClass }>,
    import('mailauth/lib/arc/index.js'),
  ]);
  /** Each body hash is ours: it takes a fourth of the time. */
  class OurVerifier extends verifier.DkimVerifier {
    addBodyHash(canonicalization: string, algorithm: string, limit: unknown): string {
      const key = `${canonicalization}:${algorithm}:${String(limit)}`;
      if (!this.bodyHashes.has(key))
        this.bodyHashes.set(
          key,
          new HashOfBody(canonicalization, algorithm, typeof limit === 'number' ? limit : undefined),
        );
      return key;
    }
  }
  return { Verifier: OurVerifier, arc: arc as unknown as Arc };
}

/** @throws when the content cannot be read, or `signal` is aborted */
export async function verifySignatures(
  body: Body,
  section: HeaderSection,
  { resolver, owner, at, signal }: VerifyParts,
): Promise<Signatures> {
  const { Verifier, arc } = await (library ??= load());
  const verifier = new Verifier({ resolver, strict: true, curTime: new Date(at) });
  verifier.arc.keyCache = verifier.keyCache = rememberKeys(verifier.keyCache, at, owner);
  const { fields, leftOut } = bounded(section);
  verifier.headers = { parsed: fields.map(rowOf) };
  await verifier.messageHeaders(verifier.headers);
  const { headerFrom: from, fromFields } = verifier;
  if (section.contentAt === undefined)
    return { dkim: [], arc: undefined, sets: [], from, fromFields, leftOut };
  if (verifier.bodyHashes.size > 0) await readContent(body, section.contentAt, verifier, signal);
  await verifier.finalChunk();
  const { chain, error } = verifier.arc;
  return {
    dkim: verifier.results.filter(({ status }) => (status.result as string) !== 'none'),
    sets: (chain || []).map(setOf),
    arc: chain || error ? await arc(verifier.arc, { resolver, strict: true }) : undefined,
    from,
    fromFields,
    leftOut,
  };
}

const setOf = (entry: ArcEntry): ArcSet => ({
  sealer: entry['arc-seal'].parsed.d?.value ?? '',
  saw: valueOf({ name: '', raw: entry['arc-authentication-results'].original.toString() }),
});

async function readContent(body: Body, from: number, verifier: Verifier, signal: AbortSignal): Promise<void> {
  let turn = 0;
  for await (const chunk of contentOf(body, from)) {
    signal.throwIfAborted();
    await verifier.nextChunk(chunk);
    turn += chunk.length;
    if (turn < TURN_BYTES) continue;
    turn = 0;
    await setImmediate();
  }
}

/** A field as mailauth has it. To take a section apart by itself it needs time by the square of its lines. */
function rowOf({ name, raw }: Field): object {
  const line = name === 'from' || name === 'content-type' ? raw.slice(0, FIELD_CHARACTERS) : raw;
  return { key: name, casedKey: name, line: Buffer.from(line, 'latin1') };
}

/** The fields without the signatures that are too many or too long, and without a chain that is. */
function bounded({ fields }: HeaderSection): { readonly fields: readonly Field[]; readonly leftOut: number } {
  const seals = fields.filter(({ name }) => name === 'arc-seal').length;
  let signatures = 0;
  let partial = 0;
  const kept = fields.filter(({ name, raw }) => {
    if (name.startsWith('arc-'))
      return seals <= SETS && raw.length <= 2 * SIGNATURE_CHARACTERS && !LONG_BLANK.test(raw);
    if (name !== 'dkim-signature') return true;
    if (raw.length > SIGNATURE_CHARACTERS || LONG_BLANK.test(raw)) return false;
    if (/;\s*l\s*=/i.test(raw)) partial += 1;
    signatures += 1;
    return signatures <= SIGNATURES && partial <= PARTIAL;
  });
  return { fields: kept, leftOut: fields.length - kept.length };
}

/** The octets behind the header section, wherever they lie. */
async function* contentOf(body: Body, from: number): AsyncIterable<Buffer> {
  if (body.path !== undefined) {
    yield* octetsIn(body.path, from);
    return;
  }
  let passed = 0;
  for (const chunk of body.chunks ?? []) {
    const skip = Math.max(0, from - passed);
    if (skip < chunk.length) yield skip === 0 ? chunk : chunk.subarray(skip);
    passed += chunk.length;
  }
}

/** Signs of a mailing list (RFC 2919, RFC 2369): what it calls itself. */
export function listIn(fields: readonly Field[]): string | undefined {
  const field = fields.find(({ name }) => ['list-id', 'list-post', 'mailing-list'].includes(name));
  return field && valueOf(field).slice(0, 200);
}
