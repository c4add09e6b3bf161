/**
 * The mail of a proof, and the replies of the server behind the gateway. The first word of a recipient's name
 * selects the reply, so that the mail takes every path through a gateway. Pure except for a count of the
 * requests.
 *
 * - `person`: accepted
 * - `later`: deferred at the first request, then accepted
 * - `closing`: deferred, then refused; a sender that got 250 must get a DSN
 * - `nobody`: refused
 *
 * Of six messages, one is a file in the spool and one is in shared memory blocks.
 */
import type { Manner, Moment } from '../loopback/mail-session.ts';
import type { Assignment } from '../loopback/sender.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export const HOSTED = 'hosted.test';
export const ELSEWHERE = 'elsewhere.test';
/** Mail from this domain is quarantined. */
export const DUBIOUS = 'dubious.test';

const SMALL_BYTES = 3000;
const MEDIUM_BYTES = 40 * 1024;
const LARGE_BYTES = 300 * 1024;
/** Selected by the number of the message. */
const SIZES = [SMALL_BYTES, SMALL_BYTES, MEDIUM_BYTES, SMALL_BYTES, SMALL_BYTES, LARGE_BYTES];
const DEFERRED = { say: '451 4.2.1 Come again\r\n' };
const REFUSED = { say: '550 5.2.1 This mailbox is closed\r\n' };

/**
 * @param number the number of the message in the row, from 0
 * @param fromDomain if given, the message has only `person` recipients
 */
export function letterOf(role: RoleName, slot: string, number: number, fromDomain?: string): Assignment {
  const isIn = role === 'inbound';
  const to = (fromDomain === undefined ? recipientsOf(number) : [`person${number}`]).map(
    (name) => `${name}@${isIn ? HOSTED : ELSEWHERE}`,
  );
  return {
    id: `m${number + 1}`,
    slot,
    direction: isIn ? 'in' : 'out',
    from: `sender${number}@${fromDomain ?? (isIn ? ELSEWHERE : HOSTED)}`,
    to,
    unknown: to.filter((address) => /^(?:nobody|closing)/.test(address)),
    sizeBytes: SIZES[number % SIZES.length]!,
  };
}

function recipientsOf(number: number): string[] {
  const name = (word: string): string => `${word}${number}`;
  switch (number % 12) {
    case 1:
    case 6:
      return [name('person'), name('later')];
    case 3:
    case 5:
      return [name('later')];
    case 8:
      return [name('closing')];
    case 10:
      return [name('nobody')];
    default:
      return [name('person')];
  }
}

export const exists = (recipient: string): boolean => !recipient.startsWith('nobody');

/**
 * Selects the reply by the name of the recipient. A request from the null reverse-path may be a call-forward
 * and is accepted.
 */
export function createManner(): (moment: Moment) => Manner | undefined {
  const asked = new Set<string>();
  return ({ step, from, recipient = '' }) => {
    if (step !== 'RCPT' || from === '' || !/^(?:later|closing)/.test(recipient)) return undefined;
    const isFirst = !asked.has(recipient);
    asked.add(recipient);
    if (isFirst) return DEFERRED;
    return recipient.startsWith('closing') ? REFUSED : undefined;
  };
}
