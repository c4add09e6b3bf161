import { expect } from 'chai';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { differencesOf, digestOf, nodeLocal } from '@mailpair/shared/gateway/pair/configuration-digest';
import { isKeyPath, keyPaths } from '@mailpair/shared/config/keys';
import { minimal, readText } from '../../config/reading.ts';

const key = Buffer.alloc(32, 1);
const digestOfText = (more: string) => {
  const { settings, faults } = readText(`${minimal()}${more}`);
  expect(faults).to.deep.equal([]);
  return digestOf(settings!.keys, key);
};

describe('the digest of a configuration', () => {
  it('names the keys that differ, and no others', () => {
    const ours = digestOfText('smtp: { maxMessage: 50MB }\nrecipients: { positiveTtl: 3d }\n');
    const theirs = digestOfText('smtp: { maxMessage: 49MB }\nroutes: { "*": "smtp://relay.example.net" }\n');
    expect(differencesOf(ours, theirs)).to.deep.equal([
      'recipients.positiveTtl',
      'routes',
      'smtp.maxMessage',
    ]);
    expect(differencesOf(theirs, ours)).to.deep.equal(differencesOf(ours, theirs));
  });

  it('is the same for the same values, however they were written', () => {
    const ours = digestOfText('routes: { a.test: "smtp://h", b.test: "smtp://i" }\nqueue: { expire: 5d }\n');
    const theirs = digestOfText(
      'routes: { b.test: "smtp://i:25", a.test: "smtp://h" }\nqueue: { expire: 120h }\n',
    );
    expect(differencesOf(ours, theirs)).to.deep.equal([]);
  });

  it('leaves out what belongs to one host', () => {
    const ours = digestOfText('log: { level: debug }\nnode: mx-in.example.com\n');
    expect(differencesOf(ours, digestOfText(''))).to.deep.equal([]);
    expect([...nodeLocal].filter((path) => !isKeyPath(path))).to.deep.equal([]);
    expect(Object.keys(ours).toSorted()).to.deep.equal(
      keyPaths.filter((path) => !nodeLocal.has(path)).toSorted(),
    );
  });

  it('passes over keys that only one version knows', () => {
    expect(differencesOf({ a: '1', b: '2' }, { a: '1', c: '3' })).to.deep.equal([]);
  });

  it('tells nothing about a value without the secret, not even that two keys have the same', () => {
    const digest = digestOf({ a: 'geheim', b: 'geheim' }, key);
    expect(digest['a']).not.to.equal(digest['b']);
    expect(digestOf({ a: 'geheim' }, Buffer.alloc(32, 2))['a']).not.to.equal(digest['a']);
  });

  it('differs when values differ', () => {
    const value = fc.jsonValue();
    fc.assert(
      fc.property(value, value, (a, b) => {
        const isSame = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(differencesOf(digestOf({ a }, key), digestOf({ a: b }, key)).length).to.equal(isSame ? 0 : 1);
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { fields: fields.map(([name, field]) => [name, sorted(field)]) };
}
