/** Which part of a run of the tests a process is, `1/2`, in its environment: by it, its servers have ports of their own. */
export const SHARE = 'MAILPAIR_TEST_SHARE';
