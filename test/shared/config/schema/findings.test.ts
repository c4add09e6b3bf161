import { expect } from 'chai';
import { describe, it } from 'mocha';
import { minimal, readText } from '../reading.ts';

const plus = (line: string) => `${line}\n${minimal()}`;
const outbound = (keys: string) => `outbound: { host: mx-out.example.com, ${keys} }\n${minimal('outbound')}`;

describe('faults of the configuration', () => {
  it('are none when it is minimal', () => {
    const { faults, warnings, settings } = readText(minimal());
    expect([faults, warnings]).to.deep.equal([[], []]);
    expect(settings).to.be.an('object');
  });

  it('are all told at once, each with its line', () => {
    const { faults } = readText('domains: [example.com]\nsmtp:\n  maxHops: x\n  maxMessage: 5\nlgo: {}\n');
    expect(faults.map(({ path, from }) => [path, from])).to.deep.equal([
      ['lgo', 'mailpair.yaml:5'],
      ['inbound.host', undefined],
      ['outbound.host', undefined],
      ['smtp.maxMessage', 'mailpair.yaml:4'],
      ['smtp.maxHops', 'mailpair.yaml:3'],
      ['localServers', undefined],
    ]);
  });

  it('name the variable or --set that a bad value came from', () => {
    const env = { MAILPAIR_SMTP_MAX_HOPS: 'x' };
    const { faults } = readText(minimal(), { env, sets: ['send.idle=5', 'smpt.maxHops=1', 'nothing'] });
    expect(faults.map(({ path, from, fix }) => [path, from, fix])).to.deep.equal([
      ['smpt.maxHops', undefined, 'write smtp.maxHops'],
      ['--set', undefined, 'write --set key.path=value'],
      ['smtp.maxHops', 'MAILPAIR_SMTP_MAX_HOPS', 'write a whole number from 1 to 1000'],
      ['send.idle', '--set', 'write 5s'],
    ]);
  });

  it('never show a password, wherever it was written', () => {
    const text = plus(
      'routes: { a.test: { url: "smtp://me:ge/heim@h", tlss: 1 }, b.test: ["smtp://me:geheim@h"] }',
    );
    expect(JSON.stringify(readText(text).faults)).not.to.match(/heim/);
  });

  it('include a file that is not there, or is a directory', () => {
    expect(readText('', { file: '/nowhere/mailpair.yaml' }).faults).to.deep.equal([
      {
        path: '/nowhere/mailpair.yaml',
        seen: '/nowhere/mailpair.yaml',
        problem: 'there is no such file',
        fix: 'name the configuration with --config FILE',
      },
    ]);
    expect(readText('', { file: '/' }).faults[0]?.problem).to.equal('cannot be read (EISDIR)');
  });
});

describe('warnings of the configuration', () => {
  const warned = (text: string, env = {}) =>
    readText(text, { env }).warnings.map(({ path, fix }) => [path, fix]);

  it('tell of a network written with an address inside it', () => {
    expect(warned(outbound('trusted: [10.0.0.5/8]'))).to.deep.equal([
      ['outbound.trusted[0]', 'write 10.0.0.0/8, or 10.0.0.5 for the one host'],
    ]);
  });

  it('tell when nobody may submit', () => {
    const [warning, ...rest] = warned(outbound(''));
    expect(rest).to.deep.equal([]);
    expect(warning?.[0]).to.equal('outbound.trusted');
  });

  it('tell when no sender would hear of a delay, and when too few recipients are taken', () => {
    const paths = warned(plus('queue: { warnAfter: 5d }\nsmtp: { maxRecipients: 99 }')).map(([path]) => path);
    expect(paths).to.deep.equal(['queue.warnAfter', 'smtp.maxRecipients']);
  });

  it('tell of a variable that nearly is the name of a key, and of no other', () => {
    const env = {
      MAILPAIR_SMTP_MAXHOPS: '5',
      MAILPAIR_CONFIG: '/x',
      MAILPAIR_SOMETHING_ELSE: 'y',
      PATH: '/bin',
    };
    expect(warned(minimal(), env)).to.deep.equal([['MAILPAIR_SMTP_MAXHOPS', 'write MAILPAIR_SMTP_MAX_HOPS']]);
  });
});
