/** Thrown where a text turns out to hold more than the simple reader reads. */
export const notSimple: unique symbol = Symbol('not simple')

const newline = 10
const space = 32
const hash = 35

/** Where a reader stands in a text. */
export class Cursor {
  readonly text: string
  /** Offset of the next character. */
  at = 0
  /** Columns before the content of the line it stands in; -1 behind the last line. */
  indent = -1
  #lineEnd = -1

  constructor(text: string) {
    this.text = text
    this.#toContent(0)
  }

  get code(): number {
    return this.text.charCodeAt(this.at)
  }

  skipSpaces(): void {
    while (this.code === space) this.at += 1
  }

  /** Whether an offset is the end of a word: a space, a line's end or the text's. */
  isBlank(at: number): boolean {
    const code = this.text.charCodeAt(at)
    return code === space || code === newline || Number.isNaN(code)
  }

  /** Whether only a comment, if anything, is left of the line; spaces are skipped. */
  isLineDone(): boolean {
    this.skipSpaces()
    const { code } = this
    return code === newline || Number.isNaN(code) || (code === hash && this.text.charCodeAt(this.at - 1) === space)
  }

  /** To the next line that has content. */
  nextLine(): void {
    this.#toContent(this.#findLineEnd() + 1)
  }

  /** The rest of the line, comment and all. */
  restOfLine(): string {
    return this.text.slice(this.at, this.#findLineEnd())
  }

  #findLineEnd(): number {
    if (this.at <= this.#lineEnd) return this.#lineEnd
    const end = this.text.indexOf('\n', this.at)
    this.#lineEnd = end < 0 ? this.text.length : end
    return this.#lineEnd
  }

  #toContent(from: number): void {
    const { text } = this
    let start = from
    while (start < text.length) {
      this.at = start
      this.skipSpaces()
      if (this.code === hash) this.at = text.indexOf('\n', this.at)
      if (this.at < 0 || this.at >= text.length) break
      if (this.code !== newline) {
        this.indent = this.at - start
        // `---`, `...` and `%` part documents.
        if (this.indent === 0 && /^(?:---|\.\.\.|%)/.test(text.slice(start, start + 3))) throw notSimple
        return
      }
      start = this.at + 1
    }
    this.at = text.length
    this.indent = -1
  }
}
