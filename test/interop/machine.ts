/**
 * A machine of its own for a mail server of a test: this one's file system under a layer that is thrown away, with
 * own mounts, processes and host name, and Debian packages installed into it by dpkg as on any Debian. So servers
 * whose packages exclude each other run side by side from their usual places (/etc/exim4, /var/mail), and what they
 * change is never seen outside. Only the network is shared: a server listens on a loopback address of its own, unless
 * `within` puts the machine into a network namespace.
 *
 *     const machine = await openMachine({ name: 'mail.example.com', packages: 'opensmtpd' });
 *     await machine.write('/etc/smtpd.conf', '…');
 *     await machine.sh('service opensmtpd restart');     // throws with what was said when it fails
 *     await machine.close();
 *
 * `resolver` makes /etc/resolv.conf ask a DNS server on a loopback address (port 53: resolv.conf knows no other);
 * `hosts` are lines for /etc/hosts; `trust` are certificates (PEM) added to those that Debian trusts.
 *
 * Everything in it ends with it, and it ends with this process, however that ends. Needs root and the packages that
 * `.ci/fetch-mail-servers` gets; `needMachine` skips where either is missing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile, chmod, mkdtemp, open, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { checkout } from '../support/checkout.ts';
import { skipBecause } from '../support/skip.ts';

/** Directories below `.ci/packages`, each with the packages of one server. */
export type PackageSet = 'postfix' | 'exim4' | 'sendmail' | 'opensmtpd';

export interface MachineOptions {
  /** Its host name, with a domain. */
  readonly name: string;
  readonly packages: PackageSet;
  /** The loopback address of a DNS server on port 53. */
  readonly resolver?: string;
  /** Name → address. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly trust?: readonly string[];
  /** Words in front of the command that makes it, which enter a network namespace; else it has this machine's network. */
  readonly within?: readonly string[];
}

export interface Machine {
  readonly name: string;
  /** Runs a script as root, and gives its output. @throws with all it said when it fails */
  sh(script: string, input?: string | Buffer): Promise<string>;
  /** Where this process finds a path of the machine. */
  path(path: string): string;
  read(path: string): Promise<string>;
  write(path: string, content: string, mode?: number): Promise<void>;
  /** What has been told to syslog. */
  log(): Promise<string>;
  close(): Promise<void>;
}

const packages = join(checkout, '.ci/packages');

/** Mail servers whose packages have not been fetched. */
export const missingSets = (): readonly PackageSet[] =>
  (['postfix', 'exim4', 'sendmail', 'opensmtpd'] as const).filter((set) => debsOf(set) === undefined);

/** Skips the running test, or its suite, where such a machine cannot be made. */
export function needMachine(context: Context, ...sets: readonly PackageSet[]): void {
  if (process.getuid?.() !== 0)
    skipBecause(context, 'only root can make a machine for a mail server: run this test as root');
  const missing = sets.filter((set) => debsOf(set) === undefined);
  if (missing.length > 0)
    skipBecause(context, `no packages of ${missing.join(', ')}; get them with: .ci/fetch-mail-servers`);
  const { status, stderr } = spawnSync('unshare', ['--mount', '--pid', '--uts', '--fork', 'true'], {
    encoding: 'utf8',
  });
  if (status !== 0) skipBecause(context, `this system gives no mount namespace: ${stderr.trim()}`);
}

const debsOf = (set: PackageSet): readonly string[] | undefined =>
  existsSync(join(packages, set))
    ? readdirSync(join(packages, set)).filter((file) => file.endsWith('.deb'))
    : undefined;

/** Process 1 of the machine: the first line it says is that it is ready; it ends when its input does. */
const birth = `
  set -e
  mount -t tmpfs -o mode=755 machine "$1"
  mkdir "$1/upper" "$1/work" "$1/root"
  mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root"
  mount -t proc proc "$1/root/proc"
  # A copy, as the file system below may change while packages are installed on this machine itself.
  mount -t tmpfs -o mode=755 dpkg "$1/root/var/lib/dpkg"
  cp -a /var/lib/dpkg/. "$1/root/var/lib/dpkg"
  mount -t tmpfs -o mode=755 dev "$1/root/dev"
  for device in null zero full random urandom tty; do
    : >"$1/root/dev/$device"
    mount --bind "/dev/$device" "$1/root/dev/$device"
  done
  ln -s /proc/self/fd "$1/root/dev/fd"
  ln -s fd/0 "$1/root/dev/stdin"
  ln -s fd/1 "$1/root/dev/stdout"
  ln -s fd/2 "$1/root/dev/stderr"
  mount -t tmpfs -o mode=755 run "$1/root/run"
  mkdir -p "$1/root/run/lock" "$1/root/packages"
  mount --bind "$2" "$1/root/packages"
  hostname "$3"
  exec chroot "$1/root" perl -MSocket -e '
    socket(LOG, AF_UNIX, SOCK_DGRAM, 0) and bind(LOG, pack_sockaddr_un("/dev/log")) or die "/dev/log: $!";
    chmod 0666, "/dev/log";
    open(FILE, ">", "/var/log/syslog") or die "/var/log/syslog: $!";
    select((select(FILE), $| = 1)[0]);
    $SIG{CHLD} = "IGNORE";
    $| = 1;
    print "ready\n";
    my ($wanted, $ready, $line) = "";
    vec($wanted, $_, 1) = 1 for fileno(STDIN), fileno(LOG);
    while (1) {
      next if select($ready = $wanted, undef, undef, undef) < 1;
      exit if vec($ready, fileno(STDIN), 1);
      recv(LOG, $line, 65536, 0);
      print FILE $line =~ s/^<\\d+>//r, "\n";
    }
  '
`;

/** What Debian's installation would do, but that it starts nothing and is not slowed by syncs. */
const install = `
  export DEBIAN_FRONTEND=noninteractive
  printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  rm -f /var/lib/dpkg/lock /var/lib/dpkg/lock-frontend
  case $1 in
    postfix) ;;
    *) dpkg --remove --force-depends postfix ;;
  esac
  set -- /packages/*.deb
  if [ -e "$1" ]; then dpkg --install --no-triggers --force-unsafe-io "$@"; fi
`;

export async function openMachine(options: MachineOptions): Promise<Machine> {
  const { name, resolver, hosts = {}, trust = [], within = [] } = options;
  const root = await mkdtemp(join(tmpdir(), 'mailpair-machine-'));
  const set = join(packages, options.packages);
  const make = [
    ...within,
    'unshare',
    '--mount',
    '--pid',
    '--uts',
    '--fork',
    '--kill-child',
    'sh',
    '-c',
    birth,
  ];
  const init = spawn(make[0]!, [...make.slice(1), 'birth', root, set, name], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  init.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const ended = once(init, 'close');
  const failed = ended.then(() => Promise.reject(new Error(`no machine ${name}: ${said}`)));
  failed.catch(() => undefined);
  await Promise.race([once(init.stdout, 'data'), failed]);
  const pid = firstProcessOf(init.pid ?? 0);

  const machine: Machine = {
    name,
    sh: (script, input) => run(pid, script, [], input),
    path: (path) => `/proc/${pid}/root${path}`,
    read: (path) => readFile(machine.path(path), 'latin1'),
    async write(path, content, mode = 0o644) {
      await writeFile(machine.path(path), content);
      await chmod(machine.path(path), mode);
    },
    log: () => machine.read('/var/log/syslog'),
    async close() {
      init.stdin.end();
      await ended;
      await rmdir(root);
    },
  };
  try {
    const lines = Object.entries({ localhost: '127.0.0.1', ...hosts }).map(([host, at]) => `${at} ${host}\n`);
    await machine.write('/etc/hosts', lines.join(''));
    await machine.write('/etc/hostname', `${name}\n`);
    await machine.write('/etc/mailname', `${name.slice(name.indexOf('.') + 1)}\n`);
    await machine.write('/etc/resolv.conf', `nameserver ${resolver ?? '127.0.0.1'}\noptions timeout:2\n`);
    for (const certificate of trust)
      await appendFile(machine.path('/etc/ssl/certs/ca-certificates.crt'), certificate);
    await run(pid, install, [options.packages]);
    return machine;
  } catch (error) {
    await machine.close();
    throw error;
  }
}

/** The only child of `unshare`, which is process 1 in there. */
const firstProcessOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());

async function run(
  pid: number,
  script: string,
  args: readonly string[] = [],
  input: string | Buffer = '',
): Promise<string> {
  const enter = ['--target', String(pid), '--net', '--mount', '--pid', '--uts', '--root', '--wd'];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' };
  // Files and not pipes, which a daemon that the script starts would keep open.
  const directory = await mkdtemp(join(tmpdir(), 'mailpair-script-'));
  const [out, err] = await Promise.all(['out', 'err'].map((name) => open(join(directory, name), 'w+')));
  try {
    const child = spawn('nsenter', [...enter, 'sh', '-ec', script, 'sh', ...args], {
      env,
      stdio: ['pipe', out!.fd, err!.fd],
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
    const [code] = (await once(child, 'exit')) as [number | null];
    const said = await readFile(join(directory, 'out'), 'utf8');
    if (code === 0) return said;
    throw new Error(
      `status ${code} of:\n${script.trim()}\n${said}${await readFile(join(directory, 'err'), 'utf8')}`,
    );
  } finally {
    await Promise.all([out!.close(), err!.close()]);
    await rm(directory, { recursive: true });
  }
}
