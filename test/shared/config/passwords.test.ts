import { createHook } from 'node:async_hooks';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import {
  hashFor,
  hashPassword,
  isPasswordHash,
  isUserName,
  parseUsers,
  verifyPassword,
  verifyUser,
} from '@mailpair/shared/config/passwords';

/** Of the password `password`: a test vector of the Argon2 reference implementation, and one made with OpenSSL. */
const argon2Vector = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
const scryptVector =
  '$scrypt$ln=10,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$ZEBCzLptWM7dhpNJDU2HbQ945ovKHmVEozHkePPbSqw';

describe('passwords', () => {
  for (const scheme of ['argon2id', 'scrypt'] as const) {
    it(`are verified against a hash made with ${scheme}`, async () => {
      const hash = await hashPassword('geheim', scheme);
      expect(hash.startsWith(`$${scheme}$`)).to.equal(true);
      expect(isPasswordHash(hash)).to.equal(true);
      expect(await verifyPassword('geheim', hash)).to.equal(true);
      expect(await verifyPassword('Geheim', hash)).to.equal(false);
      expect(await verifyPassword('', hash)).to.equal(false);
    });
  }

  it('agree with hashes that other programs made', async () => {
    for (const hash of [argon2Vector, scryptVector]) {
      expect(await verifyPassword('password', hash)).to.equal(true);
      expect(await verifyPassword('Password', hash)).to.equal(false);
    }
  });

  it('are salted, and are the same however their accents are composed (RFC 8265)', async () => {
    const composed = 'caf\u00e9';
    const hash = await hashPassword(composed);
    expect(await hashPassword(composed)).not.to.equal(hash);
    expect(await verifyPassword(composed.normalize('NFD'), hash)).to.equal(true);
  });

  it('are not compared with what is no hash', async () => {
    for (const text of [
      '',
      'geheim',
      '$6$salt$hash',
      argon2Vector.slice(0, 40),
      argon2Vector.replace('v=19', 'v=16'),
    ]) {
      expect(isPasswordHash(text), text).to.equal(false);
    }
    const fault = await verifyPassword('x', 'geheim').catch(String);
    expect(fault).to.include('mailpair password NAME').and.not.include('geheim');
  });

  it('are refused costs that would stop the gateway', () => {
    const costly = [
      argon2Vector.replace('m=256', 'm=2097152'),
      argon2Vector.replace('t=2', 't=99'),
      argon2Vector.replace('m=256', 'm=4'),
      scryptVector.replace('ln=10', 'ln=30'),
      scryptVector.replace('r=8', 'r=99'),
    ];
    expect(costly.filter(isPasswordHash)).to.deep.equal([]);
  });

  it('fit their user only, and nobody who does not exist', async () => {
    const users = new Map([['joe', scryptVector]]);
    expect(await verifyUser(users, 'joe', 'password')).to.equal(true);
    expect(await verifyUser(users, 'joe', 'other')).to.equal(false);
    expect(await verifyUser(users, 'ann', 'password')).to.equal(false);
  });
});

describe('a name that is no user', () => {
  /** What the thread pool is asked to do. */
  async function workOf(task: () => Promise<unknown>): Promise<string[]> {
    const kinds: string[] = [];
    const hook = createHook({
      init: (_id, type) => void (/SCRYPT|ARGON2/.test(type) && kinds.push(type)),
    }).enable();
    await task();
    hook.disable();
    return kinds;
  }

  it('costs what a user costs', async () => {
    for (const [vector, kind] of [
      [scryptVector, 'SCRYPTREQUEST'],
      [argon2Vector, 'ARGON2REQUEST'],
    ] as const) {
      const users = new Map([['joe', vector]]);
      for (const name of ['joe', 'ann', ''])
        expect(await workOf(() => verifyUser(users, name, 'x')), `${kind} of "${name}"`).to.deep.equal([
          kind,
        ]);
    }
  });

  it('costs what one of the users costs, always the same one, where their hashes differ', () => {
    const users = new Map([
      ['joe', scryptVector],
      ['ann', argon2Vector],
      ['ben', argon2Vector.replace('m=256', 'm=512')],
    ]);
    const names = Array.from({ length: 100 }, (_, number) => `nobody-${number}`);
    const chosen = names.map((name) => hashFor(users, name));
    expect(new Set(chosen)).to.deep.equal(new Set(users.values()));
    expect(names.map((name) => hashFor(new Map(users), name))).to.deep.equal(chosen);
    expect(hashFor(users, 'joe')).to.equal(scryptVector);
  });

  it('has no right password, not that of the user whose hash is taken', async () => {
    expect(await verifyUser(new Map([['joe', scryptVector]]), 'ann', 'password')).to.equal(false);
    expect(await verifyUser(new Map(), 'ann', 'password')).to.equal(false);
  });
});

describe('a password that is too long', () => {
  const long = 'x'.repeat(1_025);

  it('is never made', async () => {
    expect(await hashPassword(long).catch(String)).to.include('longer than 1024 characters');
  });

  it('is wrong, though what is compared of it be right', async () => {
    const hash = await hashPassword(long.slice(1), 'scrypt');
    expect(await verifyPassword(long.slice(1), hash)).to.equal(true);
    expect(await verifyPassword(long, hash)).to.equal(false);
  });
});

describe('a users file', () => {
  it('has name:hash lines, empty lines and comments, with any line ends', () => {
    const text = `# submitters\r\n\r\n  \njoe:${scryptVector}\r\nann@example.com: ${argon2Vector} \n`;
    expect(parseUsers(text)).to.deep.equal({
      users: new Map([
        ['joe', scryptVector],
        ['ann@example.com', argon2Vector],
      ]),
      faults: [],
    });
  });

  it('tells every bad line by number and name, and never what stands after the colon', () => {
    const text = [
      'joe:geheim',
      'geheim',
      `ann:${argon2Vector}`,
      `ann:${scryptVector}`,
      `:${argon2Vector}`,
    ].join('\n');
    const { users, faults } = parseUsers(text);
    expect([...users.keys()]).to.deep.equal(['ann']);
    expect(faults).to.deep.equal([
      {
        line: 1,
        problem: 'the hash of joe is neither argon2id nor scrypt',
        fix: 'make the line with "mailpair password joe"',
      },
      { line: 2, problem: 'is no name:hash line', fix: 'make the line with "mailpair password NAME"' },
      { line: 4, problem: 'ann is listed already', fix: 'remove one of the two lines' },
      { line: 5, problem: 'is no name:hash line', fix: 'make the line with "mailpair password NAME"' },
    ]);
  });

  it('has names without space, colon and a # in front', () => {
    expect(['joe', 'joe@example.com', 'a#b'].every(isUserName)).to.equal(true);
    expect(['', 'a b', 'a:b', '#a', 'a\nb'].some(isUserName)).to.equal(false);
  });
});
