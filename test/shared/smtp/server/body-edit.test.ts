import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { editBody, type Edit } from '@mailpair/shared/smtp/server/body-edit';
import { findFields } from '@mailpair/shared/smtp/server/header-fields';
import { BlockPool } from '@mailpair/shared/platform/memory/block-pool';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import type { Body } from '@mailpair/shared/platform/values/body';

/** A body in memory, cut anywhere. */
function inPieces(text: string, cuts: readonly number[]): Body {
  const octets = Buffer.from(text, 'latin1');
  const at = [0, ...cuts.filter((cut) => cut < octets.length).sort((a, b) => a - b), octets.length];
  return {
    ...bodyOf(octets),
    chunks: at.slice(1).map((end, i) => octets.subarray(at[i], end)),
    sizeBytes: octets.length,
  };
}

const textOf = (body: Body): string =>
  body.path === undefined
    ? Buffer.concat(body.chunks!).toString('latin1')
    : readFileSync(body.path, 'latin1');

const field = fc.constantFrom(
  'X-Wanted: one\r\n',
  'x-wanted : two\r\n\tfolded\r\n',
  'X-Other: no\r\n x-wanted: folded into it\r\n',
  'X-Wanted-Not: no\r\n',
  'Subject: x-wanted: no\r\n',
  'no colon\r\n',
);

describe('fields of a body', () => {
  let directory: string;
  before(() => (directory = mkdtempSync(join(tmpdir(), 'mailpair-'))));
  after(() => rmSync(directory, { recursive: true }));

  it('are found and taken out wherever the pieces are cut, and nothing else is', async () => {
    const message = fc.tuple(
      fc.array(field, { maxLength: 8 }),
      fc.constantFrom('\r\nX-Wanted: content\r\n', '\r\n', ''),
    );
    await fc.assert(
      fc.asyncProperty(message, fc.array(fc.nat(200), { maxLength: 5 }), async ([fields, content], cuts) => {
        const body = inPieces(fields.join('') + content, cuts);
        const found = await findFields(body, new Set(['x-wanted']));
        const isWanted = (each: string): boolean => /^x-wanted ?:/i.test(each);
        expect(found.map(({ raw }) => raw)).to.deep.equal(fields.filter(isWanted));
        const edits = found.map(({ from, to }) => ({ from, to, by: '' }));
        const { body: edited } = await editBody(body, edits, {
          memoryBytes: 10_000,
          room: new BlockPool(() => 0),
          newPath: () => '',
        });
        expect(textOf(edited)).to.equal(fields.filter((each) => !isWanted(each)).join('') + content);
        expect(edited.sha256).to.equal(bodyOf(Buffer.from(textOf(edited), 'latin1')).sha256);
      }),
    );
  });

  it('are replaced where they stand', async () => {
    const edits: readonly Edit[] = [
      { from: 0, to: 2, by: 'AA' },
      { from: 4, to: 4, by: '[new]' },
      { from: 6, to: 9, by: '' },
    ];
    for (const cuts of [[], [1], [4], [5, 7], [2, 3, 6, 9], [8]]) {
      const { body } = await editBody(inPieces('abcdefghijk', cuts), edits, {
        memoryBytes: 100,
        room: new BlockPool(() => 0),
        newPath: () => '',
      });
      expect(textOf(body), String(cuts)).to.equal('AAcd[new]efjk');
    }
  });

  it('are taken out of a file into another, which goes when it is needed no more', async () => {
    const path = join(directory, 'first');
    const text = `X-Wanted: 1\r\n${'X-Other: 2\r\n'.repeat(20_000)}X-Wanted: 3\r\n\r\n${'content\r\n'.repeat(20_000)}`;
    writeFileSync(path, text);
    const body: Body = { path, sizeBytes: text.length, sha256: '', hops: 0, eightBit: false };
    const found = await findFields(body, new Set(['x-wanted']));
    expect(found).to.have.length(2);
    const { body: edited, discard } = await editBody(
      body,
      found.map(({ from, to }) => ({ from, to, by: '' })),
      { memoryBytes: 1_000, room: new BlockPool(() => 0), newPath: () => join(directory, 'second') },
    );
    expect(textOf(edited)).to.equal(text.replaceAll(/X-Wanted: \d\r\n/g, ''));
    expect(readFileSync(path, 'latin1')).to.equal(text);
    await discard();
    expect(readdirSync(directory)).to.deep.equal(['first']);
  });
});
