/** What is sent while gateways are killed, and what has to be true of it afterwards. */
import { expect } from 'chai';
import { countMail, type Kill } from './ledger.ts';
import type { LocalServer } from './local-server.ts';
import { composeMessage, type Shape, type TestMessage } from './messages.ts';
import type { Senders } from './senders.ts';

const SIZE = 60;
const shapes: readonly Shape[] = ['plain', '8-bit', 'dots', 'multipart', 'plain', 'middling', 'empty body'];

/** Of many shapes, some of them for two recipients. */
export const batch = (from: string, domain: string): TestMessage[] =>
  Array.from({ length: SIZE }, (_, index) =>
    composeMessage(shapes[index % shapes.length]!, {
      from,
      to: index % 10 === 0 ? [`a${index}@${domain}`, `b${index}@${domain}`] : [`a${index}@${domain}`],
    }),
  );

/** Some is put off, so that there is mail in queues whenever something is killed. */
export function putSomeOff(...servers: readonly LocalServer[]): void {
  for (const server of servers)
    server.manners.message = () => (Math.random() < 0.2 ? '451 4.3.0 Come again' : undefined);
}

/** Every message arrived as it was sent, once but for attempts in flight. */
export function expectAllArrived({ sent: all }: Senders, server: LocalServer, kills: readonly Kill[]): void {
  const { sent, arrived, altered, duplicated, lost, faults } = countMail(all, server.deliveries, kills);
  expect({ arrived, altered, duplicated, lost }, faults.join('\n')).to.deep.equal({
    arrived: sent,
    altered: 0,
    duplicated: 0,
    lost: 0,
  });
}
