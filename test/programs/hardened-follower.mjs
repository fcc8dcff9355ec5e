// Opens a region that is there, and prints what it sees or why it cannot. node hardened-follower.mjs <directory>
import { check, Follower, JsonMmapError, Master, regions } from 'jsonmmap';

const [dir] = process.argv.slice(2);
console.log(JSON.stringify([attempt(follow), attempt(lead)]));

function follow() {
  const follower = Follower.open('allowed', { dir });
  follower.on('change', () => {});
  const { system, watching, masterAlive } = follower.status();
  const seen = { current: follower.current, system, watching, masterAlive };
  follower.close();
  return { ...seen, regions: regions({ dir }).length, ok: check('allowed', { dir }).ok };
}

function lead() {
  Master.open('another', { dir, initial: 1 }).close();
  return 'opened';
}

function attempt(act) {
  try {
    return act();
  } catch (error) {
    return [error instanceof JsonMmapError, error.code, error.message.replaceAll(dir, 'DIR')];
  }
}
