import { createHash, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readPublicKeys, type PublicKeys } from '@mailpair/planner/public-keys';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { publishOf } from './pairs.ts';

describe('the public keys for DNS', () => {
  let directory = '';
  const at = (name: string): string => join(directory, name);

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-public-keys-'));
  });

  after(() => rmSync(directory, { recursive: true }));

  function write(name: string, text: string): string {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
    return at(name);
  }

  const read = (certFile: string | null, certificates: string[] = [], dkim = at('none')): PublicKeys =>
    readPublicKeys({
      domains: [{ name: 'example.com', localServers: [], verify: { by: 'none' } }],
      tls: { certFile, keyFile: null, minVersion: 'TLSv1.2' },
      publish: publishOf({ certificates }),
      dkim: { keys: dkim },
    });

  const privatePem = (type: 'rsa' | 'ed25519' | 'ec', bits = 2048): string => {
    const { privateKey } =
      type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: bits })
        : type === 'ec'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('ed25519');
    return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  };

  describe('of hosts', () => {
    it('are the SHA-256 of the SubjectPublicKeyInfo of each certificate, with the names it is for', async () => {
      const { cert } = await selfSigned(['mx-in.example.com']);
      const [key, ...more] = read(write('cert.pem', cert)).hosts;
      expect(more).to.be.empty;
      const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
      expect(key?.digest).to.equal(createHash('sha256').update(spki).digest('hex'));
      expect(key?.covers?.('mx-in.example.com')).to.equal(true);
      expect(key?.covers?.('mx-out.example.com')).to.equal(false);
      expect(key?.selfSigned).to.equal(true);
    });

    it('of a bare key are the same whether the file holds its private or its public half', () => {
      const pem = privatePem('ec');
      const publicPem = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
      const [fromPrivate, fromPublic] = read(null, [
        write('next.key', pem),
        write('next.pub', publicPem),
      ]).hosts;
      expect(fromPrivate?.covers).to.equal(null);
      expect(fromPrivate?.digest).to.equal(fromPublic?.digest);
    });

    it('are missed with a note when the file cannot be read or holds no key', () => {
      const { hosts, notes } = read(at('missing.pem'), [write('nonsense.pem', 'nonsense'), directory]);
      expect(hosts).to.be.empty;
      expect(notes).to.have.length(3);
      expect(notes[0]).to.include('missing.pem: does not exist here');
      expect(notes[1]).to.include('nonsense.pem: ').and.include('its key is not published');
      expect(notes[2]).to.include('is a directory');
    });
  });

  describe('for DKIM', () => {
    it('tell which of them wait; none when it is not known which of them sign', () => {
      for (const name of ['new', 'now', 'old'])
        write(`states/example.com/${name}.pem`, privatePem('ed25519'));
      const waiting = (): string[] =>
        read(null, [], at('states'))
          .dkim.filter(({ isWaiting }) => isWaiting)
          .map(({ selector }) => selector);
      expect(waiting()).to.deep.equal(['new', 'now', 'old']);
      const since = '2026-11-24T10:00:00Z';
      write(
        'states/example.com/selectors.json',
        JSON.stringify({ active: { now: since }, retired: { old: since } }),
      );
      expect(waiting()).to.deep.equal(['new']);
      write('states/example.com/selectors.json', '{');
      expect(waiting()).to.deep.equal([]);
      expect(read(null, [], at('states')).notes.join()).to.include('selectors.json');
      expect(read(null, [], at('states')).dkim).to.have.length(3);
    });

    it('come from DOMAIN/SELECTOR.pem, every selector, RSA as SubjectPublicKeyInfo and Ed25519 bare', () => {
      const rsa = privatePem('rsa');
      const ed = privatePem('ed25519');
      write('dkim/example.com/s2026.pem', rsa);
      write('dkim/example.com/e2026.pem', ed);
      write('dkim/example.com/notes.txt', 'not a key');
      const { dkim, notes } = read(null, [], at('dkim'));
      expect(notes).to.be.empty;
      expect(dkim.map(({ domain, selector }) => [domain, selector])).to.deep.equal([
        ['example.com', 'e2026'],
        ['example.com', 's2026'],
      ]);
      const spki = createPublicKey(rsa).export({ type: 'spki', format: 'der' }).toString('base64');
      expect(dkim[1]?.record).to.equal(`v=DKIM1; k=rsa; p=${spki}`);
      const bare = createPublicKey(ed).export({ format: 'jwk' }).x ?? '';
      expect(dkim[0]?.record).to.equal(
        `v=DKIM1; k=ed25519; p=${Buffer.from(bare, 'base64url').toString('base64')}`,
      );
      expect(Buffer.from(bare, 'base64url')).to.have.length(32);
    });

    it('never hold anything of the private half', () => {
      const pem = privatePem('ed25519');
      write('secret/example.com/s.pem', pem);
      const seed = Buffer.from(pem.split('\n')[1] ?? '', 'base64').subarray(-32);
      expect(JSON.stringify(read(null, [], at('secret')))).not.to.include(seed.toString('base64'));
    });

    it('are missed with a note when they cannot serve', () => {
      write('bad/example.com/short.pem', privatePem('rsa', 512));
      write('bad/example.com/curve.pem', privatePem('ec'));
      write('bad/example.com/-.pem', privatePem('ed25519'));
      write('bad/example.org/s1.pem', privatePem('ed25519'));
      const { dkim, notes } = read(null, [], at('bad'));
      expect(dkim).to.be.empty;
      expect(notes.join('\n'))
        .to.match(/short\.pem: holds an RSA key of 512 bits/)
        .and.match(/curve\.pem: holds a key of type ec; DKIM knows rsa and ed25519/)
        .and.match(/-\.pem: is not named after a selector/)
        .and.match(/example\.org is no hosted domain/);
    });

    it('are none, without a note, where the directory does not exist', () => {
      expect(read(null)).to.deep.equal({ hosts: [], dkim: [], notes: [] });
    });
  });
});
