/** Two inbound gateways, in1 and in2, on loopback addresses of their own, that are to be put behind a balancer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMailpair } from './mailpair-command.ts';
import { gatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { openLocalServer, type LocalServer } from '../support/local-server.ts';
import { freePorts } from '../support/ports.ts';

export const NODES = ['in1.example.com', 'in2.example.com'] as const;
export const ADDRESSES = ['127.0.0.11', '127.0.0.12'] as const;

export interface BalancedNodes {
  readonly directory: string;
  readonly nodes: readonly [GatewayProcess, GatewayProcess];
  readonly local: LocalServer;
  /** Where they take mail from the balancer, at their addresses. */
  readonly port: number;
  /** What `mailpair balancer KIND …` prints for them. */
  balancer(...words: readonly string[]): string;
  close(): Promise<void>;
}

export interface BalancedNodesOptions {
  /** The words that each node's command is put behind. */
  readonly within?: readonly (readonly string[])[];
  readonly config?: Readonly<Record<string, unknown>>;
}

export async function openBalancedNodes({
  within = [],
  config = {},
}: BalancedNodesOptions = {}): Promise<BalancedNodes> {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-balanced-'));
  const configFile = join(directory, 'mailpair.yaml');
  const [port, agent, http] = (await freePorts(3)) as [number, number, number];
  const local = await openLocalServer();
  const settings = {
    domains: ['example.com'],
    inbound: {
      host: 'mx-in.example.com',
      addresses: ['192.0.2.10', '192.0.2.11'],
      nodes: NODES.map((host, i) => ({ host, addresses: [ADDRESSES[i]] })),
      listen: [{ address: `0.0.0.0:${port}`, proxy: ['127.0.0.1'] }],
      agent: `0.0.0.0:${agent}`,
      workers: 1,
    },
    outbound: { host: 'mx-out.example.com' },
    localServers: [`127.0.0.1:${local.port}`],
    recipients: { verify: 'none' },
    queue: { minFree: '10MB', retryFirst: '500ms', retryMax: '2s' },
    ...config,
  };
  writeFileSync(configFile, JSON.stringify(settings));
  const node = (i: 0 | 1): GatewayProcess =>
    gatewayProcess({
      role: 'inbound',
      configFile,
      within: within[i] ?? [],
      args: [
        `node=${NODES[i]}`,
        `inbound.listen=[{address: "${ADDRESSES[i]}:${port}", proxy: [127.0.0.1]}]`,
        `inbound.agent=${ADDRESSES[i]}:${agent}`,
        `inbound.http=${ADDRESSES[i]}:${http}`,
        `inbound.spool=${join(directory, `spool-${i + 1}`)}`,
        `inbound.trackFile=${join(directory, `headroom-${i + 1}`)}`,
      ].flatMap((set) => ['--set', set]),
    });
  const nodes = [node(0), node(1)] as const;
  const opened: BalancedNodes = {
    directory,
    nodes,
    local,
    port,
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
