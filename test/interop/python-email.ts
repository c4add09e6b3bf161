/** What Python's email package shows of messages, by both of its policies. */
import { spawnSync } from 'node:child_process';
import { isProgram, type Shown } from '../evasion/shown.ts';

const policies = ['default', 'compat32'] as const;

/** Reads a message in base64 a line, and writes its leaves as JSON a line. What it cannot read it does not show. */
const program = String.raw`
import base64, email, email.policy, json, sys
policy = getattr(email.policy, sys.argv[1])

def attempt(read):
    try:
        return read()
    except Exception:
        return None

for line in sys.stdin:
    message = attempt(lambda: email.message_from_bytes(base64.b64decode(line), policy=policy))
    leaves = []
    for part in (attempt(lambda: list(message.walk())) or []):
        name = attempt(lambda: str(part.get_filename() or '')) or ''
        octets = b'' if part.is_multipart() else attempt(lambda: part.get_payload(decode=True)) or b''
        text = ''
        if part.get_content_maintype() == 'text':
            charset = attempt(lambda: part.get_content_charset()) or 'latin-1'
            text = attempt(lambda: octets.decode(charset, 'replace')) or octets.decode('latin-1')
        leaves.append([name, base64.b64encode(octets).decode('ascii'), text])
    print(json.dumps(leaves))
`;

type Leaf = readonly [name: string, octets: string, text: string];

/** @param python the path of the program @returns for each message what either policy shows */
export function shownByPython(python: string, messages: readonly Buffer[]): readonly Shown[] {
  const [first, second] = policies.map((policy) => leavesBy(python, policy, messages));
  return messages.map((_, i) => shownIn([...(first?.[i] ?? []), ...(second?.[i] ?? [])]));
}

function leavesBy(python: string, policy: string, messages: readonly Buffer[]): readonly (readonly Leaf[])[] {
  const input = messages.map((message) => `${message.toString('base64')}\n`).join('');
  const { stdout, stderr, status } = spawnSync(python, ['-W', 'ignore', '-c', program, policy], {
    input,
    encoding: 'utf8',
    maxBuffer: 512 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`python3 has failed: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as readonly Leaf[]);
}

/** A program that both policies show counts once. */
function shownIn(leaves: readonly Leaf[]): Shown {
  const octetsOf = new Set<string>();
  const files = leaves.map(([name, octets]) => {
    const isNew = !octetsOf.has(octets);
    octetsOf.add(octets);
    return { name, isProgram: isNew && isProgram(Buffer.from(octets, 'base64')) };
  });
  return { files, text: leaves.map(([, , text]) => text).join('\n') };
}
