/** A growing stack of slots: where the values of containers gather before their nodes are written. */
export class SlotStack {
  /** Two words a slot. Replaced when it grows; few at first, which the engine keeps in its own heap. */
  words = new Int32Array(16);
  /** Words in use. */
  top = 0;

  push(lo: number, hi: number): void {
    if (this.top + 2 > this.words.length) this.#grow();
    this.words[this.top] = lo;
    this.words[this.top + 1] = hi;
    this.top += 2;
  }

  #grow(): void {
    const larger = new Int32Array(this.words.length * 2);
    larger.set(this.words);
    this.words = larger;
  }
}
