/**
 * Mutated messages and archives through the reader of content: it never throws, keeps its bounds, and no input of up to
 * 64 KB takes long. Run as a program it does a million; the tests do some thousand.
 *
 *     node test/fuzz/content.ts --count 1000000 --seed 1
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { loadLibarchive, type Libarchive } from '@mailpair/shared/facts/content/archives/libarchive';
import { Openings, isToOpen } from '@mailpair/shared/facts/content/open-attachments';
import { readContent } from '@mailpair/shared/facts/content/read-content';
import type { Content } from '@mailpair/shared/values/content';
import { packed, program, rarOf, tarOf, zipOf } from '../support/archives.ts';
import { hostileMessages } from '../support/hostile/messages.ts';
import { chanceOf, mutate } from './mutate.ts';

export interface FuzzResult {
  readonly count: number;
  /** CPU of messages that a gateway reads at once, and of those it reads in a thread. */
  readonly slowestAtOnceMs: number;
  readonly slowestInThreadMs: number;
  /** What the slowest at once was, in base64. */
  readonly slowest: string;
  readonly faults: readonly string[];
  /** Instances of libarchive that went wrong and were let go. */
  readonly broken: number;
}

/** Larger ones take long to mutate and say nothing new. */
const SEED_BYTES = 6 * 1024;
const isLarge = /× \d{4,}|megabyte|MB|lies about sizes/;
const unpack = { depth: 3, bytes: 8 * 1024 * 1024, cpuMs: Infinity };

function seeds(): { messages: Buffer[]; archives: Buffer[] } {
  const messages = [...hostileMessages((name) => !isLarge.test(name))]
    .map(({ octets }) => octets)
    .filter(({ length }) => length <= SEED_BYTES);
  const member = { name: 'a.exe', content: program };
  const archives = [
    zipOf([member, { name: 'b.zip', content: zipOf([member]) }]),
    zipOf([{ name: '[Content_Types].xml', content: '<x/>' }, member]),
    gzipSync(tarOf([member])),
    tarOf([member, { name: 'b', content: 'x' }]),
    rarOf([member]),
    ...Object.values(packed),
    Buffer.from('789f3e220000020290060000000000000000', 'hex'),
  ];
  return { messages, archives };
}

const attached = (octets: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('From: a@b.test\r\nContent-Type: application/octet-stream; name=a\r\n'),
    Buffer.from('Content-Transfer-Encoding: 8bit\r\n\r\n'),
    octets,
  ]);

export async function fuzz(count: number, seed: number, heard: (done: number) => void): Promise<FuzzResult> {
  const chance = chanceOf(seed);
  const { messages, archives } = seeds();
  const pick = (from: readonly Buffer[]): Buffer => from[Math.floor(chance() * from.length)]!;
  let library: Libarchive = await loadLibarchive();
  let [slowestAtOnceMs, slowestInThreadMs, slowest, broken] = [0, 0, '', 0];
  const faults: string[] = [];
  for (let done = 0; done < count && faults.length < 10; done += 1) {
    const asArchive = done % 10 === 0;
    const input = asArchive
      ? attached(mutate(pick(archives), pick(archives), chance))
      : mutate(pick(messages), pick(messages), chance);
    if (library.broken) {
      library = await loadLibarchive();
      broken += 1;
    }
    const openings = new Openings(unpack, library);
    let inThread = asArchive;
    const from = process.threadCpuUsage();
    try {
      const fault = faultOf(
        readContent(input, (octets, facts, notes) => {
          inThread ||= isToOpen(facts.looksLike);
          return openings.open(octets, facts, notes);
        }),
      );
      if (fault !== undefined) faults.push(`${fault}: ${input.toString('base64')}`);
    } catch (error) {
      faults.push(`${(error as Error).stack}: ${input.toString('base64')}`);
    }
    // Its own time, for the machine may be busy with something else.
    const { user, system } = process.threadCpuUsage(from);
    const took = (user + system) / 1000;
    if (inThread) slowestInThreadMs = Math.max(slowestInThreadMs, took);
    else if (took > slowestAtOnceMs) [slowestAtOnceMs, slowest] = [took, input.toString('base64')];
    if (done % 10_000 === 9_999) heard(done + 1);
  }
  return { count, slowestAtOnceMs, slowestInThreadMs, slowest, faults, broken };
}

/** What is beyond its bounds. */
function faultOf({ fields, text, urls, facts }: Content): string | undefined {
  if (fields.length > 1_000 || text.length > 256 * 1024 + 500) return 'fields or text beyond bounds';
  if (urls.length > 200 || urls.some(({ length }) => length > 2_048)) return 'URLs beyond bounds';
  if (facts.attachments.length > 500) return 'attachments beyond bounds';
  const json = JSON.stringify(facts);
  if (json.length > 1024 * 1024) return `facts of ${json.length} characters`;
  return undefined;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
  });
  let early = 0;
  const from = performance.now();
  const result = await fuzz(Number(values.count), Number(values.seed), (done) => {
    if (done === 10_000) early = process.memoryUsage().rss;
    if (done % 100_000 === 0)
      process.stderr.write(`${done} in ${Math.round((performance.now() - from) / 1000)} s\n`);
  });
  const { slowest, ...rest } = result;
  const grown = Math.round((process.memoryUsage().rss - early) / 1024 / 1024);
  console.log(
    JSON.stringify(
      { seed: Number(values.seed), ...rest, grownMegabytes: grown, slowest: slowest.slice(0, 4_000) },
      null,
      2,
    ),
  );
  process.exitCode = result.faults.length > 0 ? 1 : 0;
}
