import client from 'prom-client';

new client.Counter({ name: 'c_total', help: 'c', labelNames: ['a'] }).inc({ a: 'a' });
process.stdout.write('counted\n');
