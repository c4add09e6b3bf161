import { expect } from 'chai';
import { describe, it } from 'mocha';
import { envNameOf, keyOf, keyPaths } from '@mailpair/shared/config/keys';
import { createFindings } from '@mailpair/shared/config/schema/findings';
import { parseYamlValue } from '@mailpair/shared/config/read/yaml';
import { minimal, readText } from '../reading.ts';

const inFile = `smtp: { maxHops: 10 }\n${minimal()}`;
const inEnv = { MAILPAIR_SMTP_MAX_HOPS: '20' };
const hops = (text: string, env: Record<string, string>, sets: string[]) => {
  const { settings, effective, faults } = readText(text, { env, sets });
  expect(faults).to.deep.equal([]);
  return [settings?.smtp.maxHops, effective.find(({ path }) => path === 'smtp.maxHops')?.from];
};

describe('layers of the configuration', () => {
  it('lie over each other: default, file, environment, --set', () => {
    expect(hops(minimal(), {}, [])).to.deep.equal([100, 'default']);
    expect(hops(inFile, {}, [])).to.deep.equal([10, 'mailpair.yaml:1']);
    expect(hops(inFile, inEnv, [])).to.deep.equal([20, 'MAILPAIR_SMTP_MAX_HOPS']);
    expect(hops(inFile, inEnv, ['smtp.maxHops=30'])).to.deep.equal([30, '--set']);
  });

  it('take the last of several --set', () => {
    expect(hops(minimal(), {}, ['smtp.maxHops=30', 'smtp.maxHops=40'])).to.deep.equal([40, '--set']);
  });

  it('count an empty variable as not set, and an empty --set as the default', () => {
    expect(hops(inFile, { MAILPAIR_SMTP_MAX_HOPS: '' }, [])).to.deep.equal([10, 'mailpair.yaml:1']);
    expect(hops(inFile, inEnv, ['smtp.maxHops='])).to.deep.equal([100, '--set']);
  });

  it('take lists apart at commas', () => {
    const env = {
      MAILPAIR_DOMAINS: 'a.test, b.test',
      MAILPAIR_OUTBOUND_TRUSTED: '10.0.0.0/8,192.0.2.7',
      MAILPAIR_OUTBOUND_LISTEN_SUBMISSION: '127.0.0.1:587,[::1]:465',
      MAILPAIR_ROUTES: 'c.test=smtp://h:2525?tls=verify, *=smtps://[::1]',
      MAILPAIR_RECIPIENTS_VERIFY: 'none',
    };
    const { settings, faults } = readText(minimal(), { env });
    expect(faults).to.deep.equal([]);
    expect(settings?.domains.map(({ name, verify }) => [name, verify.by])).to.deep.equal([
      ['a.test', 'none'],
      ['b.test', 'none'],
    ]);
    expect(settings?.outbound.trusted).to.deep.equal(['10.0.0.0/8', '192.0.2.7/32']);
    expect(settings?.outbound.listen.submission).to.deep.equal([
      { host: '127.0.0.1', port: 587, tls: 'starttls' },
      { host: '::1', port: 465, tls: 'implicit' },
    ]);
    expect([...(settings?.routes ?? [])]).to.deep.equal([
      ['c.test', { host: 'h', port: 2525, tls: 'verify', implicitTls: false }],
      ['*', { host: '::1', port: 465, tls: 'encrypt', implicitTls: true }],
    ]);
  });

  it('read the value of --set as YAML, or as text where it is none', () => {
    const sets = [
      'domains=[a.test, {name: b.test}]',
      'outbound={workers: 2, trusted: 127.0.0.1}',
      'inbound.listen=[::]:25',
      'routes.c.test=smtp://h',
      'routes.*=smtp://rest',
    ];
    const { settings, faults } = readText(`routes: { d.test: smtp://d }\n${minimal()}`, { sets });
    expect(faults).to.deep.equal([]);
    expect(settings?.domains.map(({ name }) => name)).to.deep.equal(['a.test', 'b.test']);
    expect(settings?.outbound).to.deep.include({ workers: 2, trusted: ['127.0.0.1/32'] });
    expect(settings?.inbound.listen.mx).to.deep.equal([{ host: '::', port: 25, tls: 'starttls' }]);
    expect([...(settings?.routes ?? [])].map(([domain, { host }]) => [domain, host])).to.deep.equal([
      ['d.test', 'd'],
      ['c.test', 'h'],
      ['*', 'rest'],
    ]);
  });
});

describe('keys of the configuration', () => {
  for (const path of keyPaths) {
    it(`${path} has words, a default or a need, and an example that can be read`, () => {
      const { doc, usual, required, example, format, absent } = keyOf(path);
      const findings = createFindings();
      expect(doc).to.match(/^[A-Z].*\.$/);
      if (usual === null) expect(absent === null || required !== undefined).to.equal(true);
      else expect(format.read(usual, path, findings)).not.to.equal(undefined);
      const written = parseYamlValue(example);
      expect(format.read(written, path, findings), example).not.to.equal(undefined);
      expect(findings.faults).to.deep.equal([]);
    });
  }

  it('have each a variable of its own', () => {
    const names = keyPaths.map(envNameOf);
    expect(new Set(names).size).to.equal(names.length);
    expect(names).to.include.members([
      'MAILPAIR_SMTP_MAX_MESSAGE',
      'MAILPAIR_OUTBOUND_LISTEN_SUBMISSION',
      'MAILPAIR_LOCAL_SERVERS',
    ]);
  });
});
