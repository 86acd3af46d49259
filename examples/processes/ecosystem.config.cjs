const common = {
  script: 'service.mjs',
  cwd: __dirname,
  kill_timeout: 20_000,
  merge_logs: true,
  error_file: `${__dirname}/pm2.err`,
};
module.exports = {
  apps: [
    { ...common, name: 'fork', exec_mode: 'fork', out_file: `${__dirname}/pm2-fork.out` },
    {
      ...common,
      name: 'cluster',
      exec_mode: 'cluster',
      instances: 2,
      out_file: `${__dirname}/pm2-cluster.out`,
    },
  ],
};
