import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { fingerprintOf, keysFor, readKeyRing, type KeyRing } from '@mailpair/shared/gateway/sign/key-ring';
import { ed25519Pem, rsaPem, writeKeys, writeStates } from '../../../support/dkim.ts';

describe('the keys that sign', () => {
  const rsa = rsaPem();
  const ed = ed25519Pem();
  let directory = '';
  const hosted = ['example.com', 'sub.example.com', 'example.org'];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-ring-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const read = (before: KeyRing = new Map()): KeyRing => readKeyRing(directory, hosted, before);
  const brief = (ring: KeyRing, domain: string): unknown[] => {
    const { standing, keys } = ring.get(domain)!;
    return [standing, keys.map(({ selector }) => selector)];
  };

  it('are the active ones of hosted domains, RSA first', () => {
    writeKeys(directory, 'example.com', { e: ed, r: rsa, next: rsa, old: rsa }, ['e', 'r'], ['old']);
    writeKeys(directory, 'other.test', { r: rsa });
    const ring = read();
    expect([...ring.keys()]).to.deep.equal(['example.com']);
    expect(brief(ring, 'example.com')).to.deep.equal(['active', ['r', 'e']]);
  });

  it('are none while none is active, and none where there is no directory', () => {
    writeKeys(directory, 'example.com', { r: rsa }, []);
    expect(brief(read(), 'example.com')).to.deep.equal(['waiting', []]);
    expect(readKeyRing(join(directory, 'nowhere'), hosted, new Map()).size).to.equal(0);
  });

  it('are for an author of the domain, and of those below it that have none', () => {
    writeKeys(directory, 'example.com', { r: rsa });
    writeKeys(directory, 'sub.example.com', { waiting: ed }, []);
    const ring = read();
    for (const author of ['example.com', 'sub.example.com', 'mx.example.com', 'a.b.sub.example.com'])
      expect(keysFor(ring, author)?.domain, author).to.equal('example.com');
    for (const author of ['example.org', 'com', 'badexample.com', ''])
      expect(keysFor(ring, author), author).to.equal(undefined);
    writeStates(directory, 'sub.example.com', ['waiting']);
    expect(keysFor(read(), 'a.sub.example.com')?.domain).to.equal('sub.example.com');
  });

  it('are told with what is wrong: missing, no key, unfit, states that nobody can read', () => {
    writeKeys(directory, 'example.com', { r: rsa }, ['r', 'gone']);
    expect(brief(read(), 'example.com')).to.deep.equal(['impaired', ['r']]);
    expect(read().get('example.com')?.faults[0]).to.match(/example\.com\/gone\.pem: does not exist$/);

    writeKeys(directory, 'example.org', { short: rsaPem(512) });
    expect(brief(read(), 'example.org')).to.deep.equal(['fault', []]);
    expect(read().get('example.org')?.faults[0]).to.include('is an RSA key of 512 bits');

    writeFileSync(join(directory, 'example.org/short.pem'), 'nonsense');
    expect(read().get('example.org')?.faults[0]).to.include('holds no private key in PEM');

    for (const text of ['', '[]', '{"active": ["r"]}', '{"active": {"r": 1}}']) {
      writeFileSync(join(directory, 'example.com/selectors.json'), text);
      expect(brief(read(), 'example.com'), text).to.deep.equal(['fault', []]);
      expect(read().get('example.com')?.faults[0]).to.include('selectors.json: is not {"active"');
    }
  });

  it('go on signing when their files, or all of the directory, go', () => {
    writeKeys(directory, 'example.com', { e: ed, r: rsa });
    const before = read();
    rmSync(join(directory, 'example.com/r.pem'));
    const without = read(before);
    expect(brief(without, 'example.com')).to.deep.equal(['impaired', ['r', 'e']]);
    rmSync(directory, { recursive: true });
    expect(brief(read(without), 'example.com')).to.deep.equal(['impaired', ['r', 'e']]);
    mkdirSync(directory);
    writeKeys(directory, 'example.com', { e: ed, r: rsa });
    expect(brief(read(read(without)), 'example.com')).to.deep.equal(['active', ['r', 'e']]);
  });

  it('are read again when a file comes or goes, or others are chosen', () => {
    const prints = [fingerprintOf(directory, hosted)];
    const changed = (): boolean => {
      prints.push(fingerprintOf(directory, hosted));
      return prints.at(-1) !== prints.at(-2);
    };
    expect(changed()).to.equal(false);
    writeKeys(directory, 'example.com', { e: ed });
    expect(changed()).to.equal(true);
    expect(changed()).to.equal(false);
    writeFileSync(join(directory, 'example.com/next.pem'), rsa);
    expect(changed()).to.equal(true);
  });
});
