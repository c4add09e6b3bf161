/**
 * An address of this machine that is not a local one, for as long as it is needed: a client that connects to it comes from
 * it, so mail is judged as a stranger's. It is one of those kept for documentation (RFC 5737), on the loopback device, so
 * nothing leaves the machine.
 */
import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { atEnd } from './endings.ts';
import { pathOf } from './program.ts';

export const OUTSIDE = '198.51.100.80';

let users = 0;

export function outsideObstacle(): string | null {
  if (pathOf('ip') === null) return 'the command ip is missing: apt-get install iproute2';
  if (process.getuid?.() !== 0) return 'only root can give the machine an address: run the bench as root';
  return null;
}

/** @returns what gives it back */
export function takeOutsideAddress(): () => Promise<void> {
  if (users === 0 && !isThere()) change('add');
  users += 1;
  return atEnd(() => {
    users -= 1;
    if (users === 0 && isThere()) change('del');
  });
}

const isThere = (): boolean =>
  Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === OUTSIDE));

function change(how: 'add' | 'del'): void {
  execFileSync(pathOf('ip')!, ['address', how, `${OUTSIDE}/32`, 'dev', 'lo']);
}
