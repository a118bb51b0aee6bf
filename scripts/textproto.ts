/** A message in the text format of protobuf: each field with all its values, scalars as the text they are. */
export interface Message {
  [field: string]: (Message | string)[]
}

const token = /\s+|#[^\n]*|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(\[[\w./]+\])|([\w.+-]+)|([{}<>[\]:,;])/y

/** Reads the text format of protobuf, as much of it as the tests of google/cel-spec use. */
export function readTextproto(source: string): Message {
  const tokens = tokenize(source)
  let at = 0
  const readMessage = (end: string | undefined): Message => {
    const message: Message = {}
    for (; tokens[at] !== end; skip(',', ';')) {
      const name = tokens[at++]!
      skip(':')
      message[name] ??= []
      if (!skip('[')) message[name].push(readValue())
      else while (!skip(']')) message[name].push(readValue())
    }
    at++
    return message
  }
  const readValue = (): Message | string => {
    if (skip('{')) return readMessage('}')
    if (skip('<')) return readMessage('>')
    if (!/^["']/.test(tokens[at]!)) {
      const scalar = tokens[at++]!
      skip(',')
      return scalar
    }
    let text = ''
    while (/^["']/.test(tokens[at] ?? '')) text += unquote(tokens[at++]!)
    skip(',')
    return text
  }
  const skip = (...signs: string[]): boolean => {
    const found = signs.includes(tokens[at] ?? '')
    if (found) at++
    return found
  }
  return readMessage(undefined)
}

function tokenize(source: string): string[] {
  const tokens: string[] = []
  token.lastIndex = 0
  while (token.lastIndex < source.length) {
    const start = token.lastIndex
    const found = token.exec(source)
    if (!found) throw new Error(`what is this: ${source.slice(start, start + 40)}`)
    const [whole] = found
    if (!/^[\s#]/.test(whole)) tokens.push(whole)
  }
  return tokens
}

const letters: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** Escapes are bytes of UTF-8. */
function unquote(quoted: string): string {
  const bytes: number[] = []
  const inner = quoted.slice(1, -1)
  const part = /\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|[^\\]+/gs
  for (const [whole, hex, octal, short, long, letter] of inner.matchAll(part)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16))
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8))
    else if (letter !== undefined) bytes.push(letters[letter] ?? letter.charCodeAt(0))
    else {
      const code = short ?? long
      const text = code === undefined ? whole : String.fromCodePoint(Number.parseInt(code, 16))
      bytes.push(...new TextEncoder().encode(text))
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}
