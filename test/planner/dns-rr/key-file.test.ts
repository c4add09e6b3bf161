import { parseKeyFile } from '@mailpair/planner/dns-rr/key-file';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const secret = 'AB//cd+/0123456789abcdefghijklmnopqrstuvwxyz';
const key = { name: 'mailpair', algorithm: 'hmac-sha256', secret: Buffer.from(secret, 'base64') };

const ofBind = `key "mailpair" {
\talgorithm hmac-sha256;
\tsecret "${secret}";
};
`;
const ofKnot = `# hmac-sha256:mailpair:${secret}
key:
  - id: mailpair
    algorithm: hmac-sha256
    secret: ${secret}
`;

describe('the file of a TSIG key', () => {
  const forms = {
    'tsig-keygen writes': ofBind,
    'keymgr -t writes': ofKnot,
    'nsupdate -y takes': `hmac-sha256:mailpair:${secret}\n`,
    'an operator has commented on': `// of the mail hosts\n/* key "old" { } */\n# 2026\n${ofBind}`,
    'is written without quotes': `key MailPair. { algorithm HMAC-SHA256; secret ${secret}; };`,
  };
  for (const [what, text] of Object.entries(forms))
    it(`is read as ${what} it`, () => {
      expect(parseKeyFile(text)).to.deep.equal(key);
    });

  const faults: Readonly<Record<string, readonly [text: string, told: string]>> = {
    'nothing in it': ['', 'it holds no TSIG key; make one with: tsig-keygen'],
    'another kind of key': [
      '-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n',
      'it holds no TSIG key',
    ],
    'two keys': [ofBind + ofBind.replace('mailpair', 'other'), 'it holds 2 keys; leave the one'],
    'no secret': ['key "mailpair" { algorithm hmac-sha256; };', 'its key mailpair has no secret'],
    'a secret that is no base64': [
      ofBind.replace(secret, 'not_base64'),
      'the secret of its key mailpair is not base64',
    ],
    'an algorithm that is not spoken': [
      ofBind.replace('sha256', 'md5'),
      'its algorithm hmac-md5 is not one of hmac-sha1',
    ],
    'no algorithm': [ofBind.replace('algorithm hmac-sha256;', ''), 'its algorithm (none)'],
  };
  for (const [what, [text, told]] of Object.entries(faults))
    it(`with ${what} is refused, the secret untold`, () => {
      expect(() => parseKeyFile(text))
        .to.throw(told)
        .with.property('message')
        .that.does.not.include(secret);
    });
});
