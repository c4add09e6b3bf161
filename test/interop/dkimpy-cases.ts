/** Every message that the tests of Debian's python3-dkim verify, with the keys they find and what dkimpy says of it. */
import { spawnSync } from 'node:child_process';

export interface DkimpyCase {
  /** Of its test, with a number: `test_dkim.TestSignAndVerify.test_verifies #1`. */
  readonly name: string;
  readonly kind: 'dkim' | 'arc';
  readonly message: Buffer;
  readonly records: Readonly<Record<string, string>>;
  /** The signature (or the chain) holds. */
  readonly passes: boolean;
}

/** Runs its tests, with a look at each verification. */
const recorder = String.raw`
import base64, json, sys, unittest, collections, io
import dkim
current = ['']
counts = collections.Counter()
def record(kind, original):
    def verify(self, *args, **kwargs):
        records = {}
        ask = kwargs.get('dnsfunc') or (args[1] if len(args) > 1 else None)
        def asking(name, timeout=5):
            answer = ask(name)
            text = answer.decode('latin-1') if isinstance(answer, bytes) else answer
            if text: records[name.decode('latin-1').rstrip('.')] = text
            return answer
        if ask is not None:
            if 'dnsfunc' in kwargs: kwargs['dnsfunc'] = asking
            else: args = args[:1] + (asking,) + args[2:]
        result = False
        try:
            result = original(self, *args, **kwargs)
            return result
        finally:
            passes = (result[0] == dkim.CV_Pass) if isinstance(result, tuple) else bool(result)
            counts[current[0]] += 1
            message = b''.join(n + b':' + v for n, v in self.headers) + b'\r\n' + self.body
            sys.stdout.write(json.dumps({
                'name': '%s #%d' % (current[0], counts[current[0]]), 'kind': kind, 'records': records,
                'message': base64.b64encode(message).decode(), 'passes': passes}) + '\n')
    return verify
dkim.DKIM.verify = record('dkim', dkim.DKIM.verify)
dkim.ARC.verify = record('arc', dkim.ARC.verify)
class Result(unittest.TestResult):
    def startTest(self, test):
        current[0] = test.id().replace('dkim.tests.', '')
names = ['test_dkim', 'test_dkim_ed25519', 'test_dkim_rsavariants', 'test_arc']
suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromName('dkim.tests.' + n) for n in names)
suite.run(Result())
`;

/** Undefined where python3-dkim is missing. */
export function dkimpyCases(): readonly DkimpyCase[] | undefined {
  const { stdout, status } = spawnSync('/usr/bin/python3', ['-c', recorder], { maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) return undefined;
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as DkimpyCase & { message: string })
    .map((each) => ({ ...each, message: Buffer.from(each.message, 'base64') }));
}
