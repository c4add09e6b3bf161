/** Two gateways of a role, on loopback addresses of their own, that are to be put behind a balancer. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMailpair } from './mailpair-command.ts';
import { gatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { openLocalServer, type LocalServer } from '../support/local-server.ts';
import { freePorts } from '../support/ports.ts';

export const NODES = ['in1.example.com', 'in2.example.com'] as const;
export const OUTBOUND_NODES = ['out1.example.com', 'out2.example.com'] as const;
const ADDRESSES = ['127.0.0.11', '127.0.0.12'] as const;

export interface BalancedNodes {
  readonly directory: string;
  readonly nodes: readonly [GatewayProcess, GatewayProcess];
  readonly local: LocalServer;
  /** Where they take mail from the balancer, at their addresses. */
  readonly port: number;
  /** Options by which `mailpair` finds a node. */
  optionsOf(node: 0 | 1): readonly string[];
  /** What `mailpair balancer KIND …` prints for them. */
  balancer(...words: readonly string[]): string;
  close(): Promise<void>;
}

export interface BalancedNodesOptions {
  /** Inbound, unless outbound with its submission listeners is meant. */
  readonly role?: 'inbound' | 'outbound';
  /** The words that each node's command is put behind. */
  readonly within?: readonly (readonly string[])[];
  readonly config?: Readonly<Record<string, unknown>>;
  /** They hear of each other by heartbeats; they do not when not given. */
  readonly areTold?: boolean;
  /** Of each node; one when not given. */
  readonly workers?: number;
}

export async function openBalancedNodes({
  role = 'inbound',
  within = [],
  config = {},
  areTold = false,
  workers = 1,
}: BalancedNodesOptions = {}): Promise<BalancedNodes> {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-balanced-'));
  const configFile = join(directory, 'mailpair.yaml');
  const [port, agent, http] = (await freePorts(3)) as [number, number, number];
  const secretFile = join(directory, 'pair.secret');
  if (areTold) writeFileSync(secretFile, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  const local = await openLocalServer();
  const names = role === 'inbound' ? NODES : OUTBOUND_NODES;
  const behindBalancer = (address: string) => [{ address: `${address}:${port}`, proxy: ['127.0.0.1'] }];
  const balanced = {
    addresses: ['192.0.2.10', '192.0.2.11'],
    nodes: names.map((host, i) => ({
      host,
      addresses: [ADDRESSES[i]],
      url: `http://${ADDRESSES[i]}:${http}`,
    })),
    listen:
      role === 'inbound' ? behindBalancer('0.0.0.0') : { submission: behindBalancer('0.0.0.0'), mx: [] },
    agent: `0.0.0.0:${agent}`,
    workers,
  };
  const settings = {
    domains: ['example.com'],
    inbound: { host: 'mx-in.example.com', ...(role === 'inbound' && balanced) },
    outbound: {
      host: 'mx-out.example.com',
      ...(role === 'outbound' && { ...balanced, trusted: ['127.3.0.0/24'] }),
    },
    ...(role === 'outbound' && { routes: { '*': `smtp://127.0.0.1:${local.port}` } }),
    localServers: [`127.0.0.1:${local.port}`],
    recipients: { verify: 'none' },
    queue: { minFree: '10MB', retryFirst: '500ms', retryMax: '2s' },
    ...(areTold && { pair: { secretFile } }),
    ...config,
  };
  writeFileSync(configFile, JSON.stringify(settings));
  const optionsOf = (i: 0 | 1): string[] =>
    [
      `node=${names[i]}`,
      `${role}.${role === 'inbound' ? 'listen' : 'listen.submission'}=${JSON.stringify(behindBalancer(ADDRESSES[i]))}`,
      `${role}.agent=${ADDRESSES[i]}:${agent}`,
      `${role}.http=${ADDRESSES[i]}:${http}`,
      `${role}.spool=${join(directory, `spool-${i + 1}`)}`,
      `${role}.trackFile=${join(directory, `headroom-${i + 1}`)}`,
    ].flatMap((set) => ['--set', set]);
  const node = (i: 0 | 1): GatewayProcess =>
    gatewayProcess({
      role,
      configFile,
      within: within[i] ?? [],
      args: optionsOf(i),
    });
  const nodes = [node(0), node(1)] as const;
  const opened: BalancedNodes = {
    directory,
    nodes,
    local,
    port,
    optionsOf: (i) => ['--config', configFile, ...optionsOf(i)],
    balancer: (...words) => runMailpair('balancer', ...words, '--config', configFile),
    async close() {
      await Promise.all(nodes.map((each) => each.kill9()));
      await local.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all(nodes.map((each) => each.start()));
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}
