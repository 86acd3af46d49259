import { getMetricsManager } from '../../dist/index.js';

getMetricsManager().trackTask('created', { task_type: 'a' });
process.stdout.write('counted\n');
