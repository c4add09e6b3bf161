/**
 * `npx pnpm@12 bench:classifier [--write] [--seed N]`: how well spam is told from ham, ours beside rspamd, on halves of a public
 * corpus. The table on stdout, progress on stderr; --write keeps it in README.md of this folder.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { endAll, endOnSignals, isInterrupted } from '../endings.ts';
import { insertTable } from '../keep.ts';
import { describeMachine } from '../machine.ts';
import { halve, readCorpus } from './corpus.ts';
import { askOurs } from './ours.ts';
import { askRspamd, obstacle } from './rspamd.ts';
import { composeReport, type Row } from './report.ts';

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

async function measure(seed: number): Promise<string> {
  const halves = halve(readCorpus(), seed);
  const { training, test } = halves;
  tell(`${training.length} messages to teach, ${test.length} to ask about`);
  const ours = await askOurs(halves);
  const count = test.length;
  const rows: Row[] = [
    {
      name: 'Mailpair classifier',
      scored: ours.scored,
      cpuMs: (ours.readMs + ours.classifyMs) / count,
    },
  ];
  const notes = [
    `Mailpair: ${(ours.readMs / count).toFixed(3)} ms to read a message and ${(ours.classifyMs / count).toFixed(3)} ms to classify it, ` +
      `${((ours.classifyMs * 4096) / ours.bytes).toFixed(3)} ms for 4 KB; ${(ours.teachMs / training.length).toFixed(3)} ms to learn one.`,
  ];
  const why = obstacle();
  if (why === null) {
    tell('rspamd: by rules, then taught, then by both');
    const theirs = await askRspamd(halves);
    rows.push(
      { name: 'rspamd, its Bayes', scored: theirs.bayes, cpuMs: null },
      { name: 'rspamd, its rules offline', scored: theirs.rules, cpuMs: null },
      { name: 'rspamd, rules and Bayes', scored: theirs.both, cpuMs: theirs.cpuMs / count },
    );
    notes.push(
      `rspamd ${theirs.version} of Debian; its Bayes took in ${theirs.learnt.spam} spam and ${theirs.learnt.ham} ham.`,
    );
  } else notes.push(`rspamd left out: ${why}.`);
  return composeReport(rows, { seed, training, test, notes, machine: describeMachine() });
}

async function keep(table: string): Promise<void> {
  const path = join(import.meta.dirname, 'README.md');
  const text = insertTable(await readFile(path, 'utf8'), table);
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

endOnSignals();
try {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '1' }, write: { type: 'boolean', default: false } },
  });
  const table = await measure(Number(values.seed));
  process.stdout.write(table);
  if (values.write) await keep(table);
} catch (error) {
  if (!isInterrupted()) tell((error as Error).stack ?? String(error));
  process.exitCode = 1;
} finally {
  await endAll();
}
