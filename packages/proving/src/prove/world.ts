/**
 * The environment of a row: one gateway process with its spool on the tested disk, a server behind it, a
 * resolver and a sender, all on loopback, in a directory that is removed afterwards.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createDnsServer, type LoopbackDns } from '../loopback/dns-server.ts';
import { GatewayProcess } from '../loopback/gateway-process.ts';
import type { Taken } from '../loopback/ledger.ts';
import { createMailServer, type MailServer } from '../loopback/mail-server.ts';
import type { Manner, Moment } from '../loopback/mail-session.ts';
import { freePorts, loopbackNetwork } from '../loopback/network.ts';
import { openSender, type Sender } from '../loopback/sender.ts';
import { mountSmallDisk, type SmallDisk } from '../loopback/small-disk.ts';
import { isRunning, startOf } from '@mailpair/shared/platform/process/process-start';
import { createManner, exists } from './mail.ts';
import { composeSetting, PORTS, type Keys, type Setting } from './setting.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

export interface WorldNeeds {
  /** Further keys of mailpair.yaml. */
  readonly keys?: Keys;
  /** If given, the spool is on a separate disk of this size. Only root can create one. */
  readonly diskBytes?: number;
}

export interface WorldOptions extends WorldNeeds {
  readonly role: RoleName;
  /** An empty directory for this world only. */
  readonly directory: string;
  /** The path of the gateway program. */
  readonly program: string;
}

export interface World {
  readonly directory: string;
  readonly setting: Setting;
  readonly gateway: GatewayProcess;
  readonly server: MailServer;
  readonly resolver: LoopbackDns;
  readonly disk: SmallDisk | undefined;
  readonly sender: Sender;
  /** The messages that the server has accepted. */
  readonly taken: readonly Taken[];
  /** The reply of the server in place of the usual one, which depends on the name of the recipient. */
  manner: ((moment: Moment) => Manner | undefined) | undefined;
  close(): Promise<void>;
}

/** This machine lacks something that the row needs. */
export class NotHere extends Error {
  override name = 'NotHere';
}

/**
 * The clocks of the senders run this number of times as fast, so that they retry after a tenth of a second.
 */
const COMPRESSION = 3000;
const ENDING_MS = 10;

/** @throws NotHere */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { role, directory } = options;
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    closers.push(() => rmSync(directory, { recursive: true, force: true }));
    const disk = await placeSpool(options, closers);
    const setting = await writeSetting(options);
    const { node } = setting;
    const taken: Taken[] = [];
    const usual = createManner();
    const server = createMailServer(setting.server, {
      knows: exists,
      manner: (moment) => world.manner?.(moment) ?? usual(moment),
      took: ({ client, ...message }) =>
        void taken.push({ ...message, at: Date.now(), gateway: client, server: setting.server.name }),
    });
    const resolver = createDnsServer(setting.resolver, setting.zone);
    for (const each of [server, resolver]) {
      closers.push(() => each.stop());
      await each.start();
    }
    const configFile = configFileIn(directory);
    const gateway = new GatewayProcess(node, { program: options.program, keys: [], configFile, directory });
    closers.push(() => endWithWorkers(gateway));
    const port = role === 'inbound' ? node.mxPort : node.submissionPort;
    const sender = openSender({
      kind: 'local server',
      caller: setting.sender,
      hosts: async () => [{ role, address: node.address, port, preference: 10 }],
      compression: COMPRESSION,
    });
    closers.push(() => sender.close());
    const world: World = {
      ...{ directory, setting, gateway, server, resolver, disk, sender, taken, close },
      manner: undefined,
    };
    return world;
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Workers end when their supervisor is gone, except one that hangs. Until then they may write to the
 * directory that is about to be removed.
 */
async function endWithWorkers(gateway: GatewayProcess): Promise<void> {
  const workers = gateway.workers().map((pid) => ({ pid, start: startOf(pid) }));
  await gateway.kill();
  for (const { pid, start } of workers)
    while (isRunning(pid, start)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        break; // the process has ended meanwhile
      }
      await pause(ENDING_MS);
    }
}

const spoolsIn = (directory: string): string => join(directory, 'spools');
const configFileIn = (directory: string): string => join(directory, 'mailpair.yaml');

async function placeSpool(
  { directory, diskBytes }: WorldOptions,
  closers: (() => unknown)[],
): Promise<SmallDisk | undefined> {
  const spools = spoolsIn(directory);
  mkdirSync(spools, { recursive: true, mode: 0o700 });
  if (diskBytes === undefined) return undefined;
  const disk = await mountSmallDisk(spools, diskBytes);
  if (!disk) throw new NotHere('mounting a small disk requires root and Linux');
  closers.push(() => disk.unmount());
  return disk;
}

async function writeSetting({ role, directory, keys = {} }: WorldOptions): Promise<Setting> {
  const network = await loopbackNetwork();
  const ports = await freePorts(network, PORTS);
  const setting = composeSetting({ role, network, ports, spools: spoolsIn(directory), keys });
  writeFileSync(configFileIn(directory), `${JSON.stringify(setting.config, null, 2)}\n`);
  return setting;
}
