/**
 * `mailpair queue export`: copies messages to files. ID.eml has exactly the octets that would be sent.
 * ID.json is the entry and is written after ID.eml, so its existence shows that the message is complete.
 * Existing files are never overwritten.
 */
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReachedGateway } from '@mailpair/shared/api/reach-gateway';
import { filterHelp, filterOf, filterOptions, itemsOf, roleHelp, roleOption, withQueues } from './access.ts';
import { expectOperands } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

type Result = 'written' | 'present' | 'gone';

export const queueExport: Verb = {
  usage: 'queue export DIR [--domain D] [--sender A] [--recipient A] [--held] [--role inbound|outbound]',
  options: { ...filterOptions, ...roleOption },
  help: `
Writes DIR/ID.eml (the message as it would be sent, octet for octet) and DIR/ID.json (envelope and
state) for each message, and leaves the queue as it is. Nothing is overwritten. The recipients still
open are those of status "queued" in ID.json.

${filterHelp}
${roleHelp}

Examples:
  mailpair queue export /var/tmp/queue-copy
  mailpair queue export --domain example.net /var/tmp/for-example.net

Exit: 0 all written, 1 some were there already, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 1, 1);
    const [directory = ''] = args.operands;
    return withQueues(args, io, async (gateways) => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const counts = { written: 0, present: 0, gone: 0 };
      for (const gateway of gateways)
        for await (const { id } of itemsOf(gateway, filterOf(args))) {
          const result = await exportEntry(gateway, id, directory);
          counts[result] += 1;
          if (result === 'present')
            io.err(`${join(directory, id)}.eml or .json exists already and was not overwritten.`);
        }
      const { written, present, gone } = counts;
      const left = gone > 0 ? ` (messages that left the queue meanwhile: ${gone})` : '';
      io.out(
        args.json
          ? JSON.stringify({ directory, written, present, gone })
          : `${written === 1 ? '1 message' : `${written} messages`} written to ${directory}${left}.`,
      );
      return present > 0 ? 1 : 0;
    });
  },
};

async function exportEntry({ queue, role }: ReachedGateway, id: string, directory: string): Promise<Result> {
  const entry = await queue.show({ id });
  const message = entry && (await queue.message({ id }));
  if (!message) return 'gone';
  const [eml, json] = [join(directory, `${id}.eml`), join(directory, `${id}.json`)];
  const first = await writeNew(eml, message);
  if (first !== 'written') {
    message.destroy();
    return first;
  }
  const text = [Buffer.from(`${JSON.stringify({ role, ...entry }, null, 2)}\n`)];
  const second = await writeNew(json, text);
  if (second !== 'written') await rm(eml);
  return second;
}

async function writeNew(
  path: string,
  octets: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<'written' | 'present'> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  });
  if (!file) return 'present';
  try {
    for await (const chunk of octets) await file.writeFile(chunk);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return 'written';
}
