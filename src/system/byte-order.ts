/** In which order this machine stores the bytes of a number. */

/** Whether the lowest byte comes first. `node:os` knows it too, and takes longer to load than a region to open. */
export function isLittleEndian(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
}
