/**
 * Ports for servers that are stopped and come back: below those that the system gives to outgoing connections, which
 * might otherwise sit on the port when its server returns.
 */
import { readFileSync } from 'node:fs';
import { canListen } from '@mailpair/proving/loopback/network';
import { SHARE } from './share.ts';

const FIRST = 10_000;
const usualEphemeral = 32_768;
const [share, shares] = (process.env[SHARE] ?? '1/1').split('/').map(Number) as [number, number];

/** They may be free still: whoever was given them has yet to listen. */
const given = new Set<number>();

/** Different ports, each free on all of the machine's addresses a moment ago, and given to nobody else in this run. */
export async function freePorts(count: number): Promise<number[]> {
  const room = Math.floor((firstEphemeral() - FIRST) / shares);
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = FIRST + room * (share - 1) + Math.floor(Math.random() * room);
    if (given.has(port) || !(await canListen(port))) continue;
    given.add(port);
    ports.add(port);
  }
  return [...ports];
}

function firstEphemeral(): number {
  try {
    const first = Number(
      readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/)[0],
    );
    return first > FIRST + 1000 ? first : usualEphemeral;
  } catch {
    return usualEphemeral;
  }
}
