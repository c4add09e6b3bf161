/** Python's email package and Debian's tnef, as second readers of the generated evasions. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { simpleParser } from 'mailparser';
import { describe, it } from 'mocha';
import { evasions } from '../evasion/cases.ts';
import { useJudging, type Judged } from '../evasion/judged.ts';
import { isProgram, missedOf, type Shown } from '../evasion/shown.ts';
import { needProgram } from './programs.ts';
import { shownByPython } from './python-email.ts';

/** What it names itself: the text of the message, and a file without a name. */
const ofTnefItself = /^(?:body(?:\.|$)|tnef-tmp)/;
const SIGNATURE = '789f3e22';

describe('what others read of evasions is read, or the message is not accepted', () => {
  const judge = useJudging();

  function missedIn(shown: readonly (readonly [name: string, of: Shown, judged: Judged])[]): object {
    return Object.fromEntries(
      shown
        .map(([name, of, judged]) => [name, missedOf(of, judged)] as const)
        .filter(([, missed]) => missed.length > 0),
    );
  }

  it("by Python's email package", function () {
    const shown = shownByPython(
      needProgram(this, 'python3'),
      evasions.map(({ octets }) => octets),
    );
    expect(shown.filter(({ files }) => files.some((file) => file.isProgram))).to.have.length.above(100);
    expect(missedIn(evasions.map(({ name, octets }, i) => [name, shown[i]!, judge(octets)]))).to.deep.equal(
      {},
    );
  });

  it('by tnef', async function () {
    const tnef = needProgram(this, 'tnef');
    const streams: [string, Shown, Judged][] = [];
    for (const { name, octets } of evasions.filter((each) => /^tnef/.test(each.name))) {
      const { attachments } = await simpleParser(octets);
      const stream = attachments.find(({ content }) => content.toString('hex', 0, 4) === SIGNATURE);
      if (stream) streams.push([name, shownByTnef(tnef, stream.content), judge(octets)]);
    }
    expect(streams.filter(([, { files }]) => files.length > 0)).to.have.length.above(20);
    expect(missedIn(streams)).to.deep.equal({});
  });
});

/** The files that it writes, the text of the message among them. */
function shownByTnef(tnef: string, octets: Buffer): Shown {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-tnef-'));
  try {
    const file = join(directory, 'winmail.dat');
    const out = join(directory, 'out');
    writeFileSync(file, octets);
    mkdirSync(out);
    spawnSync(tnef, ['--save-body=body', '--body-pref=all', '-C', out, '-f', file]);
    const found = readdirSync(out).map((name) => ({ name, content: readFileSync(join(out, name)) }));
    return {
      files: found
        .filter(({ name }) => !ofTnefItself.test(name))
        .map(({ name, content }) => ({ name, isProgram: isProgram(content) })),
      text: found.map(({ content }) => content.toString('latin1')).join('\n'),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
