/** Signatures and ARC seals as dkimpy, an implementation of its own, verifies them. */
import { spawnSync } from 'node:child_process';

const script = `
import base64, dkim, json, sys
texts, messages = json.load(sys.stdin)
def dnsfunc(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    return texts.get(name.rstrip('.'), '').encode() or None
def signatures(message):
    verifier = dkim.DKIM(message)
    count = sum(1 for name, _ in verifier.headers if name.lower() == b'dkim-signature')
    return [verified(message, at) for at in range(count)]
def verified(message, at):
    try:
        return dkim.DKIM(message).verify(idx=at, dnsfunc=dnsfunc)
    except dkim.ValidationError:
        return False
def chain(message):
    return dkim.ARC(message).verify(dnsfunc=dnsfunc)[0].decode()
print(json.dumps([{'dkim': signatures(m), 'arc': chain(m)} for m in map(base64.b64decode, messages)]))
`;

export interface PythonVerdict {
  /** Whether each signature verifies, top first. */
  readonly dkim: readonly boolean[];
  /** `none`, `pass`, `fail`. */
  readonly arc: string;
}

/** @param texts name → TXT record */
export function verifyByDkimpy(
  python: string,
  messages: readonly Buffer[],
  texts: Readonly<Record<string, string>>,
): PythonVerdict[] {
  const input = JSON.stringify([texts, messages.map((message) => message.toString('base64'))]);
  const { status, stdout, stderr } = spawnSync(python, ['-c', script], {
    input,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as PythonVerdict[];
}
