// The large document: a dictionary of users by id in one object, about 100 MB of JSON, the same in every run.
import { randomNumbers } from './random.mjs';

export const ENTRIES = 300_000;

const FIRST =
  'Ada Bo Chen Dina Elif Farid Grace Hana Igor Jörg Kofi Lina Mei Noor Olga Pablo Qiu Rosa Søren Tariq'.split(' ');
const LAST =
  'Abe Berg Costa Diaz Evans Fischer Garcia Hussein Ito Jansen Kaya Lopez Müller Nowak Okafor Perez Rossi'.split(' ');
const CITIES =
  'Accra,Bogotá,Cairo,Delhi,Essen,Fukuoka,Göteborg,Hanoi,Ibadan,Jakarta,Kyiv,Lima,Malmö,Nairobi,Oslo'.split(',');
const PLANS = ['free', 'team', 'business', 'enterprise'];
const TAGS = 'beta mobile desktop newsletter trial vip eu us apac churned referred annual monthly'.split(' ');

/** The key of entry `i`: no two are alike, and neighbours are not. */
export function keyOf(i) {
  return `user-${((i * 48271) % 2147483647).toString(36)}`;
}

export function makeDictionary() {
  const random = randomNumbers(20240229);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const users = {};
  for (let i = 0; i < ENTRIES; i++) users[keyOf(i)] = makeUser(i, random, pick);
  return { meta: { revision: 0, sentAt: 0, entries: ENTRIES, source: 'generated' }, users };
}

function makeUser(i, random, pick) {
  const first = pick(FIRST);
  const last = pick(LAST);
  return {
    id: i,
    name: `${first} ${last}`,
    email: `${first}.${last}.${i}@example.org`.toLowerCase(),
    active: random() < 0.8,
    score: Math.round(random() * 1e6) / 1e3,
    createdAt: new Date(1.5e12 + Math.floor(random() * 2e11)).toISOString(),
    plan: pick(PLANS),
    tags: TAGS.filter(() => random() < 0.15),
    address: {
      street: `${1 + Math.floor(random() * 200)} ${pick(LAST)} Street`,
      city: pick(CITIES),
      zip: String(10000 + Math.floor(random() * 90000)),
      geo: { lat: Math.round(random() * 18e6 - 9e6) / 1e5, lng: Math.round(random() * 36e6 - 18e6) / 1e5 },
    },
    note: random() < 0.3 ? `Called on day ${Math.floor(random() * 365)}, asked about invoice ${i * 7}.` : null,
  };
}
