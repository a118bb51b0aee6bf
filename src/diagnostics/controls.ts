/** What a terminal obeys or what turns text around: C0 but tab and line feed, DEL, C1, marks of direction. */
const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  /\u001b\[(?:[0-79]|2\d|3\d|4\d|9\d|10\d)m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * A text that goes to a terminal, with everything that a terminal would obey written out, as JSON has it. The colors that
 * we print ourselves stay; they hide nothing.
 */
export function escapeControls(text: string): string {
  return text.replace(controls, (found) =>
    found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
