import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { deriveKeys } from '@mailpair/shared/gateway/pair/partner-keys';
import { formatSeal, parseSeal, type Seal } from '@mailpair/shared/gateway/pair/partner-signature';
import { openTap, post, type Copy, type Tap } from '../../support/heartbeat-tap.ts';
import { metricOf, newSecret, untilBothAlive, untilPartner, useSecret } from '../../support/heartbeat.ts';
import { openPair, type Pair } from '../../support/pair.ts';

describe('heartbeats of nobody’s partner are refused', () => {
  const own = newSecret();
  const secret = useSecret(own);
  let tap: Tap;
  let pair: Pair;
  let ports: Record<'inbound' | 'outbound', number>;

  before(async () => {
    tap = await openTap();
    pair = await openPair({ config: { ...secret.config, 'outbound.url': tap.url }, start: ['outbound'] });
    const { inbound, outbound } = JSON.parse(readFileSync(pair.configFile, 'utf8')) as Record<
      'inbound' | 'outbound',
      { http: string }
    >;
    const portOf = (address: string): number => Number(address.split(':')[1]);
    ports = { inbound: portOf(inbound.http), outbound: portOf(outbound.http) };
    tap.target = ports.outbound;
    await pair.inbound.start();
    await untilBothAlive(pair);
  });
  after(async () => {
    await pair.close();
    await tap.close();
  });

  const delivered = (): Promise<Copy> => tap.next(({ status }) => status === 200);
  const refusals = (reason: string, role: 'inbound' | 'outbound' = 'outbound'): Promise<number> =>
    metricOf(pair, role, 'heartbeats_total', { direction: 'received', result: reason });

  /** Brings it, and gives status and reason; it must have been counted. */
  async function refusalOf(seal: string, body: Buffer, role: 'inbound' | 'outbound' = 'outbound') {
    const answer = await post(ports[role], seal, body);
    const { error } = JSON.parse(answer.body.toString()) as { error: string };
    expect(await refusals(error, role), `${error} counted`).to.be.at.least(1);
    return { status: answer.status, error };
  }
  const signedWith = (signer: string, of: Copy, changes: Partial<Seal> = {}): string => {
    const [key] = deriveKeys([signer]);
    const seal = { ...parseSeal(of.seal)!.seal, key: key!.id, ...changes };
    return formatSeal(seal, { line: 'POST /pair/heartbeat', body: of.body }, key!);
  };

  it('one that was here before (replayed)', async () => {
    const { seal, body } = await delivered();
    expect(await refusalOf(seal, body)).to.deep.equal({ status: 403, error: 'replayed' });
  });

  it('one whose content, path or number was changed (forged)', async () => {
    const { seal, body } = await delivered();
    const changed = Buffer.from(body.toString().replace('"sheds":false', '"sheds":true'));
    expect(changed.equals(body)).to.equal(false);
    expect(await refusalOf(seal, changed)).to.deep.equal({ status: 401, error: 'forged' });
    const fields = seal.split(' ');
    fields[6] = '999999';
    expect(await refusalOf(fields.join(' '), body)).to.deep.equal({ status: 401, error: 'forged' });
  });

  it('one signed with another secret', async () => {
    const copy = await delivered();
    const refused = await refusalOf(signedWith(newSecret(), copy, { number: 999_999 }), copy.body);
    expect(refused).to.deep.equal({ status: 401, error: 'secret' });
    const told = await pair.outbound.until(({ reason }) => reason === 'secret');
    expect(told).to.include({ event: 'heartbeat.refused', level: 'warn', client: '127.0.0.1' });
    expect(told['fix']).to.match(/^pair\.secretFile differs/);
  });

  it('one that is meant for another node', async () => {
    const { seal, body } = await delivered();
    expect(await refusalOf(seal, body, 'inbound')).to.deep.equal({ status: 403, error: 'receiver' });
  });

  it('one of a node that is not of the pair, though it has the secret', async () => {
    const copy = await delivered();
    const seal = signedWith(own, copy, { from: 'inbound/mx-old.example.com' });
    expect(await refusalOf(seal, copy.body)).to.deep.equal({ status: 403, error: 'sender' });
  });

  it('one that is old, or of a clock that is wrong by minutes', async () => {
    const copy = await delivered();
    const seal = signedWith(own, copy, { number: 999_999, time: Date.now() - 301_000 });
    expect(await refusalOf(seal, copy.body)).to.deep.equal({ status: 403, error: 'stale' });
  });

  it('one without a seal', async () => {
    expect(await refusalOf('', Buffer.from('{}'))).to.deep.equal({ status: 401, error: 'malformed' });
    expect(await refusalOf('1 a b c', Buffer.from('{}'))).to.deep.equal({ status: 401, error: 'malformed' });
  });

  it('all of which changes nothing between the partners, and is told once a minute', async () => {
    const { seal, body } = await delivered();
    for (let i = 0; i < 5; i += 1) await refusalOf(seal, body);
    expect(await refusals('replayed')).to.be.at.least(6);
    const { configDifferences, sheds, state } = await untilPartner(
      pair,
      'outbound',
      ({ load }) => load !== null,
    );
    expect({ configDifferences, sheds, state }).to.deep.equal({
      configDifferences: [],
      sheds: false,
      state: 'alive',
    });
    await pair.outbound.until(({ reason }) => reason === 'malformed');
    const told = pair.outbound.logged('heartbeat.refused').filter(({ reason }) => reason === 'replayed');
    expect(told).to.have.length(1);
  });

  it('one recorded before the receiver was started again is not taken either', async () => {
    tap.withholds = true;
    const unseen = await tap.next(({ seal }) => parseSeal(seal)?.seal.toRun !== '-');
    await pair.outbound.kill9();
    await pair.outbound.start();
    const admitted = await refusals('admitted');
    const { status } = await post(ports.outbound, unseen.seal, unseen.body);
    expect(status).to.equal(409);
    expect(await refusals('admitted')).to.equal(admitted);
    tap.withholds = false;
    await untilBothAlive(pair);
  });
});
