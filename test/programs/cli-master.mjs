// Is the master of a region until its standard input ends. Arguments: name, then the options of the master as JSON, and in them
// whether a schema wants every entry of the document to be a number, or throws at a `poison`.
import { Master } from 'jsonmmap';

const [name, text] = process.argv.slice(2);
const { onlyNumbers = false, poisoned = false, ...options } = JSON.parse(text);
const schema = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      if (poisoned && value.poison) throw new Error('the schema is broken');
      if (poisoned) return { value };
      const issues = Object.keys(value).filter((key) => typeof value[key] !== 'number');
      return issues.length === 0
        ? { value }
        : { issues: issues.map((key) => ({ message: `${key} must be a number` })) };
    },
  },
};
const master = Master.open(name, onlyNumbers || poisoned ? { ...options, schema } : options);
console.log(master.version);
process.stdin.resume().on('end', () => master.close());
