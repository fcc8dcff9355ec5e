// The small document: feature flags, about 4 KB of JSON.

export function makeFlags() {
  const flags = {};
  for (let i = 0; i < 40; i++) {
    flags[`feature-${i}`] = {
      enabled: i % 3 === 0,
      rollout: (i * 7) % 100,
      owner: `team-${i % 5}`,
      tags: ['web', 'beta'],
    };
  }
  return { version: 7, sentAt: 0, beta: { color: 'blue', on: true }, flags };
}
