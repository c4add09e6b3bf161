/** Finds an unused network of loopback addresses, and free ports in it. */
import { once } from 'node:events';
import { createServer } from 'node:net';

const PORTS = { from: 20_000, to: 30_000 };
const TRIES = 20;

/**
 * The first three octets of the network as text.
 *
 * @throws if only 127.0.0.1 is a loopback address
 */
export async function loopbackNetwork(): Promise<string> {
  const part = (): number => 1 + Math.floor(Math.random() * 253);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const network = `127.${part()}.${part()}`;
    if (await canListen(0, `${network}.1`)) return network;
  }
  throw new Error(
    'both gateways on one machine need all of 127.0.0.0/8 on the loopback interface, as Linux has it',
  );
}

/** Distinct ports that were free when they were tested, below the range for outgoing connections. */
export async function freePorts(network: string, count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let port = PORTS.from + Math.floor(Math.random() * 5000); ports.length < count; port += 1) {
    if (port >= PORTS.to) throw new Error(`no ${count} ports are free between ${PORTS.from} and ${PORTS.to}`);
    if (await canListen(port, `${network}.1`)) ports.push(port);
  }
  return ports;
}

/** Whether this process can listen at the port now. */
export async function canListen(port: number, host?: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
