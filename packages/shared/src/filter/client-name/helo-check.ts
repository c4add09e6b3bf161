/**
 * What the client says of itself in HELO (RFC 5321 §2.3.5, §4.1.1.1, §4.1.4). Only who claims to be this pair, and by
 * configuration and DNS is not, is refused; all else scores, for §4.1.4 forbids to refuse a name that does not match.
 */
import { normaliseDomain } from '../../platform/values/address.ts';
import type { ClientNameLearnable, HeloName } from './facts.ts';
import { replies } from '../../platform/values/reply.ts';
import type { Finding } from '../contract/verdict.ts';
import type { Check } from '../contract/check.ts';

export interface HeloRules {
  /** Of all nodes of the pair. */
  readonly ownNames: readonly string[];
  /** Of all nodes of the pair. */
  readonly ownAddresses: readonly string[];
  readonly hostedDomains: readonly string[];
  readonly refuseOurName: boolean;
  /** 0 for what does not count. */
  readonly scores: {
    /** Our name, where that is not refused or not disproven. */
    readonly ourName: number;
    /** A hosted domain, which does not have the client's address. */
    readonly hostedName: number;
    /** An address that is not the client's, or one without brackets. */
    readonly wrongAddress: number;
    /** A word that is no full name. */
    readonly bareWord: number;
    /** A name without an address. */
    readonly unknownName: number;
  };
}

export function heloCheck(rules: HeloRules): Check<ClientNameLearnable> {
  const ownNames = new Set(rules.ownNames);
  const ownAddresses = new Set(rules.ownAddresses);
  const hosted = new Set(rules.hostedDomains);
  return {
    name: 'helo',
    stage: 'rcpt',
    roles: ['mx'],
    needs: ['heloName'],
    onFault: 'accept',
    judge({ client, learnt: { heloName } }) {
      if (heloName?.kind !== 'known' || heloName.value.helo === '') return [];
      const { helo, literal, addresses, doubt } = heloName.value;
      const name = normaliseDomain(helo);
      const isOurs = literal === undefined ? ownNames.has(name) : ownAddresses.has(literal);
      const isTrue =
        literal === client.address ||
        ownAddresses.has(client.address) ||
        addresses?.includes(client.address) === true;
      if (isOurs && !isTrue) return [claim(rules, heloName.value, client.address)];
      const of = { rules, value: heloName.value, client: client.address, isHosted: hosted.has(name), isTrue };
      const findings = [literal === undefined ? byName(of) : byAddress(of)].filter(
        (each) => each !== undefined,
      );
      if (doubt !== undefined)
        findings.push({
          rule: 'helo.fault',
          score: 0,
          evidence: `addresses of ${helo} could not be learnt: ${doubt}`,
          missing: true,
        });
      return findings;
    },
  };
}

interface Case {
  readonly rules: HeloRules;
  readonly value: HeloName;
  readonly client: string;
  readonly isHosted: boolean;
  /** The name has the client's address. */
  readonly isTrue: boolean;
}

/** Where DNS is silent it could be true after all: a node whose address is not in the configuration. */
function claim({ refuseOurName, scores }: HeloRules, { helo, doubt }: HeloName, client: string): Finding {
  const evidence = `${client} calls itself ${helo}, which is this pair`;
  if (doubt !== undefined)
    return { rule: 'helo.our-name', score: scores.ourName, evidence: `${evidence}; DNS did not say` };
  if (!refuseOurName) return { rule: 'helo.our-name', score: scores.ourName, evidence };
  return {
    rule: 'helo.our-name',
    score: scores.ourName,
    evidence,
    verdict: 'reject',
    reply: replies.heloIsOurs,
  };
}

function byAddress({ rules: { scores }, value: { helo, literal }, client }: Case): Finding | undefined {
  if (literal !== client)
    return finding('wrong-address', scores.wrongAddress, `${client} calls itself ${helo}, another address`);
  return helo.startsWith('[')
    ? undefined
    : finding(
        'no-brackets',
        scores.wrongAddress / 2,
        `${client} calls itself by its address without brackets`,
      );
}

function byName({ rules: { scores }, value, client, isHosted, isTrue }: Case): Finding | undefined {
  const { helo, addresses } = value;
  if (!helo.includes('.'))
    return finding('bare-word', scores.bareWord, `${client} calls itself ${helo}, no full name`);
  if (isHosted && addresses && !isTrue)
    return finding(
      'hosted-name',
      scores.hostedName,
      `${client} calls itself ${helo}, a hosted domain, and is not it`,
    );
  if (addresses?.length === 0)
    return finding(
      'unknown-name',
      scores.unknownName,
      `${client} calls itself ${helo}, which has no address`,
    );
  return undefined;
}

const finding = (rule: string, score: number, evidence: string): Finding | undefined =>
  score === 0 ? undefined : { rule: `helo.${rule}`, score, evidence };
