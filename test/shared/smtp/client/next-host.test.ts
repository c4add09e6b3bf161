import { before, describe, it } from 'mocha';
import { expect } from 'chai';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { HANG_UP, type Sink, type SinkOptions } from '../../../support/smtp-sink.ts';
import { hopTo, message } from './fixtures.ts';
import { deadHop, network, told, watch } from './network.ts';

describe('handing messages to next hops', () => {
  const { connectionsWith, sinkWith } = network();
  let certificate: { cert: string; key: string };

  before(async () => {
    certificate = await selfSigned(['mx.example.com']);
  });

  describe('goes on to the next host', () => {
    const second = async (on: SinkOptions['on'] = {}): Promise<[Sink, Sink]> => [
      await sinkWith({ on }),
      await sinkWith(),
    ];

    it('when nobody listens', async () => {
      const sink = await sinkWith();
      const { seen, faults, onHop } = watch();
      const hops = [await deadHop(), hopTo(sink.port)];
      expect(told(await connectionsWith().send(hops, message(), { onHop }))).to.deep.equal(['relayed 250']);
      expect(seen).to.deep.equal([
        'started 127.0.0.1',
        'failed 127.0.0.1 refused',
        'started 127.0.0.1',
        'succeeded 127.0.0.1',
      ]);
      expect(faults[0]?.reply.text).to.include('ECONNREFUSED');
    });

    for (const [what, on] of [
      ['it greets with 554', { greeting: '554 5.3.2 No mail here' }],
      ['it greets with 421', { greeting: '421 4.3.2 Busy' }],
      ['it refuses EHLO and HELO', { EHLO: '550 No', HELO: '550 No' }],
      ['it says 421 to MAIL', { MAIL: '421 4.3.2 Closing' }],
      ['it hangs up on RCPT', { RCPT: HANG_UP }],
      ['it defers the recipient', { RCPT: '450 4.2.0 Later' }],
      ['it defers the message', { message: '451 4.3.0 Later' }],
      ['it wants authentication', { MAIL: '530 5.7.0 Authentication required' }],
    ] as [string, NonNullable<SinkOptions['on']>][])
      it(`when ${what}`, async () => {
        const [one, two] = await second(on);
        const outcomes = await connectionsWith().send([hopTo(one.port), hopTo(two.port)], message());
        expect(told(outcomes)).to.deep.equal(['relayed 250']);
        expect(two.messages).to.have.length(1);
      });

    it('when TLS is required and not to be had', async () => {
      const [one, two] = [await sinkWith(), await sinkWith({ certificate })];
      const hops = [hopTo(one.port, { tls: 'encrypt' }), hopTo(two.port, { tls: 'encrypt' })];
      expect(told(await connectionsWith().send(hops, message()))).to.deep.equal(['relayed 250']);
    });

    it('but not when the host has refused for good', async () => {
      const [one, two] = await second({ RCPT: '550 5.1.1 Nobody', DATA: '503 No' });
      const outcomes = await connectionsWith().send([hopTo(one.port), hopTo(two.port)], message());
      expect(told(outcomes)).to.deep.equal(['bounced 550']);
      expect(two.sessions).to.have.length(0);
    });

    it('with just the recipients that are deferred', async () => {
      const [one, two] = await second({
        RCPT: (line) =>
          line.includes('later')
            ? '452 4.5.3 Too many'
            : line.includes('never')
              ? '550 5.1.1 Nobody'
              : '250 2.1.5 OK',
      });
      const to = ['now@example.com', 'later@example.com', 'never@example.com'];
      const outcomes = await connectionsWith().send(
        [hopTo(one.port), hopTo(two.port, { host: 'localhost' })],
        message({ to }),
      );
      expect(told(outcomes)).to.deep.equal(['relayed 250', 'relayed 250', 'bounced 550']);
      expect(outcomes.map(({ host }) => host)).to.deep.equal(['127.0.0.1', 'localhost', '127.0.0.1']);
      expect(two.messages[0]?.rcpts).to.deep.equal(['RCPT TO:<later@example.com>']);
    });

    it('but to no third one that takes part in a session', async () => {
      const [one, two] = [
        await sinkWith({ on: { RCPT: '450 Later' } }),
        await sinkWith({ on: { RCPT: '450 Later' } }),
      ];
      const three = await sinkWith();
      const hops = [one, two, three].map(({ port }) => hopTo(port));
      expect(told(await connectionsWith().send(hops, message()))).to.deep.equal(['deferred 450']);
      expect(three.sessions).to.have.length(0);
    });

    it('and keeps what a host said when the next cannot be reached', async () => {
      const [one] = await second({ RCPT: '450 4.2.0 Greylisted' });
      const [outcome] = await connectionsWith().send([hopTo(one.port), await deadHop()], message());
      expect(outcome).to.deep.include({ kind: 'deferred', host: '127.0.0.1' });
      expect(outcome?.reply.text).to.equal('Greylisted');
    });

    it('but not when the message may have arrived', async () => {
      const [one, two] = await second({ message: HANG_UP });
      const [outcome] = await connectionsWith().send([hopTo(one.port), hopTo(two.port)], message());
      expect(outcome?.reply.text).to.include('may have arrived');
      expect(two.sessions).to.have.length(0);
    });
  });

  describe('never bounces', () => {
    it('for a 5xx greeting of the only host', async () => {
      const sink = await sinkWith({ on: { greeting: '554 5.7.1 Blocked' } });
      const [outcome] = await connectionsWith().send([hopTo(sink.port)], message());
      expect(outcome).to.deep.include({
        kind: 'deferred',
        reply: { code: 554, enhanced: '5.7.1', text: 'Blocked' },
      });
    });

    it('for a wrong password, and says whose', async () => {
      const sink = await sinkWith({
        certificate,
        extensions: ['AUTH PLAIN'],
        on: { AUTH: '535 5.7.8 Wrong' },
      });
      const hop = hopTo(sink.port, { tls: 'encrypt', auth: { user: 'mailpair', password: 'x' } });
      const [outcome] = await connectionsWith().send([hop], message());
      expect(outcome?.kind).to.equal('deferred');
      expect(outcome?.reply.text).to.include('"mailpair"').and.to.include('535 5.7.8 Wrong');
    });

    it('for a name that cannot be looked up', async () => {
      const addressesOf = (): Promise<never> => Promise.reject(new Error('SERVFAIL'));
      const { seen, onHop } = watch();
      const hop = hopTo(25, { host: 'mail.internal' });
      const [outcome] = await connectionsWith({}, { addressesOf }).send([hop], message(), { onHop });
      expect(outcome).to.deep.include({ kind: 'deferred' });
      expect(outcome?.reply.text).to.include('mail.internal').and.to.include('SERVFAIL');
      expect(seen).to.deep.equal(['started mail.internal', 'failed mail.internal dns']);
    });

    it('for a name without addresses', async () => {
      const [outcome] = await connectionsWith({}, { addressesOf: async () => [] }).send(
        [hopTo(25, { host: 'mail.internal' })],
        message(),
      );
      expect(outcome).to.deep.include({ kind: 'deferred' });
    });
  });

  describe('with several addresses', () => {
    it('tries the next one when one does not answer', async () => {
      const sink = await sinkWith();
      const connections = connectionsWith({}, { addressesOf: async () => ['::1', '127.0.0.1'] });
      const outcomes = await connections.send([hopTo(sink.port, { host: 'mx.example.com' })], message());
      expect(told(outcomes)).to.deep.equal(['relayed 250']);
    });

    it('looks up none for a host that is an address', async () => {
      const sink = await sinkWith();
      const addressesOf = (): Promise<never> => Promise.reject(new Error('looked up'));
      const outcomes = await connectionsWith({}, { addressesOf }).send([hopTo(sink.port)], message());
      expect(told(outcomes)).to.deep.equal(['relayed 250']);
    });

    it('dials five of them and no more', async () => {
      const sink = await sinkWith({ on: { greeting: '421 4.3.2 Busy' } });
      const addressesOf = async (): Promise<string[]> => Array<string>(9).fill('127.0.0.1');
      const hops = ['a.example', 'b.example'].map((host) => hopTo(sink.port, { host }));
      expect(told(await connectionsWith({}, { addressesOf }).send(hops, message()))).to.deep.equal([
        'deferred 421',
      ]);
      expect(sink.sessions).to.have.length(5);
    });

    it('does not offer a refused password to the others', async () => {
      const sink = await sinkWith({
        certificate,
        extensions: ['AUTH PLAIN'],
        on: { AUTH: '535 5.7.8 Wrong' },
      });
      const hop = hopTo(sink.port, {
        host: 'mx.example.com',
        tls: 'encrypt',
        auth: { user: 'u', password: 'p' },
      });
      const connections = connectionsWith({}, { addressesOf: async () => ['127.0.0.1', '127.0.0.1'] });
      await connections.send([hop], message());
      expect(sink.sessions).to.have.length(1);
    });
  });
});
