// Loaded before a measured script: tells the parent what the process used when it ends.
process.once('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { maxRssBytes: maxRSS * 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 };
  require('node:fs').writeSync(3, JSON.stringify(usage));
});
