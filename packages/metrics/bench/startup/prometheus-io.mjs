import { Counter } from '@prometheus-io/client';

new Counter({ name: 'c_total', help: 'c', labelNames: ['a'] }).inc({ a: 'a' });
process.stdout.write('counted\n');
