import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@mailpair/shared/platform/log/log';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

describe('the log', () => {
  let directory: string;
  let fd: number;
  let log: ReturnType<typeof createLog>;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-log-'));
    fd = openSync(join(directory, 'log'), 'w');
    log = createLog({ role: 'inbound', level: 'info' }, fd);
  });
  afterEach(() => {
    closeSync(fd);
    rmSync(directory, { recursive: true });
  });

  function lines(): { [field: string]: unknown }[] {
    log.flush();
    const written = readFileSync(join(directory, 'log'), 'utf8').split('\n').slice(0, -1);
    return written.map((line) => JSON.parse(line) as { [field: string]: unknown });
  }

  it('has one JSON object a line, with level, time, role, event and the fields of the event', () => {
    log.info('message.relayed', { id: 'A1', recipients: ['ü"\n@example.com'] });
    log.warn('tls.self-signed');
    const [first, second] = lines();
    expect(first).to.deep.include({ level: 'info', role: 'inbound', event: 'message.relayed', id: 'A1' });
    expect(first?.['recipients']).to.deep.equal(['ü"\n@example.com']);
    expect(Math.abs(Date.parse(String(first?.['time'])) - Date.now())).to.be.lessThan(60_000);
    expect(Object.keys(second ?? {})).to.deep.equal(['level', 'time', 'role', 'event']);
  });

  it('leaves out what is less important than its level, which may change', () => {
    log.debug('a');
    log.setLevel('error');
    log.warn('b');
    log.error('c');
    log.setLevel('debug');
    log.debug('d');
    expect(lines().map(({ event }) => event)).to.deep.equal(['c', 'd']);
  });

  it('tells all of an error', () => {
    const cause = new RangeError('why');
    log.error('spool.fault', { err: Object.assign(new Error('no', { cause }), { code: 'EIO' }), id: 'A1' });
    log.error('spool.fault', { err: 'a text' });
    const [first, second] = lines();
    expect(first?.['err']).to.deep.include({ type: 'Error', message: 'no', code: 'EIO' });
    expect(first?.['err']).to.have.nested.property('cause.message', 'why');
    expect(first?.['err']).to.have.property('stack').that.includes('log.test.ts');
    expect(first?.['id']).to.equal('A1');
    expect(second?.['err']).to.equal('a text');
  });

  it('says what it cannot tell', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    log.info('odd', loop);
    log.info('odd', { count: 1n });
    const [first, second] = lines();
    expect(first).to.deep.include({ event: 'odd', fields: ['self'] });
    expect(second?.['notLogged']).to.include('BigInt');
  });
});
