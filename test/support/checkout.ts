/** This checkout, and small ones made in a temporary directory to try the workspace's tools on. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const checkout = resolve(import.meta.dirname, '../..');

/** File contents by path. */
export type Files = Readonly<Record<string, string>>;

export interface TemporaryCheckout {
  readonly root: string;
  write(files: Files): void;
  /** Copies a file of this checkout to the same place. */
  copy(...paths: readonly string[]): void;
  /** Makes `path` a link to `target`, which is relative to the root or absolute. */
  link(path: string, target: string): void;
  remove(): void;
}

export function temporaryCheckout(): TemporaryCheckout {
  const root = mkdtempSync(join(tmpdir(), 'mailpair-checkout-'));
  const place = (path: string): string => {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    return full;
  };
  return {
    root,
    write: (files) => {
      for (const [path, text] of Object.entries(files)) writeFileSync(place(path), text);
    },
    copy: (...paths) => {
      for (const path of paths) cpSync(join(checkout, path), place(path), { recursive: true });
    },
    link: (path, target) => {
      symlinkSync(resolve(root, target), place(path));
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
