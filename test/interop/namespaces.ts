/**
 * A small network for a test: each host is a network namespace, and a bridge in a namespace of its own connects them. The
 * addresses are those that an operator would use, on ports below 1024, and nothing leaves the namespaces.
 *
 *     const network = await openNetwork({ gateway: ['192.0.2.10/24'], world: ['192.0.2.66/24'] });
 *     spawn(...network.command('gateway', 'node', 'main.ts'));
 *     await network.close();
 *
 * All addresses of a network are in reach of each other directly: a host needs an address in each subnet that it talks to.
 */
import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';
import { skipBecause } from '../support/skip.ts';
import { pathOf } from './programs.ts';

export interface Network<Host extends string> {
  /** What runs a command on a host: the program and its arguments. */
  command(host: Host, ...command: readonly string[]): [string, ...string[]];
  /** The words in front of a command. */
  within(host: Host): [string, ...string[]];
  /** Adds or removes an address while the network is in use. */
  address(action: 'add' | 'del', host: Host, address: string): void;
  close(): void;
}

/** Skips the running test, or its suite, where no such network can be made. */
export function needNamespaces(context: Context): void {
  if (pathOf('ip') === undefined) skipBecause(context, 'the command ip is missing: apt-get install iproute2');
  if (process.getuid?.() !== 0)
    skipBecause(context, 'only root can make network namespaces: run this test as root');
  const { status, stderr } = spawnSync('unshare', ['--net', 'true'], { encoding: 'utf8' });
  if (status !== 0) skipBecause(context, `this system gives no network namespace: ${stderr.trim()}`);
}

/** @param hosts the addresses of each host, with their prefix lengths: `192.0.2.10/24` */
export function openNetwork<Host extends string>(
  hosts: Readonly<Record<Host, readonly string[]>>,
): Network<Host> {
  const prefix = `mp${process.pid.toString(36)}`;
  const names = Object.keys(hosts) as Host[];
  const namespaceOf = (host: Host): string => `${prefix}-${names.indexOf(host)}`;
  const bridge = `${prefix}-b`;
  const within = (host: Host): [string, ...string[]] => ['ip', 'netns', 'exec', namespaceOf(host)];
  const removeAll = (): void => {
    for (const namespace of [bridge, ...names.map(namespaceOf)])
      spawnSync('ip', ['netns', 'delete', namespace]);
  };
  process.once('exit', removeAll);

  ip(`netns add ${bridge}`);
  ip(`-n ${bridge} link add br0 type bridge`);
  ip(`-n ${bridge} link set br0 up`);
  for (const host of names) {
    const namespace = namespaceOf(host);
    const port = `port${names.indexOf(host)}`;
    ip(`netns add ${namespace}`);
    ip(`-n ${namespace} link set lo up`);
    ip(`-n ${namespace} link add eth0 type veth peer name ${port} netns ${bridge}`);
    ip(`-n ${bridge} link set ${port} master br0`);
    ip(`-n ${bridge} link set ${port} up`);
    ip(`-n ${namespace} link set eth0 up`);
    for (const address of hosts[host]) addAddress(namespace, address);
  }

  return {
    within,
    command: (host, ...command) => [...within(host), ...command],
    address(action, host, address) {
      if (action === 'add') addAddress(namespaceOf(host), address);
      else ip(`-n ${namespaceOf(host)} address del ${address} dev eth0`);
    },
    close() {
      process.off('exit', removeAll);
      removeAll();
    },
  };
}

/** An IPv6 address is used at once, without a search for duplicates. */
function addAddress(namespace: string, address: string): void {
  ip(`-n ${namespace} address add ${address} dev eth0${address.includes(':') ? ' nodad' : ''}`);
}

function ip(words: string): void {
  const { status, stderr } = spawnSync('ip', words.split(' '), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${words}: ${stderr.trim()}`);
}
