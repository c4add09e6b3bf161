import { randomBytes, X509Certificate } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { ConfigSource } from '@mailpair/shared/config/read/read-config';
import { inDirectory, minimal, readText } from '../reading.ts';

const fixtures = new URL('../../../fixtures/config', import.meta.url).pathname;
const certificate = new X509Certificate(readFileSync(join(fixtures, 'cert.pem')));
const day = 86_400_000;
const validFrom = Date.parse(certificate.validFrom);
const validTo = Date.parse(certificate.validTo);

interface Told {
  readonly faults: (readonly [string, string])[];
  readonly warnings: (readonly [string, string])[];
}

/** Reads a configuration whose keys name files in a directory that `prepare` has filled. */
function check(
  keys: (directory: string) => string,
  prepare: (directory: string) => void,
  source: Partial<ConfigSource> = { role: 'inbound' },
): Told {
  return inDirectory((directory) => {
    prepare(directory);
    const reading = readText(keys(directory), { now: validFrom + day, ...source });
    const brief = ({ path, problem }: { path: string; problem: string }) => [path, problem] as const;
    return { faults: reading.faults.map(brief), warnings: reading.warnings.map(brief) };
  });
}

const tlsKeys = (directory: string) =>
  `tls: { certFile: ${directory}/cert.pem, keyFile: ${directory}/key.pem }\n${minimal()}`;
const secretKey = (directory: string) => `pair: { secretFile: ${directory}/secret }\n${minimal()}`;
const usersKey = (directory: string) =>
  `submitters: { servers: [] }\noutbound: { host: mx-out.example.com, users: ${directory}/users }\n${minimal('outbound')}`;

function put(directory: string, name: string, from: string): void {
  copyFileSync(join(fixtures, from), join(directory, name));
  chmodSync(join(directory, name), 0o600);
}

function putPair(directory: string, key = 'key.pem'): void {
  put(directory, 'cert.pem', 'cert.pem');
  put(directory, 'key.pem', key);
}

function putText(directory: string, name: string, text: string, mode = 0o600): void {
  writeFileSync(join(directory, name), text, { mode });
}

describe('files of the configuration', () => {
  it('are faults on the host that needs them, and warnings where nobody knows which host it is', () => {
    const missing = [['pair.secretFile', 'the secret of the pair does not exist']];
    expect(check(secretKey, () => {})).to.deep.equal({ faults: missing, warnings: [] });
    expect(check(secretKey, () => {}, {})).to.deep.equal({ faults: [], warnings: missing });
  });

  it('of outbound are of no concern to inbound', () => {
    expect(check(usersKey, () => {})).to.deep.equal({ faults: [], warnings: [] });
    expect(check(usersKey, () => {}, { role: 'outbound' }).faults).to.deep.equal([
      ['outbound.users', 'the users file does not exist'],
    ]);
  });

  it('are looked for wherever a key names one', () => {
    const keys = (directory: string) => `
domains: [{ name: a.test, recipients: { verify: "file: ${directory}/r" } }]
routes: { "*": { url: smtps://me@h, passwordFile: ${directory}/p } }
${minimal('domains')}`;
    expect(check(keys, () => {}, { role: 'outbound' }).faults).to.deep.equal([
      ['domains[0].recipients.verify', 'the recipients file does not exist'],
      ['routes["*"].passwordFile', 'the password file does not exist'],
    ]);
    const filled = (directory: string) => {
      putText(directory, 'r', 'me@a.test\n', 0o644);
      putText(directory, 'p', ' \n');
    };
    expect(check(keys, filled, { role: 'outbound' }).faults).to.deep.equal([
      ['routes["*"].passwordFile', 'the password file is empty'],
    ]);
  });

  it('must be files', () => {
    const told = check(secretKey, (directory) => mkdirSync(join(directory, 'secret'), { mode: 0o700 }));
    expect(told.faults).to.deep.equal([['pair.secretFile', 'the secret of the pair is a directory']]);
  });

  it('with secrets should not be readable by others', () => {
    const long = `${randomBytes(32).toString('base64')}\n`;
    const told = check(secretKey, (directory) => putText(directory, 'secret', long, 0o640));
    expect(told).to.deep.equal({
      faults: [],
      warnings: [['pair.secretFile', 'others on this host may read the secret of the pair (mode 640)']],
    });
    expect(check(secretKey, (directory) => putText(directory, 'secret', long)).warnings).to.deep.equal([]);
  });

  it('with a secret must have enough of it', () => {
    const told = check(secretKey, (directory) => putText(directory, 'secret', 'short\n'));
    const problem = 'the secret of the pair is too short: 5 characters, and 32 octets by chance take 43';
    expect(told.faults).to.deep.equal([['pair.secretFile', problem]]);
  });

  it('with users are read, and bad lines told by their number without what stands in them', () => {
    const prepare = (directory: string) => putText(directory, 'users', '# us\n\njoe:geheim\n');
    const { faults } = check(usersKey, prepare, { role: 'outbound' });
    expect(faults).to.deep.equal([['outbound.users', 'the hash of joe is neither argon2id nor scrypt']]);
  });
});

describe('certificates of the configuration', () => {
  it('are sound when key, time and name fit', () => {
    expect(check(tlsKeys, (directory) => putPair(directory))).to.deep.equal({ faults: [], warnings: [] });
  });

  it('must belong to their key', () => {
    const told = check(tlsKeys, (directory) => putPair(directory, 'other-key.pem'));
    expect(told.faults).to.deep.equal([
      ['tls.keyFile', 'does not belong to the certificate in tls.certFile'],
    ]);
  });

  it('may be expired, of the future or near their end, so that mail comes in, and a warning says so', () => {
    const warningsAt = (now: number) => {
      const { faults, warnings } = check(tlsKeys, (directory) => putPair(directory), {
        role: 'inbound',
        now,
      });
      expect(faults).to.deep.equal([]);
      return warnings;
    };
    const [from, until] = [validFrom, validTo].map((at) => new Date(at).toUTCString());
    expect(warningsAt(validTo + 1000)).to.deep.equal([
      ['tls.certFile', `EXPIRED on ${until}: clients that verify it do not connect`],
    ]);
    expect(warningsAt(validFrom - 1000)).to.deep.equal([['tls.certFile', `is valid only from ${from}`]]);
    expect(warningsAt(validTo - 29 * day)).to.deep.equal([['tls.certFile', `expires on ${until}`]]);
    expect(warningsAt(validTo - 31 * day)).to.deep.equal([]);
  });

  it('should name the gateway', () => {
    const told = check(tlsKeys, (directory) => putPair(directory), { role: 'outbound' });
    expect(told).to.deep.equal({ faults: [], warnings: [['tls.certFile', 'is not for mx-out.example.com']] });
  });

  it('must be certificates, and keys keys', () => {
    const told = check(tlsKeys, (directory) => {
      putText(directory, 'cert.pem', 'nonsense');
      putText(directory, 'key.pem', 'nonsense');
    });
    expect(told.faults).to.deep.equal([
      ['tls.certFile', 'holds no certificate'],
      ['tls.keyFile', 'holds no usable private key'],
    ]);
  });
});
