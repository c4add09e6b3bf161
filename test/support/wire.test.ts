/** A wire script must fail when it should: the server here says what each test wants. */
import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { connectTo, octetsOf, parseScript } from './wire.ts';

describe('a wire script', () => {
  /** What goes wrong when `script` is played against a server that greets with `said` and echoes all it hears. */
  async function play(said: string, script: string, closes = false): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(said);
      if (closes) socket.end();
      else socket.pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const dialogue = await connectTo({ host: '127.0.0.1', port });
    try {
      await dialogue.play(script);
      return '';
    } catch (error) {
      return (error as Error).message;
    } finally {
      await dialogue.gone();
      server.close();
    }
  }

  it('passes when the server says what it foresees', async () => {
    const script = 'S: 220 a\nC: 250-one\nC: 250-two\nC: 250 three\nS: 250-one\nS: ...\nS: /^250 three$/';
    expect(await play('220 abc\r\n', script)).to.equal('');
    expect(await play('220 abc\r\n', 'S: 220\n<close>', true)).to.equal('');
  });

  it('shows script and wire side by side when a reply differs', async () => {
    const message = await play('220 abc\r\n', 'S: 220 abc\nC: 250 x\nS: 251');
    expect(message)
      .to.match(/S: 220 abc \| S: 220 abc\n/)
      .and.to.match(/S: 251 {5}\| S: 250 x\n {4}\^ here$/);
  });

  it('fails when a line is no reply', async () => {
    expect(await play('hello\r\n', 'S: hello')).to.include('S: hello');
    expect(await play('220 a\nb\r\n', 'S: 220')).to.include('differs');
  });

  it('fails when the server says more', async () => {
    expect(await play('220 a\r\n250 b\r\n', 'S: 220\nC: x')).to.include('(silence) | S: 250 b');
    expect(await play('220 a\r\n250 b\r\n', 'S: 220\n<close>', true)).to.include('<close>');
  });

  it('fails when the server closes too early', async () => {
    expect(await play('220 a\r\n', 'S: 220\nS: 250', true)).to.match(/S: 250 \| <close>/);
  });

  it('sends consecutive lines in one write, and octets with escapes', () => {
    const [step] = parseScript('# a remark\n\n  C: one\n  C(raw): t\\0wo\\x41\\\\\n  C:');
    expect(step).to.have.deep.property('octets', Buffer.from('one\r\nt\0woA\\\r\n'));
    expect(octetsOf('\\r\\n\\t\\xffé')).to.deep.equal(Buffer.from([13, 10, 9, 255, 0xc3, 0xa9]));
  });

  it('is refused when it has a line of no kind', () => {
    expect(() => parseScript('X: y')).to.throw('X: y');
  });
});
