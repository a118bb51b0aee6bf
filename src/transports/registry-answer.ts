import { ReceivedBytes } from './received-bytes.ts'

const maxAnswerBytes = 32 * 1024 * 1024
const newline = 10

/**
 * The whole of a registry's answer as text.
 * @throws Error beyond 32 MB
 */
export async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const bytes = new ReceivedBytes()
  for await (const piece of body) append(bytes, piece, 0, piece.length)
  return decode(bytes)
}

/**
 * A registry's answer line by line as it comes, without the line breaks; what stands behind the last one is dropped.
 * @throws Error for a line beyond 32 MB
 */
export async function* readLines(body: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let line = new ReceivedBytes()
  for await (const piece of body) {
    let from = 0
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, from)) {
      append(line, piece, from, end)
      yield decode(line)
      line = new ReceivedBytes()
      from = end + 1
    }
    append(line, piece, from, piece.length)
  }
}

function append(bytes: ReceivedBytes, piece: Buffer, from: number, to: number): void {
  if (bytes.length + to - from > maxAnswerBytes) throw new Error('the answer is too large')
  bytes.append(piece, from, to)
}

const decode = (bytes: ReceivedBytes) => new TextDecoder().decode(bytes.view())
