import { expect } from 'chai';
import { describe, it } from 'mocha';
import { ALL_EXTENSIONS, HANG_UP, type SinkOptions } from '../../../support/smtp-sink.ts';
import { bodyOf, hopTo, message } from './fixtures.ts';
import { network, told, watch } from './network.ts';

const extensions = [...ALL_EXTENSIONS, 'CHUNKING'];
const HEAD = 'Received: from client.example\r\n\tby out.example; Wed, 2 Dec 2026 09:00:00 +0000\r\n';
/** What a stranger would have such a host take for commands. */
const SMUGGLED = 'RSET\r\nMAIL FROM:<boss@example.com>\r\nRCPT TO:<victim@example.net>\r\nDATA\r\nx\r\n.\r\n';

describe('a host that offers CHUNKING and does not know BDAT', () => {
  const { connectionsWith, sinkWith } = network();
  const outgoing = message({ head: HEAD, body: bodyOf(SMUGGLED) });
  const verbsOf = (commands: readonly string[]): string[] =>
    commands.map((line) => line.split(' ')[0]!).filter((verb) => /^(?:DATA|BDAT|MAIL|RSET)$/.test(verb));

  for (const answer of [
    '500 Unrecognised',
    '502 5.5.1 Not implemented',
    '501 What?',
    '504 No',
    HANG_UP,
  ] as const)
    it(`gets the message by DATA when it answers ${String(answer)}, and no line of it as a command`, async () => {
      const sink = await sinkWith({ extensions, on: { BDAT: answer } });
      const { seen, onHop } = watch();
      const hops = [hopTo(sink.port)];
      const connections = connectionsWith();
      expect(told(await connections.send(hops, outgoing, { isNamed: true, onHop }))).to.deep.equal([
        'relayed 250',
      ]);
      expect(sink.messages.map(({ octets }) => octets.toString())).to.deep.equal([HEAD + SMUGGLED]);
      expect(verbsOf(sink.commands)).to.deep.equal(['MAIL', 'BDAT', 'MAIL', 'DATA']);
      expect(seen).to.deep.equal(['started 127.0.0.1', 'succeeded 127.0.0.1']);

      await connections.send(hops, outgoing, { isNamed: true });
      expect(verbsOf(sink.commands).slice(4)).to.deep.equal(['MAIL', 'DATA']);
    });

  it('is tried again after a while', async () => {
    let knows = false;
    const sink = await sinkWith({
      extensions,
      on: { BDAT: (line) => (knows ? '250 2.0.0 OK' : line.startsWith('BDAT') ? '502 No' : '500 No') },
    });
    let now = 1_798_761_600_000;
    const connections = connectionsWith({}, { now: () => now });
    const send = () => connections.send([hopTo(sink.port)], outgoing, { isNamed: true });
    await send();
    sink.commands.length = 0;
    now += 3_599_000;
    await send();
    expect(verbsOf(sink.commands)).to.not.include('BDAT');
    now += 1_000;
    knows = true;
    await send();
    expect(verbsOf(sink.commands)).to.include('BDAT');
  });

  it('defers, and never refuses, what cannot be said again in time', async () => {
    const options: SinkOptions = { extensions, on: { BDAT: '502 5.5.1 Not implemented' } };
    const sink = await sinkWith({
      ...options,
      on: { ...options.on, greeting: (_, { number }) => (number === 1 ? '220 Hello' : HANG_UP) },
    });
    const [outcome] = await connectionsWith().send([hopTo(sink.port)], outgoing, { isNamed: true });
    expect(outcome?.kind).to.equal('deferred');
    expect(sink.messages).to.deep.equal([]);
  });
});

describe('the first chunk that a host gets', () => {
  const { connectionsWith, sinkWith } = network();
  const outgoing = message({ head: HEAD });
  const bdats = (commands: readonly string[]) => commands.filter((line) => line.startsWith('BDAT'));

  it('has our header fields alone, and then messages come in one', async () => {
    const sink = await sinkWith({ extensions });
    const connections = connectionsWith();
    for (let count = 0; count < 2; count += 1)
      expect(told(await connections.send([hopTo(sink.port)], outgoing, { isNamed: true }))).to.deep.equal([
        'relayed 250',
      ]);
    const sizeBytes = HEAD.length + outgoing.body.sizeBytes;
    expect(bdats(sink.commands)).to.deep.equal([
      `BDAT ${HEAD.length}`,
      `BDAT ${outgoing.body.sizeBytes} LAST`,
      `BDAT ${sizeBytes} LAST`,
    ]);
    const [first, second] = sink.messages.map(({ octets }) => octets.toString());
    expect(first).to.equal(second).and.to.have.length(sizeBytes);
    expect(sink.sessions).to.have.length(1);
  });

  for (const [verb, said, kind] of [
    ['RCPT', '550 5.1.1 Nobody', 'bounced 550'],
    ['BDAT', '452 4.3.1 Full', 'deferred 452'],
    ['BDAT', '552 5.3.4 Too big', 'bounced 552'],
  ] as const)
    it(`is the end of it when ${verb} is answered ${said}`, async () => {
      const isRefusal = (line: string): boolean => verb === 'RCPT' || line === `BDAT ${HEAD.length}`;
      const sink = await sinkWith({
        extensions,
        ...(verb === 'RCPT' && { on: { RCPT: said } }),
        ...(verb === 'BDAT' && { onChunk: (line: string) => (isRefusal(line) ? said : undefined) }),
      });
      const connections = connectionsWith();
      const sent = await connections.send([hopTo(sink.port)], outgoing, { isNamed: true });
      expect(told(sent)).to.deep.equal([kind]);
      expect(sink.messages).to.deep.equal([]);
      expect(sink.commands.at(-1)).to.equal('RSET');
      expect(sink.sessions).to.have.length(1);
    });

  it('and a connection that breaks behind it leave nothing in doubt: it is sent again', async () => {
    const sink = await sinkWith({ extensions, onChunk: () => HANG_UP });
    const [outcome] = await connectionsWith().send([hopTo(sink.port)], outgoing, { isNamed: true });
    expect(outcome).to.include({ kind: 'relayed' });
    expect(sink.messages).to.have.length(1);
  });
});
