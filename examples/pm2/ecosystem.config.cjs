// PM2: `config` publishes the file and keeps it live, the `web` processes read it. Start all with
//   pm2 start examples/pm2/ecosystem.config.cjs
const { dirname, join } = require('node:path');

const jsonmmap = join(dirname(require.resolve('jsonmmap/package.json')), 'dist/cli/main.js');

module.exports = {
  apps: [
    {
      name: 'config',
      cwd: __dirname,
      script: jsonmmap,
      args: 'run config.yaml --name pm2-example --followers 0',
      exp_backoff_restart_delay: 100, // with a broken config.yaml it ends, and is tried again until the file is mended
    },
    {
      name: 'web',
      cwd: __dirname,
      script: 'server.mjs',
      exec_mode: 'cluster',
      instances: 4,
      wait_ready: true,
      env: { JSONMMAP_REGION: 'pm2-example', PORT: process.env.PORT ?? 3000 },
    },
  ],
};
