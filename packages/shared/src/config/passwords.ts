/**
 * Passwords of submitters, kept as PHC strings: argon2id (RFC 9106) or scrypt (RFC 7914). Hashing and verifying run off
 * the main thread; comparing takes the same time for every wrong password. Costs beyond a bound are refused,
 * so that a line of the users file cannot stop the gateway.
 */
import { argon2, createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const runArgon2 = promisify(argon2);
const runScrypt = promisify<Buffer, Buffer, number, object, Buffer>(scrypt);

export type PasswordScheme = 'argon2id' | 'scrypt';

type Hash =
  | { scheme: 'argon2id'; memory: number; passes: number; parallelism: number; salt: Buffer; tag: Buffer }
  | { scheme: 'scrypt'; ln: number; r: number; p: number; salt: Buffer; tag: Buffer };

/** Characters. What a client sends beyond that is never hashed, and is never right. */
const LONGEST_PASSWORD = 1_024;

/**
 * `$argon2id$v=19$m=65536,t=3,p=1$salt$hash`, or `$scrypt$ln=15,r=8,p=1$salt$hash`.
 * @throws when the password is too long
 */
export async function hashPassword(password: string, scheme: PasswordScheme = 'argon2id'): Promise<string> {
  if (password.length > LONGEST_PASSWORD)
    throw new Error(`The password is longer than ${LONGEST_PASSWORD} characters; choose a shorter one`);
  const salt = randomBytes(16);
  const none = Buffer.alloc(32);
  const costs: Hash =
    scheme === 'argon2id'
      ? { scheme, memory: 65536, passes: 3, parallelism: 1, salt, tag: none }
      : { scheme, ln: 15, r: 8, p: 1, salt, tag: none };
  return formatHash({ ...costs, tag: await derive(password, costs) });
}

/** @throws when the hash is none that can be read */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const hash = parseHash(phc);
  if (!hash)
    throw new Error('The stored password hash cannot be read; make it anew with "mailpair password NAME"');
  const isEqual = timingSafeEqual(await derive(password.slice(0, LONGEST_PASSWORD), hash), hash.tag);
  return isEqual && password.length <= LONGEST_PASSWORD;
}

export const isPasswordHash = (phc: string): boolean => parseHash(phc) !== undefined;

/** A hash that no password fits, for when there are no users any more. */
const decoy = formatHash({
  scheme: 'argon2id',
  memory: 65536,
  passes: 3,
  parallelism: 1,
  salt: randomBytes(16),
  tag: randomBytes(32),
});

/** Whether this is a user with this password. Finding out costs as much for a name that is no user. */
export async function verifyUser(users: Users, name: string, password: string): Promise<boolean> {
  const isRight = await verifyPassword(password, hashFor(users, name));
  return isRight && users.has(name);
}

type Users = ReadonlyMap<string, string>;

/**
 * The hash that a password of this name is compared with. For a name that is no user it is the hash of some user, always the
 * same one: hashes may differ in scheme and costs, and the time that an answer takes must not tell users from other names. A
 * secret decides which, so that nobody can work out beforehand what a name that is no user would cost. It follows from the
 * users file, so that it is the same on all hosts with that file, and after a restart.
 */
export function hashFor(users: Users, name: string): string {
  let decoys = decoysOf.get(users);
  if (!decoys) {
    const hashes = [...users.values()];
    const secret = createHash('sha256').update(hashes.join('\n')).digest();
    decoysOf.set(users, (decoys = { hashes, secret }));
  }
  const number = createHmac('sha256', decoys.secret).update(name).digest().readUIntBE(0, 6);
  return users.get(name) ?? decoys.hashes[number % decoys.hashes.length] ?? decoy;
}

const decoysOf = new WeakMap<Users, { readonly hashes: readonly string[]; readonly secret: Buffer }>();

export interface UsersFault {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
  readonly fix: string;
}

/** Reads a users file: `name:hash` lines, empty lines and comments after #. What stands in a bad line is never shown. */
export function parseUsers(text: string): {
  readonly users: Map<string, string>;
  readonly faults: UsersFault[];
} {
  const users = new Map<string, string>();
  const faults: UsersFault[] = [];
  text.split(/\r?\n/).forEach((content, index) => {
    if (/^\s*(#|$)/.test(content)) return;
    const fault = (problem: string, fix: string) => faults.push({ line: index + 1, problem, fix });
    const colon = content.indexOf(':');
    const name = content.slice(0, Math.max(0, colon)).trim();
    const hash = content.slice(colon + 1).trim();
    if (!isUserName(name)) fault('is no name:hash line', 'make the line with "mailpair password NAME"');
    else if (users.has(name)) fault(`${name} is listed already`, 'remove one of the two lines');
    else if (!isPasswordHash(hash)) {
      fault(
        `the hash of ${name} is neither argon2id nor scrypt`,
        `make the line with "mailpair password ${name}"`,
      );
    } else users.set(name, hash);
  });
  return { users, faults };
}

/** A name that can stand in a users file. */
export const isUserName = (name: string): boolean => /^[^\s:#][^\s:]*$/.test(name);

/** Passwords are compared as RFC 8265 §4.2.2 says: in normal form C. */
function derive(password: string, hash: Hash): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFC'));
  if (hash.scheme === 'argon2id') {
    const { memory, passes, parallelism, salt: nonce, tag } = hash;
    return runArgon2('argon2id', { message, nonce, parallelism, tagLength: tag.length, memory, passes });
  }
  const { ln, r, p, salt, tag } = hash;
  const cost = 2 ** ln;
  return runScrypt(message, salt, tag.length, {
    cost,
    blockSize: r,
    parallelization: p,
    maxmem: 256 * cost * r,
  });
}

function encode(octets: Buffer): string {
  return octets.toString('base64').replace(/={1,2}$/, '');
}

function formatHash(hash: Hash): string {
  const costs =
    hash.scheme === 'argon2id'
      ? `v=19$m=${hash.memory},t=${hash.passes},p=${hash.parallelism}`
      : `ln=${hash.ln},r=${hash.r},p=${hash.p}`;
  return `$${hash.scheme}$${costs}$${encode(hash.salt)}$${encode(hash.tag)}`;
}

const octets = '([A-Za-z0-9+/]{11,86})';
const argon2Form = new RegExp(
  `^\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d{1,2})\\$${octets}\\$${octets}$`,
);
const scryptForm = new RegExp(
  `^\\$scrypt\\$ln=(\\d{1,2}),r=(\\d{1,2}),p=(\\d{1,2})\\$${octets}\\$${octets}$`,
);

function parseHash(phc: string): Hash | undefined {
  const forms = { argon2id: argon2Form.exec(phc), scrypt: scryptForm.exec(phc) };
  const match = forms.argon2id ?? forms.scrypt;
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0] = match.slice(1, 4).map(Number);
  const [salt, tag] = [Buffer.from(match[4] ?? '', 'base64'), Buffer.from(match[5] ?? '', 'base64')];
  if (tag.length < 16) return undefined;
  if (forms.argon2id) {
    const inBounds = a >= 8 * c && a <= 1024 ** 2 && b >= 1 && b <= 20 && c >= 1 && c <= 16;
    return inBounds ? { scheme: 'argon2id', memory: a, passes: b, parallelism: c, salt, tag } : undefined;
  }
  const inBounds = a >= 10 && a <= 20 && b >= 1 && b <= 32 && c >= 1 && c <= 16;
  return inBounds ? { scheme: 'scrypt', ln: a, r: b, p: c, salt, tag } : undefined;
}
