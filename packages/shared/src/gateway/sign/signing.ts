/**
 * sign: what leaves in the name of a hosted domain is signed once, before it is on disk, so that no attempt to send it
 * costs anything more. Signatures are fields on top of the message; its body stays as it came.
 *
 * What should be signed and cannot be is told in log and metrics; whether it leaves is said by `dkim.onFault`.
 */
import { authorDomain } from './author-domain.ts';
import { composeSeal, type Sealable } from './compose-seal.ts';
import { composeDkimSignatures } from './compose-signature.ts';
import { relaxedValue, type HeaderField } from './header-fields.ts';
import { keysFor, type DomainKeys } from './key-ring.ts';
import { readMessage } from './read-message.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { Settings } from '../../config/settings.ts';
import { isWithinDomain } from '../../platform/values/address.ts';
import type { Body } from '../../platform/values/body.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
import { openSigningKeys, type SigningKeys, type SigningKeysParts } from './signing-keys.ts';

export interface SigningParts extends SigningKeysParts {
  readonly metrics: SigningKeysParts['metrics'] & Pick<Metrics, 'signed'>;
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

type Signed =
  | { readonly kind: 'signed'; readonly fields: string }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'fault'; readonly reason: string };

export class Signing {
  readonly #parts: SigningParts;
  readonly #signers: SigningKeys;

  constructor(parts: SigningParts) {
    this.#parts = parts;
    this.#signers = openSigningKeys(parts);
  }

  /** The fields on top of a submitted message, signatures included; a reply where it may not leave unsigned. */
  submitted(message: Unsigned): string | Reply | Promise<string | Reply> {
    if (!this.#isAsked()) return message.head;
    return this.#signedHead(message).then((head) => head ?? this.#unsignedHead(message));
  }

  /** The same for a message of our own, which leaves in any case. */
  own(message: Unsigned): string | Promise<string> {
    if (!this.#isAsked()) return message.head;
    return this.#signedHead(message).then((head) => head ?? message.head);
  }

  /** Another set of ARC fields to put on top of `head`; '' where nothing seals or may be sealed. Never rejects. */
  async seal(message: Unsealed): Promise<string> {
    const [key] = message.domains
      .map((name) => keysFor(this.#signers.ring(), name)?.keys[0])
      .filter((key) => key !== undefined);
    if (!key) return '';
    try {
      const read = await readMessage(message.head, message.body);
      if (typeof read === 'string') return '';
      const { at, authenticationResults, chain } = message;
      const { fields } = read;
      return composeSeal({ fields, bodyHash: await read.bodyHash(), at, key, authenticationResults, chain });
    } catch (error) {
      this.#parts.log.error('message.not-sealed', { id: message.id, reason: (error as Error).message });
      return '';
    }
  }

  domains(): readonly DomainKeys[] {
    return this.#signers.domains();
  }

  reload(): void {
    this.#signers.reload();
  }

  close(): void {
    this.#signers.close();
  }

  #isAsked(): boolean {
    return this.#signers.ring().size > 0 || this.#parts.settings().dkim.require;
  }

  /** Of a message that could not be signed: a reply where it may not leave so. */
  #unsignedHead({ head }: Unsigned): string | Reply {
    return this.#parts.settings().dkim.onFault === 'defer' ? replies.notSigned : head;
  }

  /** @returns undefined when it should be signed and cannot be */
  async #signedHead(message: Unsigned): Promise<string | undefined> {
    const { log, metrics } = this.#parts;
    const signed = await this.#sign(message);
    metrics.signed(signed.kind);
    if (signed.kind === 'signed') return signed.fields + message.head;
    if (signed.kind === 'unsigned') return message.head;
    log.error('message.not-signed', { id: message.id, reason: signed.reason });
    return undefined;
  }

  async #sign({ at, head, body }: Unsigned): Promise<Signed> {
    try {
      const message = await readMessage(head, body);
      if (typeof message === 'string') return { kind: 'unsigned' };
      const { fields } = message;
      const author = authorOf(fields);
      if (author === undefined) return { kind: 'unsigned' };
      const keys = keysFor(this.#signers.ring(), author);
      if (!keys) return unsignedFor(author, this.#parts.settings());
      if (keys.keys.length === 0) return { kind: 'fault', reason: keys.faults.join('; ') };
      const bodyHash = await message.bodyHash();
      return { kind: 'signed', fields: composeDkimSignatures({ fields, bodyHash, keys: keys.keys, at }) };
    } catch (error) {
      return { kind: 'fault', reason: (error as Error).message };
    }
  }
}

/** The domain of the only From. */
function authorOf(fields: readonly HeaderField[]): string | undefined {
  const [from, ...more] = fields.filter(({ name }) => name === 'from');
  return from && more.length === 0 ? authorDomain(relaxedValue(from.raw)) : undefined;
}

function unsignedFor(author: string, { domains, dkim }: Pick<Settings, 'domains' | 'dkim'>): Signed {
  if (!dkim.require || !domains.some(({ name }) => isWithinDomain(author, name))) return { kind: 'unsigned' };
  return { kind: 'fault', reason: `${author} has no active key, and dkim.require wants one` };
}
