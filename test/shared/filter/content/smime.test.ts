import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Openings } from '@mailpair/shared/filter/content/open-attachments';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import type { Content } from '@mailpair/shared/platform/values/content';
import { program, tarOf, zipOf } from '../../../support/archives.ts';
import { ber, compressed, enveloped, oids, pem, signed } from '../../../support/cms.ts';
import { attach } from '../../../support/containers.ts';
import { contentTypes, useOpened } from './opened.ts';
import { messageOf, read, whole } from './content.ts';

const unpack = { depth: 4, bytes: 1024 * 1024, cpuMs: Infinity };
const SMIME = 'application/pkcs7-mime; smime-type=signed-data; name=smime.p7m';
const entity = attach({ name: 'a.exe', octets: Buffer.from(program) });

const readOctets = (octets: Buffer, type = SMIME): Content =>
  readContent(messageOf(type, octets), new Openings(unpack).open);

/** As an entity that is signed or compressed again. */
const within = (octets: Buffer): Buffer =>
  Buffer.from(
    [
      'Content-Type: application/x-pkcs7-mime',
      'Content-Transfer-Encoding: base64',
      '',
      octets.toString('base64'),
    ].join('\r\n'),
  );

const seen = ({ facts }: Content): string[] =>
  facts.attachments.slice(1).map(({ name, looksLike, depth }) => `${depth} ${name} ${looksLike}`);

describe('S/MIME with the message in it', () => {
  for (const [how, octets] of [
    ['signed', signed(entity)],
    ['signed, in pieces of indefinite length', signed(entity, 'indefinite')],
    ['compressed', compressed(entity)],
    ['compressed, in pieces', compressed(entity, 'indefinite')],
    ['in base64 once more', Buffer.from(signed(entity).toString('base64'))],
    ['as PKCS7 in PEM', pem(signed(entity), 'PKCS7')],
    ['as CMS in PEM', pem(compressed(entity), 'CMS')],
  ] as const)
    for (const type of [
      SMIME,
      'application/x-pkcs7-mime',
      'application/octet-stream; name=smime.p7m',
      'image/png',
    ])
      it(`is read: ${how}, as ${type}`, () => {
        const content = readOctets(octets, type);
        const name = type.includes('name') ? 'smime.p7m' : '';
        expect(seen(content)).to.deep.equal([`1 ${name}/a.exe exe`]);
        expect(content.text).to.equal('Please look at this.');
        expect(content.facts.attachments[0]).not.to.have.property('unopened');
        expect(content.facts.attachments[1]).to.include({ declaredType: 'application/octet-stream' });
      });

  it('is read with its links, as text or HTML', () => {
    const html = Buffer.from('Content-Type: text/html\r\n\r\n<a href="http://evil.test/">Hello</a>');
    expect(readOctets(signed(html))).to.deep.include({ text: 'Hello', urls: ['http://evil.test/'] });
    expect(seen(readOctets(signed(html)))).to.deep.equal([]);
  });

  it('is read within itself, to the depth that is allowed', () => {
    const twice = signed(within(compressed(within(signed(entity)))));
    expect(seen(readOctets(twice)).at(-1)).to.equal('3 smime.p7m///a.exe exe');
    const often = [1, 2, 3, 4].reduce((octets) => signed(within(octets)), signed(entity));
    expect(readOctets(often).facts.attachments[0]?.unopened).to.include('attachments.depth is reached');
  });

  it('is read where CMS stands in CMS without MIME', () => {
    const bare = (octets: Buffer): Buffer => octets.subarray(octets.indexOf(Buffer.from([0x02, 1, 1])) - 6);
    expect(seen(readOctets(signed(bare(signed(entity)), 'definite', oids.signed)))).to.deep.equal([
      '1 smime.p7m/a.exe exe',
    ]);
    let nested = bare(signed(entity));
    for (let i = 0; i < 20; i += 1) nested = bare(signed(nested, 'definite', oids.signed));
    const [outer] = readOctets(signed(nested, 'definite', oids.signed)).facts.attachments;
    expect(outer?.unopened).to.equal('its CMS is nested too deep');
  });

  it('is a file where a file is signed', () => {
    const type = 'application/octet-stream; name=run.exe.p7m';
    expect(seen(readOctets(signed(Buffer.from(program)), type))).to.deep.equal(['1 run.exe.p7m/run.exe exe']);
    const zip = zipOf([{ name: 'a.js', content: 'x' }]);
    expect(seen(readOctets(signed(zip), 'application/pkcs7-mime; name=a.zip.p7m'))).to.deep.equal([
      '1 a.zip.p7m/a.zip zip',
      '2 a.zip.p7m/a.zip/a.js ',
    ]);
    const script = Buffer.from('start: http://evil.test/');
    expect(seen(readOctets(signed(script), 'application/octet-stream; name=a.js.p7m'))).to.deep.equal([
      '1 a.js.p7m/a.js ',
    ]);
    const odd = signed(Buffer.concat([Buffer.from('no field\r\n'), entity]));
    expect(seen(readOctets(odd))).to.deep.equal(['1 smime.p7m/smime ', '1 smime.p7m/a.exe exe']);
    const text = readOctets(signed(Buffer.from('Visit http://evil.test/')));
    expect(text.urls).to.deep.equal(['http://evil.test/']);
    expect(seen(readOctets(signed(Buffer.from('x'), 'definite', oids.other)))).to.deep.equal([
      '1 smime.p7m/smime ',
    ]);
  });

  it('is nothing where a signature stands alone', () => {
    const content = readOctets(signed(undefined), 'application/pkcs7-signature; name=smime.p7s');
    expect(content.facts.attachments).to.have.length(1);
    expect(content.facts.attachments[0]).not.to.have.any.keys('unopened', 'encrypted');
  });

  it('is said to be encrypted', () => {
    for (const octets of [enveloped(), enveloped(oids.authEnveloped)])
      expect(readOctets(octets).facts.attachments[0]).to.include({
        encrypted: true,
        unopened: 'it is encrypted',
      });
  });

  it('is said to be unopened where it cannot be read', () => {
    const cut = signed(entity, 'indefinite');
    for (const octets of [
      Buffer.alloc(0),
      Buffer.from('no ASN.1 at all'),
      Buffer.from('3080', 'hex'),
      ber(0x30, ber(0x06, Buffer.from('2a03', 'hex'))),
      signed(entity).subarray(0, -1),
      cut.subarray(0, 200),
    ])
      expect(readOctets(octets).facts.attachments[0]?.unopened).to.match(
        /^its ASN.1 is damaged$|unknown kind/,
      );
    for (let bytes = 0; bytes < 400; bytes += 1) readOctets(cut.subarray(0, bytes));
  });

  it('is bounded', () => {
    const large = compressed(Buffer.alloc(2 * 1024 * 1024));
    expect(readOctets(large).facts.attachments[0]?.unopened).to.include('attachments.unpack');
    const deep = Buffer.from('3080'.repeat(10_000), 'hex');
    expect(readOctets(deep).facts.attachments[0]?.unopened).to.equal('its ASN.1 has too many elements');
    const wide = ber(
      0x30,
      Buffer.concat([Buffer.from('06092a864886f70d010702', 'hex'), Buffer.alloc(1_200_000)]),
    );
    expect(readOctets(wide).facts.attachments).to.have.length(1);
    const pieces = Buffer.alloc(1_200_000, Buffer.from([0x04, 0]));
    const many = signed(pieces);
    many[many.indexOf(Buffer.from([0x04, 0x84]))] = 0x24;
    expect(readOctets(many).facts.attachments[0]?.unopened).to.equal('its ASN.1 has too many elements');
  });
});

describe('PGP', () => {
  it('is said to be encrypted, as RFC 3156 sends it or as a file', () => {
    const parts = [
      'Content-Type: multipart/encrypted; boundary=b',
      '',
      '--b',
      'Content-Type: application/pgp-encrypted',
    ];
    const data = [
      '',
      'Version: 1',
      '--b',
      'Content-Type: application/octet-stream',
      '',
      '-----BEGIN PGP MESSAGE-----',
    ];
    const message = Buffer.from([...whole, ...parts, ...data, '', 'hQEM', '--b--', ''].join('\r\n'));
    const { attachments } = readContent(message, new Openings(unpack).open).facts;
    expect(attachments.map(({ encrypted }) => encrypted)).to.deep.equal([true, true]);
  });

  it('is read where text is only signed', () => {
    const begin = ['-----BEGIN PGP SIGNED MESSAGE-----', 'Hash: SHA256', '', 'See http://a.test/'];
    const content = read('', ...begin, '-----BEGIN PGP SIGNATURE-----', 'x', '-----END PGP SIGNATURE-----');
    expect(content.urls).to.deep.equal(['http://a.test/']);
    const type = 'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=b';
    const parts = [
      '--b',
      '',
      'http://b.test/',
      '--b',
      'Content-Type: application/pgp-signature',
      '',
      'x',
      '--b--',
    ];
    expect(read(type, '', ...parts).urls).to.deep.equal(['http://b.test/']);
  });
});

describe('what documents are made of', () => {
  const open = useOpened();

  it('has no programs, whatever else an archive holds', () => {
    const exe = { name: 'setup.exe', content: program };
    for (const mark of [contentTypes, { name: 'mimetype', content: 'x' }]) {
      const names = (octets: Buffer): string[] => open('x', octets).map(({ name }) => name);
      expect(names(zipOf([mark, exe, { name: 'a.js', content: 'x' }]))).to.include.members([
        'x/setup.exe',
        'x/a.js',
      ]);
      expect(names(tarOf([mark, exe]))).to.include('x/setup.exe');
    }
  });
});
