/**
 * What a row is played on: one gateway as a process, with its spool on the disk that is proven, a server behind it, a
 * resolver and a sender, all on loopback, in a directory that is removed afterwards.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDnsServer, type LoopbackDns } from '../loopback/dns-server.ts';
import { createGatewayProcess, type GatewayProcess, type StartManner } from '../loopback/gateway-process.ts';
import { judgeMail, type RoleName, type Stop, type Taken } from '../loopback/ledger.ts';
import { createMailServer, type MailServer } from '../loopback/mail-server.ts';
import type { Manner, Moment } from '../loopback/mail-session.ts';
import { freePorts, loopbackNetwork } from '../loopback/network.ts';
import { openSender, type Sender } from '../loopback/sender.ts';
import { mountSmallDisk, type SmallDisk } from '../loopback/small-disk.ts';
import { tallyOf } from '../loopback/tally.ts';
import { formatFailpoint, type Armed, type FailpointName } from '../system/failpoint.ts';
import { createManner, exists, letterOf } from './mail.ts';
import type { RowResult } from './row.ts';
import { composeSetting, PORTS, type Keys, type Setting } from './setting.ts';

export interface GroundNeeds {
  /** Further keys of mailpair.yaml. */
  readonly keys?: Keys;
  /** The spool lies on a disk of its own, this large. Only root can have one. */
  readonly diskBytes?: number;
}

export interface GroundOptions extends GroundNeeds {
  readonly role: RoleName;
  /** Of the row. */
  readonly name: string;
  readonly title: string;
  /** Empty, and this ground's own. */
  readonly directory: string;
  /** Of the gateway. */
  readonly program: string;
  readonly signal: AbortSignal;
}

export interface Ground {
  readonly directory: string;
  readonly setting: Setting;
  readonly gateway: GatewayProcess;
  readonly server: MailServer;
  readonly resolver: LoopbackDns;
  readonly disk: SmallDisk | undefined;
  readonly sender: Sender;
  readonly taken: readonly Taken[];
  /** What the server does instead of the usual; by name of the recipient when it has no word. */
  manner: ((moment: Moment) => Manner | undefined) | undefined;
  /** To be added to by the row. */
  readonly faults: string[];
  readonly stops: Stop[];
  /** Ids of letters of which one copy more is right. */
  readonly excused: Set<string>;
  /** Starts the gateway, with points of it armed. */
  start(
    armed?: readonly Armed[],
    manner?: StartManner & { readonly sets?: readonly string[] },
  ): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Waits until the gateway has killed itself there; a fault when it does not. */
  untilKilledAt(point: FailpointName): Promise<void>;
  /** So many messages, from the domain or the usual one. */
  send(count: number, fromDomain?: string): void;
  until(what: string, isTrue: () => boolean | Promise<boolean>, withinMs?: number): Promise<void>;
  pause(ms: number): Promise<void>;
  /** Waits until nothing is with the sender or in the queue; `nudged` by "queue retry --all" now and then. */
  settle(how?: { readonly nudged?: boolean }): Promise<void>;
  result(reaches: readonly FailpointName[]): RowResult;
  close(): Promise<void>;
}

/** The senders' clocks run so fast: they come again after a tenth of a second. */
const COMPRESSION = 3000;
const LOOK_MS = 20;
const NUDGE_MS = 1000;
const WAIT_MS = 60_000;
const KILL_MS = 20_000;

/** @throws why it cannot be had */
export async function openGround(options: GroundOptions): Promise<Ground> {
  const { role, name, title, directory, program, signal } = options;
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const spools = join(directory, 'spools');
    mkdirSync(spools, { recursive: true, mode: 0o700 });
    closers.push(() => rmSync(directory, { recursive: true, force: true }));
    const disk =
      options.diskBytes === undefined ? undefined : await mountSmallDisk(spools, options.diskBytes);
    if (disk) closers.push(() => disk.unmount());
    else if (options.diskBytes !== undefined) throw new NotHere('only root can mount a small disk, on Linux');
    const network = await loopbackNetwork();
    const ports = await freePorts(network, PORTS);
    const setting = composeSetting({ role, network, ports, spools, keys: options.keys ?? {} });
    const configFile = join(directory, 'mailpair.yaml');
    writeFileSync(configFile, `${JSON.stringify(setting.config, null, 2)}\n`);

    const taken: Taken[] = [];
    const usual = createManner();
    const server = createMailServer(setting.server, {
      knows: exists,
      manner: (moment) => ground.manner?.(moment) ?? usual(moment),
      took: ({ client, ...message }) =>
        void taken.push({ ...message, at: Date.now(), gateway: client, server: setting.server.name }),
    });
    const resolver = createDnsServer(setting.resolver, setting.zone);
    for (const each of [server, resolver]) {
      closers.push(() => each.stop());
      await each.start();
    }
    const { node } = setting;
    const gateway = createGatewayProcess(node, { program, keys: [], configFile, directory });
    closers.push(() => gateway.kill());
    const port = role === 'inbound' ? node.mxPort : node.submissionPort;
    const sender = openSender({
      kind: 'local server',
      caller: setting.sender,
      hosts: async () => [{ role, address: node.address, port, preference: 10 }],
      compression: COMPRESSION,
    });
    closers.push(() => sender.close());

    const stops: Stop[] = [];
    const faults: string[] = [];
    const excused = new Set<string>();
    const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).then(() => undefined);
    let sent = 0;
    let saidBefore = 0;
    const ground: Ground = {
      directory,
      setting,
      gateway,
      server,
      resolver,
      disk,
      sender,
      taken,
      manner: undefined,
      faults,
      stops,
      excused,
      start(armed = [], { sets = [], env, ...manner } = {}) {
        saidBefore = gateway.said().length;
        return gateway.start(sets, {
          ...manner,
          mayEnd: manner.mayEnd ?? armed.some(({ kind }) => kind === 'kill'),
          env: {
            ...env,
            ...(armed.length > 0 && { MAILPAIR_FAILPOINTS: armed.map(formatFailpoint).join() }),
          },
        });
      },
      async kill() {
        stops.push({ name: node.host, at: Date.now() });
        await gateway.kill();
      },
      async untilKilledAt(point) {
        const over = new AbortController();
        const late = sleep(KILL_MS, undefined, { signal: AbortSignal.any([signal, over.signal]) });
        const at = await Promise.race([gateway.ended(), late]);
        late.catch(() => undefined);
        over.abort();
        if (at === undefined) faults.push(`${point} was not reached`);
        else if (!gateway.said().slice(saidBefore).includes(`failpoint ${point} kill`))
          faults.push(`it ended, and not at ${point}`);
        stops.push({ name: node.host, at: at ?? Date.now() });
        if (at === undefined) await gateway.kill();
      },
      send(count, fromDomain) {
        for (let n = 0; n < count; n += 1) sender.send(letterOf(role, name, sent++, fromDomain));
      },
      async until(what, isTrue, withinMs = WAIT_MS) {
        const until = Date.now() + withinMs;
        while (!(await isTrue())) {
          if (Date.now() > until) throw new Error(`${name}: waited ${withinMs / 1000} s for this: ${what}`);
          await wait(LOOK_MS);
        }
      },
      pause: wait,
      async settle({ nudged = false } = {}) {
        let nudgeAt = Date.now() + NUDGE_MS;
        await ground
          .until('all mail has left the sender and the queue', async () => {
            if (nudged && Date.now() > nudgeAt) {
              nudgeAt = Date.now() + NUDGE_MS;
              await gateway.retryAll();
            }
            return sender.open === 0 && (await gateway.queueLength()) === 0;
          })
          .catch((error: unknown) => {
            if (signal.aborted) throw error;
            faults.push((error as Error).message);
          });
      },
      result(reaches) {
        const said = gateway.said();
        const missed = reaches.filter((point) => !said.includes(`failpoint ${point} `));
        const sent = sender.sent.map((message) =>
          excused.has(message.id) ? { ...message, unanswered: message.unanswered + 1 } : message,
        );
        const verdicts = judgeMail(sent, taken, stops);
        const { arrived, bounced, lost, duplicated, inFlight, altered } = tallyOf(verdicts);
        return {
          name,
          title,
          runs: 1,
          acknowledged: verdicts.filter(({ by }) => by !== undefined).length,
          arrived,
          bounced,
          lost,
          duplicated,
          inFlight,
          altered,
          faults: [
            ...new Set([
              ...faults,
              ...missed.map((point) => `${point} was not reached`),
              ...gateway.crashes,
              ...verdicts.flatMap(({ fault }) => fault ?? []),
            ]),
          ],
        };
      },
      close,
    };
    return ground;
  } catch (error) {
    await close();
    throw error;
  }
}

/** This machine does not have what the row needs. */
export class NotHere extends Error {
  override name = 'NotHere';
}
