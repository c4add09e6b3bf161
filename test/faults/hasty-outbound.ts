/**
 * An outbound gateway that is broken on purpose: it says that a message is on disk when it has only asked for it. Only in
 * the life in which it is killed: what is lost then is lost.
 */
import { GroupCommit } from '@mailpair/shared/queue/group-commit';

const submit = GroupCommit.prototype.submit;
GroupCommit.prototype.submit = function <T>(
  this: GroupCommit,
  change: () => T,
  takesSpace = false,
): Promise<T> {
  const done = submit.call(this, change, takesSpace) as Promise<T>;
  if (!takesSpace || process.env['MAILPAIR_FAILPOINTS'] === undefined) return done;
  done.catch(() => undefined);
  return Promise.resolve(undefined as T);
};
await import('@mailpair/outbound-gateway/main');
