import { report } from './report.mjs';
import './variables.mjs';

const start = performance.now();
const { getSettings } = await import('../../dist/index.js');
report(start, getSettings());
