import { openMachine } from './machine.ts';
const set = process.argv[2] as any;
const m = await openMachine({ name: 'mail.example.com', packages: set, hosts: {'mail.example.com':'127.0.0.30'} });
try { for (const s of process.argv.slice(3)) console.log(await m.sh(s)); } catch (e) { console.log((e as Error).message); } finally { await m.close(); }
