/**
 * One more set of ARC fields on a message (RFC 8617 §5.1): what we found when it came in, a signature of the message as
 * it leaves, and a seal over the chain. Pure.
 */
import { MAX_INSTANCE, readChain } from './arc-chain.ts';
import type { ArcSet } from './arc-chain.ts';
import { composeSignature, foldBase64, signField } from './compose-signature.ts';
import type { Signable } from './compose-signature.ts';
import { asOctets, parseFields, relaxedField } from './header-fields.ts';
import type { HeaderField } from './header-fields.ts';
import { coveredFields } from './signed-fields.ts';
import type { SigningKey } from './signing-key.ts';

export interface Sealable extends Signable {
  readonly key: SigningKey;
  /** The value of Authentication-Results: our name and what we found (RFC 8601 §2.2), folded or not. */
  readonly authenticationResults: string;
  /** What the chain that came with the message was found to be. */
  readonly chain: 'none' | 'pass' | 'fail';
}

/**
 * The fields with their line ends, to be put on top; '' where none may be added: the chain was given up before (§5.1
 * step 2), is as long as a chain may be, or was not looked at although there is one.
 */
export function composeSeal({ fields, bodyHash, at, key, authenticationResults, chain }: Sealable): string {
  const { last, sets, lastSays } = readChain(fields);
  if (last >= MAX_INSTANCE || lastSays === 'fail') return '';
  if (chain === 'none' && last > 0) return '';
  const validity = last === 0 ? 'none' : chain === 'pass' && sets ? 'pass' : 'fail';
  const instance = last + 1;
  const results = `ARC-Authentication-Results: i=${instance}; ${authenticationResults.trim()}\r\n`;
  const covered = coveredFields(fields, ['dkim-signature']);
  const signature = composeSignature('ARC-Message-Signature', `i=${instance}`, key, {
    covered,
    bodyHash,
    at,
  });
  // Of a broken chain only the newest set is sealed (§5.1.2).
  const before = validity === 'pass' ? sealedData(sets ?? []) : '';
  const own = parseFields(asOctets(results + signature))
    .map(lineOf)
    .join('');
  const seal =
    `ARC-Seal: i=${instance}; a=${key.algorithm}; t=${Math.floor(at / 1000)}; cv=${validity};\r\n` +
    `\td=${key.domain}; s=${key.selector};\r\n\tb=`;
  return `${seal}${foldBase64(signField(key, before + own, seal))}\r\n${signature}${results}`;
}

const lineOf = (field: HeaderField): string => `${relaxedField(field)}\r\n`;

/** By instance, each in the order of §5.1.1. */
const sealedData = (sets: readonly ArcSet[]): string =>
  sets.map(({ results, signature, seal }) => lineOf(results) + lineOf(signature) + lineOf(seal)).join('');
