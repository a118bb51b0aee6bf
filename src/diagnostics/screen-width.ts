const wide = /[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹏＀-｠￠-￦]|\p{Emoji_Presentation}/u
const invisible = /[\p{Mn}\p{Me}\p{Cf}]/u

/** Columns that a text takes on a terminal: Chinese, Japanese, Korean and emoji take two a character, accents none. */
export function screenWidth(text: string): number {
  let width = 0
  for (const character of text) width += invisible.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

/** The text, cut to so many columns; an ellipsis tells that it was. */
export function cutToWidth(text: string, columns: number): string {
  if (screenWidth(text) <= columns) return text
  let width = 0
  let cut = ''
  for (const character of text) {
    width += screenWidth(character)
    if (width > columns - 1) break
    cut += character
  }
  return `${cut}…`
}

/** The text, filled with spaces to so many columns. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - screenWidth(text)))
}
