/** Reports each breach of the rules in `foreign.ts` by this process, with the place in the code. Nothing is hindered. */
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { foreignPath, isForeignName, isForeignResolver } from './foreign.ts';

type Call = (this: unknown, ...args: unknown[]) => unknown;
type Holder = Record<string, unknown>;

const onePath = [
  ...['open', 'openAsBlob', 'readFile', 'writeFile', 'appendFile', 'truncate', 'createReadStream'],
  ...['createWriteStream', 'stat', 'lstat', 'statfs', 'access', 'exists', 'readdir', 'opendir', 'readlink'],
  ...['realpath', 'mkdir', 'mkdtemp', 'rm', 'rmdir', 'unlink', 'chmod', 'chown', 'utimes', 'watch'],
];
const twoPaths = ['rename', 'link', 'symlink', 'copyFile', 'cp'];

/** @param ours directories that may be used wherever they lie */
export function watch(report: (breach: string) => void, ours: readonly string[]): void {
  const paths = (...given: unknown[]): void => {
    for (const each of given) {
      const path = foreignPath(each, ours);
      if (path !== undefined) report(`opens ${path}`);
    }
  };
  for (const holder of [fs, fs.promises] as unknown as Holder[])
    for (const suffix of ['', 'Sync']) {
      for (const name of onePath) precede(holder, name + suffix, (path) => paths(path));
      for (const name of twoPaths) precede(holder, name + suffix, (from, to) => paths(from, to));
    }
  watchDns(report);
  syncBuiltinESMExports();
}

function watchDns(report: (breach: string) => void): void {
  const system = dns.getServers();
  const name = (given: unknown): void => {
    if (isForeignName(given)) report(`looks up ${given} by the resolver of this host`);
  };
  const server = (address: unknown, port: unknown): void => {
    const host = typeof address === 'string' ? address : '127.0.0.1';
    if (isForeignResolver(host, Number(port), system)) report(`asks the resolver ${host}`);
  };
  for (const holder of [dns, dns.promises] as unknown as Holder[]) {
    precede(holder, 'lookup', name);
    precede(holder, 'lookupService', (address) =>
      report(`asks the resolver of this host for ${String(address)}`),
    );
    for (const each of asking(holder))
      precede(holder, each, (question) => report(`asks the resolver of this host for ${String(question)}`));
  }
  for (const { prototype } of [dns.Resolver, dns.promises.Resolver])
    for (const each of asking(prototype as unknown as Holder))
      precede(prototype as unknown as Holder, each, function () {
        for (const given of (this as dns.Resolver).getServers()) server(...endpointOf(given));
      });
  precede(dgram.Socket.prototype as unknown as Holder, 'send', (_octets, ...rest) => {
    const [port, address] = typeof rest[2] === 'number' ? rest.slice(2) : rest;
    server(address, port);
  });
  precede(dgram.Socket.prototype as unknown as Holder, 'connect', (port, address) => server(address, port));
  precede(net.Socket.prototype as unknown as Holder, 'connect', (given) => {
    const { host, port } = (Array.isArray(given) ? given[0] : (given ?? {})) as net.TcpSocketConnectOpts;
    server(host, port);
  });
}

const asking = (holder: Holder): string[] =>
  Object.getOwnPropertyNames(holder).filter((name) => /^(resolve|reverse)/.test(name));

/** `127.0.0.1`, `127.0.0.1:5353`, `[::1]:5353`. */
function endpointOf(server: string): [address: string, port: number] {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(server) ?? [];
  return port === undefined ? [server, 53] : [bracketed ?? plain ?? '', Number(port)];
}

/** Has `look` see the arguments of each call first. */
function precede(holder: Holder, name: string, look: Call): void {
  const real = holder[name];
  if (typeof real !== 'function') return;
  const watched = function (this: unknown, ...args: unknown[]): unknown {
    look.apply(this, args);
    return new.target ? Reflect.construct(real, args) : (real as Call).apply(this, args);
  };
  holder[name] = Object.defineProperties(watched, Object.getOwnPropertyDescriptors(real));
}
