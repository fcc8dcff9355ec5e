// How long an event loop stands still.

/** Starts to watch the loop of this process; it keeps the loop turning without a rest. */
export function stallWatch() {
  let longest = 0;
  let last = process.hrtime.bigint();
  let lastCpu = process.cpuUsage();
  setImmediate(turn);
  return {
    begin() {
      longest = 0;
    },
    longest: () => longest,
  };

  /** A gap between two turns is work, or another process on this processor; what was not spent on a processor does not count. */
  function turn() {
    const now = process.hrtime.bigint();
    const cpu = process.cpuUsage();
    const spent = (cpu.user + cpu.system - lastCpu.user - lastCpu.system) * 1000;
    longest = Math.max(longest, Math.min(spent, Number(now - last)));
    last = now;
    lastCpu = cpu;
    setImmediate(turn);
  }
}
