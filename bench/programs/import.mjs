// A fresh process imports a module and tells the nanoseconds.
const started = process.hrtime.bigint();
await import(process.argv[2]);
const elapsed = Number(process.hrtime.bigint() - started);
process.send(elapsed, () => process.exit(0));
