// A list of numbers that grows, for a few bytes each: histories have millions of versions.

const FIRST_LENGTH = 1024;

export class Numbers {
  /** @param {number} missing what stands where nothing was set */
  constructor(missing) {
    this.missing = missing;
    this.values = new Float64Array(FIRST_LENGTH).fill(missing);
  }

  get(index) {
    return index < this.values.length ? this.values[index] : this.missing;
  }

  set(index, value) {
    if (index >= this.values.length) this.#grow(index);
    this.values[index] = value;
  }

  #grow(index) {
    const longer = new Float64Array(Math.max(index + 1, this.values.length * 2)).fill(this.missing);
    longer.set(this.values);
    this.values = longer;
  }
}
