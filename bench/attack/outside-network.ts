/**
 * A network of addresses that are not local ones, on the loopback device for as long as it is needed: those for benchmarks of
 * networks (RFC 2544, 198.18.0.0/15), so nothing leaves the machine. Linux takes each of them for its own.
 */
import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { atEnd } from '../endings.ts';
import { pathOf } from '../program.ts';

/** Where the gateways listen. */
export const GATEWAY = '198.18.255.1';
const NETWORK = `${GATEWAY}/15`;

/** Clients of different networks of 24 bits, so that no limit of neighbours counts them together. */
export const legitimateAddress = (number: number): string => `198.18.${number % 200}.25`;
export const attackerAddress = (number: number): string => `198.19.${number % 250}.66`;

/** @throws with the fix when that cannot be had */
export function takeOutsideNetwork(): void {
  const ip = pathOf('ip');
  if (ip === null) throw new Error('the command ip is missing: apt-get install iproute2');
  if (process.getuid?.() !== 0)
    throw new Error('only root can give the machine addresses: run the bench as root');
  const isThere = Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === GATEWAY),
  );
  if (isThere) return;
  execFileSync(ip, ['address', 'add', NETWORK, 'dev', 'lo']);
  atEnd(() => void execFileSync(ip, ['address', 'del', NETWORK, 'dev', 'lo']));
}
