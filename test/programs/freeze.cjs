// What programs do that trust nobody: nothing that the language has can be changed any more. node --require ./freeze.cjs
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (!/^[A-Z]/.test(name) || typeof globalThis[name] !== 'function') continue;
  Object.freeze(globalThis[name].prototype);
  Object.freeze(globalThis[name]);
}
