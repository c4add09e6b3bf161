/**
 * sign: what leaves in the name of a hosted domain is signed once, before it is on disk, so that no attempt to send it
 * costs anything more. Signatures are fields on top of the message; its body stays as it came.
 *
 * The keys are read at the start, on reload, and when their directory changes. What should be signed and cannot be is
 * told in log and metrics; whether it leaves is said by `dkim.onFault`.
 */
import { openKeyWatch } from './key-watch.ts';
import { authorDomain } from './sign/author-domain.ts';
import { composeSeal, type Sealable } from './sign/compose-seal.ts';
import { composeDkimSignatures } from './sign/compose-signature.ts';
import { relaxedValue } from './sign/header-fields.ts';
import { fingerprintOf, keysFor, readKeyRing, type DomainKeys, type KeyRing } from './sign/key-ring.ts';
import { readMessage } from './sign/read-message.ts';
import type { Log } from './system/log.ts';
import type { Metrics } from './system/metrics.ts';
import type { Resolver } from './system/resolver.ts';
import type { Settings } from './system/settings.ts';
import type { Body } from './values/body.ts';
import { replies, type Reply } from './values/reply.ts';

export interface SigningParts {
  settings(): Pick<Settings, 'domains' | 'dkim'>;
  readonly resolver: Pick<Resolver, 'resolveTxt'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'signed' | 'watchSigning' | 'watchKeys'>;
}

export interface Unsigned {
  readonly id: string;
  /** Ms since the epoch. */
  readonly at: number;
  /** The fields that we add on top, and the message as it was received. */
  readonly head: string;
  readonly body: Body;
}

export interface Unsealed extends Unsigned, Pick<Sealable, 'authenticationResults' | 'chain'> {
  /** Whose keys may seal, the first that has one. */
  readonly domains: readonly string[];
}

export interface Signing {
  /** The fields on top of a submitted message, signatures included; a reply where it may not leave unsigned. */
  submitted(message: Unsigned): string | Reply | Promise<string | Reply>;
  /** The same for a message of our own, which leaves in any case. */
  own(message: Unsigned): string | Promise<string>;
  /** Another set of ARC fields to put on top of `head`; '' where nothing seals or may be sealed. Never rejects. */
  seal(message: Unsealed): Promise<string>;
  domains(): readonly DomainKeys[];
  reload(): void;
  close(): void;
}

type Signed =
  | { readonly kind: 'signed'; readonly fields: string }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'fault'; readonly reason: string };

const LOOK_MS = 10_000;

export function openSigning({ settings, resolver, log, metrics }: SigningParts): Signing {
  let ring: KeyRing = new Map();
  let seen = '';
  metrics.watchSigning(() => [...ring.values()]);

  const watch = openKeyWatch({
    everyMs: () => settings().dkim.watchMs,
    domains: () => [...ring.values()],
    resolver,
    log,
    metrics,
  });

  const names = (): string[] => settings().domains.map(({ name }) => name);

  function read(): void {
    const before = ring;
    seen = fingerprintOf(settings().dkim.keys, names());
    ring = readKeyRing(settings().dkim.keys, names(), before);
    let isChanged = before.size !== ring.size;
    for (const [name, keys] of ring) {
      const told = before.get(name);
      if (told && summaryOf(told) === summaryOf(keys)) continue;
      isChanged = true;
      const selectors = keys.keys.map(({ selector }) => selector);
      if (keys.faults.length > 0)
        log.error('dkim.fault', { domain: name, standing: keys.standing, selectors, faults: keys.faults });
      else log.info('dkim.keys', { domain: name, standing: keys.standing, selectors });
    }
    if (isChanged) watch.look();
  }

  /** After a fault always: what mends a file does not show in its directory. */
  function look(): void {
    const isFaulty = [...ring.values()].some(({ faults }) => faults.length > 0);
    if (isFaulty || fingerprintOf(settings().dkim.keys, names()) !== seen) read();
  }

  const isAsked = (): boolean => ring.size > 0 || settings().dkim.require;

  async function sign({ at, head, body }: Unsigned): Promise<Signed> {
    try {
      const message = await readMessage(head, body);
      if (typeof message === 'string') return { kind: 'unsigned' };
      const { fields } = message;
      const [from, ...more] = fields.filter(({ name }) => name === 'from');
      const author = from && more.length === 0 ? authorDomain(relaxedValue(from.raw)) : undefined;
      if (author === undefined) return { kind: 'unsigned' };
      const keys = keysFor(ring, author);
      if (!keys) return unsignedFor(author);
      if (keys.keys.length === 0) return { kind: 'fault', reason: keys.faults.join('; ') };
      const bodyHash = await message.bodyHash();
      return { kind: 'signed', fields: composeDkimSignatures({ fields, bodyHash, keys: keys.keys, at }) };
    } catch (error) {
      return { kind: 'fault', reason: (error as Error).message };
    }
  }

  function unsignedFor(author: string): Signed {
    if (!settings().dkim.require || !names().some((name) => isWithin(author, name)))
      return { kind: 'unsigned' };
    return { kind: 'fault', reason: `${author} has no active key, and dkim.require wants one` };
  }

  async function signedHead(message: Unsigned): Promise<string | undefined> {
    const signed = await sign(message);
    metrics.signed(signed.kind);
    if (signed.kind === 'signed') return signed.fields + message.head;
    if (signed.kind === 'unsigned') return message.head;
    log.error('message.not-signed', { id: message.id, reason: signed.reason });
    return undefined;
  }

  async function seal(message: Unsealed): Promise<string> {
    const [key] = message.domains
      .map((name) => keysFor(ring, name)?.keys[0])
      .filter((key) => key !== undefined);
    if (!key) return '';
    try {
      const read = await readMessage(message.head, message.body);
      if (typeof read === 'string') return '';
      const { at, authenticationResults, chain } = message;
      const { fields } = read;
      return composeSeal({ fields, bodyHash: await read.bodyHash(), at, key, authenticationResults, chain });
    } catch (error) {
      log.error('message.not-sealed', { id: message.id, reason: (error as Error).message });
      return '';
    }
  }

  read();
  const timer = setInterval(look, LOOK_MS).unref();
  return {
    submitted: (message) =>
      isAsked()
        ? signedHead(message).then(
            (head) => head ?? (settings().dkim.onFault === 'defer' ? replies.notSigned : message.head),
          )
        : message.head,
    own: (message) => (isAsked() ? signedHead(message).then((head) => head ?? message.head) : message.head),
    seal,
    domains: () => [...ring.values()],
    reload() {
      read();
      watch.look();
    },
    close() {
      clearInterval(timer);
      watch.close();
    },
  };
}

const summaryOf = ({ standing, keys, faults }: DomainKeys): string =>
  [standing, ...keys.map(({ selector }) => selector), ...faults].join('\n');

const isWithin = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);
