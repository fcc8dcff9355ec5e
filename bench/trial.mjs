// The process of one trial: loads its file, measures, and sends the rows to its parent.
const { id, file, quick } = JSON.parse(process.argv[2]);
const { measure } = await import(new URL(`trials/${file}`, import.meta.url));
const rows = await measure({ quick, id });
if (rows.length === 0) throw new Error(`trial ${id} gave no rows`);
process.send(rows, () => process.exit(0));
