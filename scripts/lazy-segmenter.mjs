// Put by the build in the place of Intl.Segmenter: the first one that is made costs 20 ms, and packages make theirs as they
// are loaded, for texts that most commands never print.
const { Segmenter } = Intl;

/** Made when it first has something to do. */
export class LazySegmenter {
  #made;
  #options;

  constructor(...options) {
    this.#options = options;
  }

  segment(text) {
    this.#made ??= new Segmenter(...this.#options);
    return this.#made.segment(text);
  }
}
