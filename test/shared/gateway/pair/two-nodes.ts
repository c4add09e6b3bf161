/** Two nodes that exchange heartbeats within the test: no network, and clocks that stand still until told to move. */
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PartnerClient } from '@mailpair/shared/gateway/pair/partner-client';
import { deriveKeys } from '@mailpair/shared/gateway/pair/partner-keys';
import { PartnerSet } from '@mailpair/shared/gateway/pair/partners';
import type { PartnerView } from '@mailpair/shared/gateway/pair/partner-view';
import { Topics } from '@mailpair/shared/platform/topics';
import type { Log } from '@mailpair/shared/platform/log/log';
import { silentLog } from '@mailpair/shared/platform/log/log';
import { beatOf } from './beats.ts';

const nextTick = promisify(process.nextTick);

export interface TestNode {
  readonly set: PartnerSet;
  /** Lines of the log: event and fields. */
  readonly told: { readonly event: string; readonly [field: string]: unknown }[];
  readonly results: string[];
  /** Its topic: keys and their texts. */
  readonly known: Map<string, string>;
  tell(key: string): void;
  /** Ahead of the clock they share. */
  skewMs: number;
  /** Whether others reach it. */
  isReachable: boolean;
  secrets: readonly string[];
  digest: Readonly<Record<string, string>>;
  /** Of its only partner. */
  readonly partner: PartnerView;
}

export class TwoNodes {
  readonly #time = { now: 0 };
  readonly inbound = this.open('inbound', 'in.example.com', 'first run of inbound');
  outbound = this.open('outbound', 'out.example.com', 'first run of outbound');

  meet(): void {
    this.inbound.set.set([{ role: 'outbound', node: 'out.example.com', url: 'http://out.example.com' }]);
    this.outbound.set.set([{ role: 'inbound', node: 'in.example.com', url: 'http://in.example.com' }]);
  }

  /** Outbound is started again, with nothing in its memory. */
  restartOutbound(): void {
    this.outbound.set.close();
    this.outbound = this.open('outbound', 'out.example.com', 'second run of outbound');
    this.outbound.set.set([{ role: 'inbound', node: 'in.example.com', url: 'http://in.example.com' }]);
  }

  /** Lets so much time go by, in steps, after each of which those that are awake look and beat. */
  async pass(ms: number, ...awake: readonly TestNode[]): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1_000) {
      this.#time.now += 1_000;
      for (const { set } of awake.length > 0 ? awake : [this.inbound, this.outbound]) {
        set.look();
        set.beat();
      }
      await setImmediate();
    }
  }

  close(): void {
    this.inbound.set.close();
    this.outbound.set.close();
  }

  open(role: 'inbound' | 'outbound', name: string, run: string): TestNode {
    const told: TestNode['told'] = [];
    const tell = (event: string, fields: object = {}): void => void told.push({ event, ...fields });
    const log: Log = { ...silentLog, info: tell, warn: tell, error: tell };
    const known = new Map<string, string>();
    const topics = new Topics();
    const { tell: tellPartner } = topics.add({
      name: 'test',
      look: (key) => known.get(key),
      all: () => known.keys(),
      take: (items) => {
        for (const item of items) known.set(item.replace('about ', ''), item);
        return items.length;
      },
    });
    const results: string[] = [];
    const set = new PartnerSet(
      {
        self: { name: `${role}/${name}`, run: run.replaceAll(' ', '-') },
        keys: () => deriveKeys(node.secrets),
        rules: () => ({ intervalMs: 1_000, deadAfterMs: 5_000 }),
        compose: () => ({ ...beatOf({ digest: node.digest }) }),
        topics,
        clock: { now: () => 1_798_761_600_000 + this.#time.now + node.skewMs },
        steady: { now: () => this.#time.now },
        log,
        metrics: {
          heartbeat: (direction, result) => void results.push(`${direction} ${result}`),
          knowledge: () => undefined,
        },
      },
      (url) => this.#client(url),
    );
    topics.onTold((topic, key) => set.tell(topic, key));
    const node: TestNode = {
      set,
      told,
      results,
      known,
      tell: tellPartner,
      skewMs: 0,
      isReachable: true,
      secrets: ['the secret of both'],
      digest: { domains: 'same' },
      get partner() {
        return set.views()[0]!;
      },
    };
    return node;
  }

  #client(url: string): PartnerClient {
    return {
      url,
      post: async (_path, seal, body) => {
        await nextTick();
        const receiver = url.includes('in.') ? this.inbound : this.outbound;
        if (!receiver.isReachable) throw new Error('connect ECONNREFUSED');
        return receiver.set.receive({ seal, body, client: '192.0.2.1' });
      },
      close: () => undefined,
    };
  }
}
