/**
 * Looks into attachments: archives within archives, documents with macros. Whatever they are made to do, they are bounded in
 * depth, members and octets, and what could not be opened is said.
 */
import { classesOf } from '../../platform/values/attachment-rules.ts';
import type { AttachmentFacts } from '../../platform/values/content.ts';
import {
  ArchiveFault,
  Bomb,
  ENCRYPTED,
  Unpacking,
  type Member,
  type UnpackBounds,
} from './archives/archive.ts';
import { inflated, inflatedArchive, inflatedStart } from './archives/inflate.ts';
import { libarchiveMembers, type Libarchive } from './archives/libarchive.ts';
import { isOutlookMessage } from './archives/outlook-message.ts';
import { zipMembers } from './archives/zip.ts';
import { bounds } from './bounds.ts';
import { looksLike } from './looks-like.ts';
import { cmsMembers, messageMembers, outlookMembers, tnefMembers } from './messages-within.ts';
import type { Notes } from './notes.ts';
import { isHtmlFile, readAlone, readRtf } from './read-leaf.ts';
import { isMessageFile } from './read-parts.ts';

/** Opens one attachment: notes what is in it, and gives what is to be said of itself. */
export type Opener = (octets: Buffer, facts: AttachmentFacts, notes: Notes) => AttachmentFacts;

type Said = Pick<AttachmentFacts, 'encrypted' | 'macros' | 'bomb' | 'unopened'> & { looksLike?: string };

const ours = new Set(['zip', 'gzip', 'zstd', 'tnef', 'cms', 'message']);
const theirs = new Set(['7z', 'rar', 'tar', 'cab', 'cpio', 'bzip2', 'xz', 'lha', 'iso']);
/** Types that hold a message which its first octets may not identify (RFC 8551 §3.2.1, RFC 3156 §4). */
const byType: ReadonlyMap<string, string> = new Map([
  ['application/pkcs7-mime', 'cms'],
  ['application/x-pkcs7-mime', 'cms'],
  ['application/ms-tnef', 'tnef'],
  ['application/vnd.ms-tnef', 'tnef'],
  ['application/pgp-encrypted', 'pgp'],
]);
/** Packed in ways that nothing here unpacks. */
const closed = new Set('ace applesingle ar arj compress lz4 lzip lzma rpm udf wim xar'.split(' '));

const MORE = 'it holds more files than are looked at';

/** @throws what is no fault of an archive */
function saidOfFault(error: unknown): Said {
  if (!(error instanceof ArchiveFault)) throw error;
  const unopened = error.message.slice(0, 200);
  if (/encrypt|passphrase/i.test(unopened)) return { encrypted: true, unopened };
  return error instanceof Bomb ? { bomb: true, unopened } : { unopened };
}

/** An attachment that was to be opened when reading was given up. */
export const notOpened = (facts: AttachmentFacts, unopened: string): AttachmentFacts =>
  isToOpen(facts) && facts.unopened === undefined ? { ...facts, unopened } : facts;

/** Why an archive is not opened for the sake of a file in it. */
const within = ({ name }: Member, unopened: string): string =>
  unopened === MORE ? MORE : `${name.slice(-80)}: ${unopened}`.slice(0, 300);

/** As what it is opened: the first octets say it, or else the declared type, or else the name of a file in an archive. */
function kindOf({ looksLike, declaredType, name, depth }: AttachmentFacts): string {
  if (looksLike !== '') return looksLike;
  return byType.get(declaredType) ?? (depth > 0 && isMessageFile(name) ? 'message' : '');
}

export function isToOpen(facts: AttachmentFacts): boolean {
  const kind = kindOf(facts);
  return ours.has(kind) || theirs.has(kind) || closed.has(kind) || kind === 'ole' || kind === 'pgp';
}

export class Openings {
  readonly #unpacking: Unpacking;
  readonly #library: Libarchive | undefined;
  /** There was something to open that only the library can. */
  wantsLibrary = false;

  /** @param usedMs CPU time that reading the message has taken by now */
  constructor(unpack: UnpackBounds, library?: Libarchive, usedMs = (): number => 0) {
    this.#unpacking = new Unpacking(unpack, usedMs);
    this.#library = library;
  }

  readonly open: Opener = (octets, facts, notes) => {
    if (!isToOpen(facts)) return facts;
    return { ...facts, ...this.#said(octets, facts, notes) };
  };

  #said(octets: Buffer, facts: AttachmentFacts, notes: Notes): Said {
    const kind = kindOf(facts);
    if (kind === 'ole' && !isOutlookMessage(octets)) return saidOfOle(octets);
    if (kind === 'pgp') return { encrypted: true };
    if (closed.has(kind)) return { unopened: `${kind} is not opened here` };
    if (facts.depth >= this.#unpacking.depth) return { unopened: 'attachments.depth is reached' };
    try {
      this.#unpacking.checkTime();
      if (kind === 'gzip' || kind === 'zstd') return this.#single(octets, facts, notes, kind);
      if (kind === 'cms')
        return saidOfCms(
          this.#members(cmsMembers(octets, facts.name, notes, this.#unpacking), facts, notes),
          facts,
        );
      if (kind === 'message') return this.#members(messageMembers(octets, notes), facts, notes);
      if (kind === 'ole') return this.#members(outlookMembers(octets, notes, this.#unpacking), facts, notes);
      if (kind === 'tnef') return this.#members(tnefMembers(octets, notes), facts, notes);
      return this.#members(this.#readerOf(kind, octets), facts, notes);
    } catch (error) {
      return saidOfFault(error);
    }
  }

  #readerOf(kind: string, octets: Buffer): Iterable<Member> {
    if (kind === 'zip') return this.#zip(octets);
    this.wantsLibrary = true;
    if (!this.#library || this.#library.broken)
      throw new ArchiveFault('no reader for its kind at the moment');
    if (kind === 'rar' && isRarEncrypted(octets)) throw new ArchiveFault('its list of files is encrypted');
    return libarchiveMembers(octets, this.#library, this.#unpacking);
  }

  /** Members of a zip that are packed in rarer ways are left to the library. */
  *#zip(octets: Buffer): Iterable<Member> {
    const foreign = new Map<string, Member>();
    for (const member of zipMembers(octets, this.#unpacking))
      if (member.foreign) foreign.set(member.name, member);
      else yield member;
    if (foreign.size === 0) return;
    this.wantsLibrary = true;
    if (this.#library && !this.#library.broken)
      for (const member of libarchiveMembers(octets, this.#library, this.#unpacking))
        if (foreign.delete(member.name)) yield member;
    yield* foreign.values();
  }

  /** One file, which may be a tar. */
  #single(octets: Buffer, facts: AttachmentFacts, notes: Notes, kind: 'gzip' | 'zstd'): Said {
    const start = inflatedStart(octets, kind, this.#unpacking);
    if (looksLike(start) === 'tar') return this.#tar(octets, facts, notes, kind);
    const name = facts.name.slice(facts.name.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
    const member: Member = {
      name,
      sizeBytes: start.length,
      head: start,
      content: () => inflated(octets, kind, this.#unpacking),
      check: () => void inflated(octets, kind, this.#unpacking),
    };
    return this.#members([member], facts, notes);
  }

  /** The library inflates gzip as it goes, and does not know zstd; behind the end of the archive there may be more. */
  #tar(octets: Buffer, facts: AttachmentFacts, notes: Notes, kind: 'gzip' | 'zstd'): Said {
    const { roomBytes } = this.#unpacking;
    if (kind === 'zstd')
      return this.#members(this.#readerOf('tar', inflatedArchive(octets, kind, roomBytes)), facts, notes);
    const said = this.#members(this.#readerOf('tar', octets), facts, notes);
    if (said.unopened !== undefined) return said;
    try {
      inflatedArchive(octets, kind, roomBytes);
      return said;
    } catch (error) {
      return { ...said, ...saidOfFault(error) };
    }
  }

  #members(members: Iterable<Member>, outer: AttachmentFacts, notes: Notes): Said {
    const said: { -readonly [K in keyof Said]: Said[K] } = {};
    const office = new Office();
    try {
      for (const member of members) {
        this.#unpacking.checkTime();
        this.#unpacking.members -= 1;
        if (this.#unpacking.members < 0) throw new ArchiveFault(MORE);
        if (member.name.endsWith('/') && member.sizeBytes === 0) continue;
        office.see(member.name);
        const facts = this.#member(member, outer, notes, office.isPartOfDocument(member.name));
        if (facts.encrypted) said.encrypted = true;
        if (facts.macros) said.macros = true;
        if (facts.bomb) said.bomb = true;
        if (facts.unopened !== undefined) said.unopened ??= within(member, facts.unopened);
      }
    } catch (error) {
      Object.assign(said, saidOfFault(error));
    }
    if (office.hasMacros) said.macros = true;
    return office.kind === undefined ? said : { ...said, looksLike: office.kind };
  }

  /** @param isPart it is of what a document is made, and not noted by itself */
  #member(member: Member, outer: AttachmentFacts, notes: Notes, isPart: boolean): AttachmentFacts {
    const { name, declaredType = '', sizeBytes, head, encrypted, unopened } = member;
    const facts: AttachmentFacts = {
      name: `${outer.name}/${name}`.slice(-bounds.nameCharacters),
      declaredType,
      looksLike: looksLike(head),
      sizeBytes,
      depth: outer.depth + 1,
      ...(encrypted && { encrypted: true as const }),
      ...(unopened !== undefined && { unopened }),
    };
    const isClosed = encrypted === true || unopened !== undefined;
    let seen = facts;
    const opened = (): AttachmentFacts =>
      (seen = isClosed ? facts : this.#opened(member, facts, notes, isPart));
    // Whatever the file claims to be, a program is none of what documents are made of.
    if (isPart && !classesOf(facts).includes('executable')) opened();
    else if (!notes.attach(facts, opened)) return { ...seen, unopened: MORE };
    return seen;
  }

  #opened(member: Member, facts: AttachmentFacts, notes: Notes, isPart: boolean): AttachmentFacts {
    try {
      if (isToOpen(facts)) return this.open(member.content(), facts, notes);
      if (!isPart && hasLinks(facts)) noteLinks(facts, member.content(), notes);
      else member.check?.();
      return facts;
    } catch (error) {
      if (!(error instanceof ArchiveFault)) throw error;
      return { ...facts, unopened: error.message, ...(error instanceof Bomb && { bomb: true as const }) };
    }
  }
}

const hasLinks = ({ looksLike, name }: AttachmentFacts): boolean =>
  ['html', 'svg', 'rtf'].includes(looksLike) || (looksLike === '' && isHtmlFile(name));

/** The links that the file shows whoever opens it. */
function noteLinks({ looksLike }: AttachmentFacts, octets: Buffer, notes: Notes): void {
  notes.withoutFaults(() => {
    if (looksLike === 'rtf') readRtf(octets, false, notes);
    else readAlone('text/html', octets, '', false, notes);
  });
}

/** What the names of its members say of a zip: a document of an office program, a program of Java. */
class Office {
  kind: 'ooxml' | 'odf' | 'jar' | undefined;
  hasMacros = false;

  see(name: string): void {
    if (name === '[Content_Types].xml') this.kind ??= 'ooxml';
    else if (name === 'mimetype') this.kind ??= 'odf';
    else if (/^META-INF\/MANIFEST\.MF$/i.test(name)) this.kind ??= 'jar';
    if (/(?:^|\/)vbaProject\.bin$|^xl\/macrosheets\/|^Basic\/.*script-lb\.xml$/i.test(name))
      this.hasMacros = true;
  }

  /** Of what a document is made nobody is told; what is embedded in it is. */
  isPartOfDocument(name: string): boolean {
    return (this.kind === 'ooxml' || this.kind === 'odf') && !/(?:^|\/)embeddings\/|^Object /i.test(name);
  }
}

/** A signature beside what it signs shows nothing, damaged or not. */
function saidOfCms({ unopened, ...said }: Said, { declaredType }: AttachmentFacts): Said {
  const isSignature = /^application\/(?:x-)?pkcs7-signature$/.test(declaredType);
  return unopened === undefined || isSignature ? said : { ...said, unopened };
}

/** By the names of its streams (MS-CFB §2.6.1), which are UTF-16 in its directory. */
function saidOfOle(octets: Buffer): Said {
  const has = (name: string): boolean => octets.includes(Buffer.from(name, 'utf16le'));
  return {
    ...((has('_VBA_PROJECT') || has('_VBA_PROJECT_CUR')) && { macros: true as const }),
    ...(has('EncryptedPackage') && { encrypted: true as const, unopened: ENCRYPTED }),
  };
}

/** Rar 4 with encrypted headers says so in its first block, rar 5 has a block for it in front. */
function isRarEncrypted(octets: Buffer): boolean {
  if (octets[6] === 0) return octets.length > 11 && (octets.readUInt16LE(10) & 0x80) !== 0;
  // Signature, CRC, a length of one octet at least, type.
  return octets.length > 13 && octets[13] === 4;
}
