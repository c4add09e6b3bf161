import { readFileSync } from 'node:fs';
import { openOpenSmtpd } from './opensmtpd-instance.ts';
const s = await openOpenSmtpd({ name: 'mail.example.com', domain: 'example.com', users: { anna: 'secret' }, address: '127.0.0.30', port: 2525, submissionPort: 2587, resolver: '127.0.0.153' });
try { console.log(await s.machine.sh(readFileSync('/tmp/sh/os.sh','utf8')));
await new Promise((r) => setTimeout(r, 2000));
console.log(await s.machine.sh('cat /etc/smtpd.conf /etc/smtpd.conf.mailpair; ps ax | grep smtpd; tail -12 /var/log/syslog; cat /etc/init.d/opensmtpd | sed -n 60,140p; timeout 3 smtpd -dv 2>&1 | tail -20 || true'));
} finally { await s.close(); }
