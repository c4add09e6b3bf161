/**
 * Measures the CPU time of a message on this host for inbound and outbound. Both gateways run as real
 * processes on loopback, with one worker each and the configured checks, and receive mail of two sizes as
 * fast as they accept it. The measurement uses CPU time rather than throughput, because the senders run on
 * the same cores.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliver, type Caller, type Envelope, type HostAddress } from '../loopback/delivery.ts';
import type { GatewayProcess } from '../loopback/gateway-process.ts';
import { composeLetter } from '../loopback/message.ts';
import type { Programs } from '../loopback/programs.ts';
import { fitCost, USUAL_MIX, type SizeCost } from '@mailpair/shared/gateway/pair/size-mix';
import type { Measured, RoleMeasure } from '@mailpair/shared/gateway/pair/measured';
import { activate, makeKey } from '@mailpair/shared/gateway/sign/key-files';
import { readDkimDomain, readDkimDomains } from '@mailpair/shared/platform/tls/dkim-keys';
import type { Settings } from '@mailpair/shared/config/settings';
import { usableCores } from '@mailpair/shared/platform/resources/usable-cores';
import { checkKeys, unhinderedKeys } from './check-keys.ts';
import type { GivenKey } from './kept-keys.ts';
import { personOf, senderAddress, submitterAddress } from './planned-pair.ts';
import { planScenario, usualShares } from './scenario.ts';
import { SUFFIX } from './stand-ins.ts';
import { openWorld, type World } from './world.ts';
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';

export interface MeasureOptions {
  readonly settings: Settings;
  readonly given: readonly GivenKey[];
  readonly programs: Programs;
  /** The duration in seconds for both roles together, without the start. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  tell(line: string): void;
}

const KILOBYTE = 1024;
const SIZES_BYTES = [4 * KILOBYTE, 256 * KILOBYTE];
/** The fraction of the time of each role that is a warm-up, in which V8 compiles the hot code. */
const WARM_UP = 0.3;
const SESSIONS = 10;
const SELECTOR = 'capacity-rsa';
const LEAST_MESSAGES = 5;
const LOOK_MS = 50;
const DRAIN_MS = 20_000;

/** @throws if a gateway does not start, or accepts no mail */
export async function measureCapacity(options: MeasureOptions): Promise<Measured> {
  const { settings, given, programs, seconds, tell } = options;
  tell('both gateways start, on loopback');
  const world = await openWorld({
    settings,
    given,
    programs,
    scenario: planScenario({ phases: [], shares: usualShares }),
    keep: false,
    sets: [...checkKeys(given), ...unhinderedKeys],
    prepare(directory) {
      const signing = makeKeys(settings, join(directory, 'dkim'));
      if (signing.length > 0) tell(`outbound signs as ${signing.join(', ')}, with keys of its own`);
    },
  });
  try {
    const measures = new Map<RoleName, RoleMeasure>();
    for (const role of roleNames)
      measures.set(role, await measureRole(world, role, (1_000 * seconds) / roleNames.length, options));
    return {
      measuredAt: new Date().toISOString(),
      cores: usableCores(),
      inbound: measures.get('inbound')!,
      outbound: measures.get('outbound')!,
    };
  } finally {
    await world.close();
  }
}

/** Creates keys for the domains that sign, because a signature costs more than the rest of a submission. */
function makeKeys({ dkim, domains }: Settings, directory: string): readonly string[] {
  const signing = readDkimDomains(dkim.keys);
  const made: string[] = [];
  for (const { name } of domains) {
    if (!signing.get(name)?.selectors.some(({ state }) => state === 'active')) continue;
    const own = readDkimDomain(name, join(directory, name));
    makeKey(own, SELECTOR, 'rsa');
    activate(own, [SELECTOR], Date.now());
    made.push(name);
  }
  return made;
}

async function measureRole(
  world: World,
  role: RoleName,
  lengthMs: number,
  { signal, tell }: MeasureOptions,
): Promise<RoleMeasure> {
  const gateway = world.gateways.find(({ node }) => node.role === role)!;
  const load = new Load(world, gateway, signal);
  tell(`${role}: warms up`);
  await load.run(SIZES_BYTES[0]!, WARM_UP * lengthMs);
  const costs: SizeCost[] = [];
  for (const sizeBytes of SIZES_BYTES) {
    const cpuBefore = gateway.cpuMs();
    const { accepted, lastReply } = await load.run(
      sizeBytes,
      ((1 - WARM_UP) * lengthMs) / SIZES_BYTES.length,
    );
    if (accepted < LEAST_MESSAGES)
      throw new Error(
        `${role} took ${accepted} messages of ${sizeBytes / KILOBYTE} KB, and it takes ${LEAST_MESSAGES} to measure: ` +
          `give it more time with --seconds, or see what the checks say of the test mail: ${lastReply ?? 'nothing'}`,
      );
    const seconds = (gateway.cpuMs() - cpuBefore) / 1_000 / accepted;
    costs.push({ sizeBytes, seconds });
    tell(
      `${role}: ${accepted} messages of ${sizeBytes / KILOBYTE} KB, ${(1_000 * seconds).toFixed(2)} ms of CPU each`,
    );
  }
  return { ...fitCost(costs, USUAL_MIX), memoryBytes: memoryOf(gateway) };
}

interface Loaded {
  readonly accepted: number;
  /** The reason why the last message was not accepted. */
  readonly lastReply: string | undefined;
}

/** Sessions that each send one message after the other, each over a new connection. */
class Load {
  readonly #world: World;
  readonly #gateway: GatewayProcess;
  readonly #signal: AbortSignal;
  #sent = 0;

  constructor(world: World, gateway: GatewayProcess, signal: AbortSignal) {
    this.#world = world;
    this.#gateway = gateway;
    this.#signal = signal;
  }

  /** Sends for this time in ms, then waits until the queue is empty. */
  async run(sizeBytes: number, lengthMs: number): Promise<Loaded> {
    const until = performance.now() + lengthMs;
    let accepted = 0;
    let lastReply: string | undefined;
    const session = async (index: number): Promise<void> => {
      while (performance.now() < until && !this.#signal.aborted) {
        const taken = await this.#send(sizeBytes, index);
        if (taken === true) accepted += 1;
        else lastReply = taken;
      }
    };
    await Promise.all(Array.from({ length: SESSIONS }, (_, index) => session(index)));
    if (this.#signal.aborted) throw new Error('interrupted');
    await this.#drain();
    return { accepted, lastReply };
  }

  /** @returns true if the message was accepted, otherwise the reason */
  async #send(sizeBytes: number, session: number): Promise<true | string> {
    const number = (this.#sent += 1);
    const { to, caller, envelope } = this.#routeOf(number, session);
    const letter = composeLetter({ ...envelope, id: `c${number}`, sizeBytes, writtenAt: Date.now() });
    const { accepted, refused, trouble } = await deliver(to, caller, envelope, letter);
    return accepted.length > 0 || (refused.values().next().value ?? `its session ended: ${trouble}`);
  }

  #routeOf(number: number, session: number): { to: HostAddress; caller: Caller; envelope: Envelope } {
    const { pair, network } = this.#world;
    const { role, address, mxPort, submissionPort } = this.#gateway.node;
    const ground = { network, port: () => 0 };
    const [here, there] = [pair.domains[0]!, pair.correspondents.usual[0]!];
    const index = session % 2;
    return role === 'inbound'
      ? {
          to: { address, port: mxPort },
          caller: { name: `sender${index + 1}.${SUFFIX}`, localAddress: senderAddress(ground, index) },
          envelope: { from: personOf(number, `postfix.${SUFFIX}`), to: [personOf(number, here)] },
        }
      : {
          to: { address, port: submissionPort },
          caller: { name: `submitter${index + 1}.${SUFFIX}`, localAddress: submitterAddress(ground, index) },
          envelope: { from: personOf(number, here), to: [personOf(number, there)] },
        };
  }

  async #drain(): Promise<void> {
    const until = performance.now() + DRAIN_MS;
    while ((await this.#gateway.queueLength()) > 0 && performance.now() < until)
      await sleep(LOOK_MS, undefined, { signal: this.#signal });
  }
}

function memoryOf({ pid }: GatewayProcess): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * KILOBYTE;
}
