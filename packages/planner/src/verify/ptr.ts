/**
 * Checks forward-confirmed reverse DNS: each address of a gateway has its PTR name, and the name has the
 * address. Pure.
 */
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';
import type { PtrRequest } from '../dns-plan.ts';
import { plannedAddresses } from './check.ts';
import type { Given } from './check.ts';
import { fault, remark } from './finding.ts';
import type { Finding } from './finding.ts';
import { addressesOf, follow } from './follow.ts';
import { lineOf, ptrLine } from './record-line.ts';

const askOwner = "Ask the owner of the address (the provider) for it: the record lies in the owner's zone.";

export const checkPtr = (given: Given): Finding[] =>
  given.plan.ptr.flatMap((request) => checkAddress(given, request));

function checkAddress({ plan, world }: Given, request: PtrRequest): Finding[] {
  const { address, name } = request;
  const lookup = follow(world, reverseName(address), 'PTR');
  const shouldBe = [ptrLine(request)];
  if (lookup.kind === 'unknown') return [];
  if (lookup.kind === 'none')
    return [
      fault({
        code: 'ptr-missing',
        subject: address,
        problem: `${address} (${name}) has no PTR record.`,
        why: 'Many receivers refuse mail from an address without a name.',
        fix: askOwner,
        shouldBe,
      }),
    ];
  const names = lookup.records.map(({ value }) => value);
  const is = lookup.records.map(lineOf);
  if (!names.includes(name))
    return [
      fault({
        code: 'ptr-mismatch',
        subject: address,
        problem: `${address} has the name ${names.join(', ')}, and not ${name}.`,
        why: 'Receivers distrust a host whose EHLO name is not its PTR name.',
        fix: askOwner,
        is,
        shouldBe,
      }),
    ];
  const { known, complete } = addressesOf(world, name);
  // checkAddresses reports a planned address that is missing.
  const isTold = plannedAddresses(plan, name).includes(address);
  if (complete && !known.includes(address) && !isTold)
    return [
      fault({
        code: 'ptr-not-confirmed',
        subject: address,
        problem: `${address} has the name ${name}, but ${name} does not have the address ${address}.`,
        why: 'Any owner of an address can put any name into its PTR record, so receivers trust only a confirmed name.',
        fix: `Publish ${address} as an address of ${name}.`,
        is,
        shouldBe: [lineOf({ name, type: address.includes(':') ? 'AAAA' : 'A', ttl: 300, value: address })],
      }),
    ];
  if (names.length === 1) return [];
  return [
    remark({
      code: 'ptr-several',
      subject: address,
      problem: `${address} has ${names.length} names: ${names.join(', ')}.`,
      why: 'Some receivers use only one of them, and not always the same one.',
      fix: `Keep the name ${name} only.`,
      is,
      shouldBe,
    }),
  ];
}
