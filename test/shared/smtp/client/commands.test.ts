import { describe, it } from 'mocha';
import { expect } from 'chai';
import { composeCommands, composeProbe, type Commands } from '@mailpair/shared/smtp/client/commands';
import { parseExtensions } from '@mailpair/shared/smtp/client/extensions';
import { orcptText, xtext } from '@mailpair/shared/smtp/client/xtext';
import type { Outgoing } from '@mailpair/shared/smtp/client/outgoing';
import { bodyOf, message } from './fixtures.ts';

const EVERYTHING = ['SIZE 1000', '8BITMIME', 'SMTPUTF8', 'DSN', 'REQUIRETLS'];

function commandsFor(
  outgoing: Outgoing,
  extensions: readonly string[],
  tls = false,
  utf8Header = false,
): Commands {
  return composeCommands(outgoing, { extensions: parseExtensions(extensions), tls }, utf8Header);
}

describe('the commands of a transaction', () => {
  it('have no parameters for a host that offers nothing', () => {
    const outgoing = message({ eightBit: true, ret: 'full', envid: 'x', body: bodyOf('\xe9\r\n') });
    const { mail, rcpts } = commandsFor(outgoing, []);
    expect(mail).to.equal('MAIL FROM:<sender@example.org>\r\n');
    expect(rcpts).to.deep.equal(['RCPT TO:<user@example.com>\r\n']);
  });

  it('tell the size of header and body together', () => {
    const outgoing = message({ head: 'X: ü\r\n', body: bodyOf('12345') });
    expect(commandsFor(outgoing, ['SIZE']).mail).to.equal('MAIL FROM:<sender@example.org> SIZE=12\r\n');
  });

  it('declare 8BITMIME when the client did', () => {
    expect(commandsFor(message({ eightBit: true }), ['8BITMIME']).mail).to.include(' BODY=8BITMIME');
  });

  it('declare 8BITMIME when the octets need it', () => {
    expect(commandsFor(message({ body: bodyOf('é\r\n') }), ['8BITMIME']).mail).to.include(' BODY=8BITMIME');
  });

  it('do not declare 8BITMIME without need', () => {
    expect(commandsFor(message(), ['8BITMIME']).mail).not.to.include('BODY');
  });

  it('pass on RET, ENVID, NOTIFY and ORCPT to a host with DSN', () => {
    const outgoing = message({
      ret: 'hdrs',
      envid: 'a b+c=d',
      recipients: [
        { address: 'user@example.com', notify: ['success', 'failure'], orcpt: 'rfc822;a+b@example.com' },
      ],
    });
    const { mail, rcpts } = commandsFor(outgoing, ['DSN']);
    expect(mail).to.equal('MAIL FROM:<sender@example.org> RET=HDRS ENVID=a+20b+2Bc+3Dd\r\n');
    expect(rcpts).to.deep.equal([
      'RCPT TO:<user@example.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+2Bb@example.com\r\n',
    ]);
  });

  it('send the null reverse-path as it is', () => {
    expect(commandsFor(message({ reversePath: '' }), []).mail).to.equal('MAIL FROM:<>\r\n');
  });

  it('put domains into A-labels for a host without SMTPUTF8', () => {
    const outgoing = message({ reversePath: 'a@bücher.example', to: ['b@BÜCHER.example'] });
    const { mail, rcpts } = commandsFor(outgoing, []);
    expect(mail).to.equal('MAIL FROM:<a@xn--bcher-kva.example>\r\n');
    expect(rcpts).to.deep.equal(['RCPT TO:<b@xn--bcher-kva.example>\r\n']);
  });

  it('do not ask for SMTPUTF8 when A-labels do', () => {
    const outgoing = message({ to: ['b@bücher.example'] });
    expect(commandsFor(outgoing, ['SMTPUTF8']).mail).not.to.include('SMTPUTF8');
  });

  it('keep U-labels where SMTPUTF8 is used', () => {
    const { mail, rcpts } = commandsFor(message({ to: ['jürgen@bücher.example'] }), ['SMTPUTF8']);
    expect(mail).to.include(' SMTPUTF8');
    expect(rcpts).to.deep.equal(['RCPT TO:<jürgen@bücher.example>\r\n']);
  });

  it('pass on a declared SMTPUTF8', () => {
    expect(commandsFor(message({ smtpUtf8: true }), ['SMTPUTF8']).mail).to.include(' SMTPUTF8');
  });

  it('refuse only the recipients whose address the host cannot take', () => {
    const outgoing = message({ to: ['jürgen@example.com', 'user@example.com'] });
    const { refusals, asked, rcpts } = commandsFor(outgoing, []);
    expect(refusals.map((reply) => reply?.enhanced)).to.deep.equal(['5.6.7', undefined]);
    expect(asked).to.deep.equal([1]);
    expect(rcpts).to.deep.equal(['RCPT TO:<user@example.com>\r\n']);
  });

  it('refuse everything when the reverse-path needs SMTPUTF8', () => {
    const { refusals, asked } = commandsFor(message({ reversePath: 'jürgen@example.org' }), []);
    expect([refusals[0]?.enhanced, asked.length]).to.deep.equal(['5.6.7', 0]);
  });

  it('refuse everything when the header is in UTF-8 and the host lacks SMTPUTF8', () => {
    const { refusals } = commandsFor(message({ smtpUtf8: true }), [], false, true);
    expect(refusals[0]?.enhanced).to.equal('5.6.7');
  });

  it('refuse a message above the limit of the host, and none at it', () => {
    const fits = message({ body: bodyOf('x'.repeat(1_000)) });
    expect(commandsFor(fits, EVERYTHING).refusals).to.deep.equal([undefined]);
    const { refusals } = commandsFor({ ...fits, head: 'X: y\r\n' }, EVERYTHING);
    expect(refusals[0]).to.include({ code: 552, enhanced: '5.3.4' });
  });

  it('ask for REQUIRETLS over TLS', () => {
    const { mail } = commandsFor(message({ requireTls: true }), EVERYTHING, true);
    expect(mail).to.match(/ REQUIRETLS\r\n$/);
  });

  it('refuse a message with REQUIRETLS without TLS, and to a host that does not know it', () => {
    const outgoing = message({ requireTls: true });
    expect(commandsFor(outgoing, EVERYTHING, false).refusals[0]?.enhanced).to.equal('5.7.30');
    expect(commandsFor(outgoing, ['DSN'], true).refusals[0]?.enhanced).to.equal('5.7.30');
  });

  it('never carry a line end out of an address', () => {
    const { refusals, rcpts } = commandsFor(
      message({ to: ['a@example.com>\r\nRCPT TO:<b@example.com'] }),
      EVERYTHING,
    );
    expect(refusals[0]?.enhanced).to.equal('5.1.3');
    expect(rcpts).to.deep.equal([]);
    expect(commandsFor(message({ reversePath: 'a\r\nDATA' }), []).refusals[0]?.enhanced).to.equal('5.1.7');
  });
});

describe('the commands of a probe', () => {
  it('are MAIL and RCPT without parameters', () => {
    expect(composeProbe('', 'user@example.com', parseExtensions(EVERYTHING))).to.deep.equal({
      mail: 'MAIL FROM:<>\r\n',
      rcpt: 'RCPT TO:<user@example.com>\r\n',
    });
  });

  it('are a reply when the host cannot be asked about such an address', () => {
    expect(composeProbe('', 'jürgen@example.com', parseExtensions([]))).to.include({ enhanced: '5.6.7' });
  });
});

describe('parameter values', () => {
  it('are xtext', () => {
    expect(xtext('plain!~')).to.equal('plain!~');
    expect(xtext('a+b=c d\r\né')).to.equal('a+2Bb+3Dc+20d+0D+0A+C3+A9');
  });

  it('are utf-8-addr-xtext in an ORCPT of type utf-8', () => {
    expect(orcptText('utf-8;jürgen+x@example.com')).to.equal('utf-8;j\\x{FC}rgen\\x{2B}x@example.com');
    expect(orcptText('rfc822;plain@example.com')).to.equal('rfc822;plain@example.com');
  });
});
