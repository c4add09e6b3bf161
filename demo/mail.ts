/** The mail of the demo: who writes to whom, in which shapes. */
import {
  allShapes,
  composeMessage,
  strangersShapes,
  type Shape,
  type TestMessage,
} from '../test/support/messages.ts';

const HERE = 'example.com';
const ELSEWHERE = 'example.net';
const PEOPLE = 20;
const SEVERAL = 4;
/** Messages of 10 MB in each direction. */
const HUGE = 2;

/** Nobody has this name, here or elsewhere. */
export const NOBODY = 'nobody';

export type Direction = 'in' | 'out';

const domains = (direction: Direction): [from: string, to: string] =>
  direction === 'in' ? [ELSEWHERE, HERE] : [HERE, ELSEWHERE];

/** `count` messages: every shape in turn, every seventh to several recipients, every ninth from nobody. */
export function someMail(direction: Direction, count: number): TestMessage[] {
  const huge = Math.min(HUGE, count);
  const light = (direction === 'in' ? strangersShapes : allShapes).filter((shape) => shape !== '10 MB');
  return Array.from({ length: count }, (_, index) =>
    someMessage(direction, index, index < huge ? '10 MB' : light[index % light.length]!),
  );
}

/** Small ones of one recipient, for load. */
export function plainMail(direction: Direction, count: number): TestMessage[] {
  return Array.from({ length: count }, (_, index) =>
    someMessage(direction, index * 63 + 1, index % 2 === 0 ? 'plain' : 'multipart', 1),
  );
}

export function bouncingMail(count: number): TestMessage[] {
  return Array.from({ length: count }, () =>
    composeMessage('plain', { from: `person1@${HERE}`, to: [`${NOBODY}@${ELSEWHERE}`] }),
  );
}

function someMessage(
  direction: Direction,
  index: number,
  shape: Shape,
  recipients = index % 7 === 6 ? SEVERAL : 1,
): TestMessage {
  const [from, to] = domains(direction);
  const name = shape === 'UTF-8 address' ? 'jörg' : 'person';
  const person = (place: number): string => `${name}${(index + place) % PEOPLE}`;
  return composeMessage(shape, {
    from: index % 9 === 8 ? '' : `${person(0)}@${from}`,
    to: Array.from({ length: recipients }, (_, place) => `${person(place)}@${to}`),
  });
}
