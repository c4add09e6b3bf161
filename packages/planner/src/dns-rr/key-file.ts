/**
 * Parses a TSIG key file in the formats of BIND (tsig-keygen), Knot (keymgr -t), or one line
 * ALGORITHM:NAME:SECRET as nsupdate -y and kdig -y accept it. Pure. Errors never contain the secret.
 */
import { algorithms } from './tsig.ts';
import type { Algorithm, TsigKey } from './tsig.ts';

const make = 'make one with: tsig-keygen -a hmac-sha256 NAME (BIND), or: keymgr -t NAME hmac-sha256 (Knot)';

/** @throws with the fault and its fix for the operator; the caller adds the name of the file */
export function parseKeyFile(text: string): TsigKey {
  const oneLine = /^\s*([\w-]+):([\w.-]+):([\w+/=]+)\s*$/.exec(text);
  if (oneLine) return keyOf(oneLine[2], oneLine[1], oneLine[3]);
  const plain = text.replace(/\/\*[^]*?\*\/|(?<=^|\s)(?:#|\/\/).*$/gm, '');
  const names = [
    ...plain.matchAll(/\bkey\s+"?([\w.-]+)"?\s*\{|^[ \t]*(?:-[ \t]*)?id:[ \t]*"?([\w.-]+)"?[ \t\r]*$/gm),
  ];
  if (names.length === 0) throw new Error(`it holds no TSIG key; ${make}`);
  if (names.length > 1)
    throw new Error(`it holds ${names.length} keys; leave the one that may change the record`);
  const [, ofBind, ofKnot] = names[0]!;
  return keyOf(ofBind ?? ofKnot, valueOf('algorithm', plain), valueOf('secret', plain));
}

/** Reads `secret "x";` or `secret: x`. */
const valueOf = (field: string, text: string): string | undefined =>
  new RegExp(`\\b${field}\\b\\s*:?\\s*"?([\\w+/=.-]+)"?`).exec(text)?.[1];

function keyOf(name: string | undefined, algorithm: string | undefined, secret: string | undefined): TsigKey {
  if (name === undefined || secret === undefined)
    throw new Error(`its key ${name ?? ''} has no secret; ${make}`);
  const asked = (algorithm ?? '').toLowerCase().replace(/\.$/, '');
  const known = Object.keys(algorithms) as Algorithm[];
  const spoken = known.find((each) => each === asked);
  if (!spoken)
    throw new Error(
      `its algorithm ${asked || '(none)'} is not one of ${known.join(', ')}; ${make}, on both sides`,
    );
  const octets = Buffer.from(secret, 'base64');
  if (
    octets.length === 0 ||
    octets.toString('base64').replace(/={1,2}$/, '') !== secret.replace(/={1,2}$/, '')
  )
    throw new Error(`the secret of its key ${name} is not base64; ${make}`);
  return { name: name.toLowerCase().replace(/\.$/, ''), algorithm: spoken, secret: octets };
}
