/**
 * Bodies by mutation, to every format that is read: `node bench/faults/fuzz/bodies.ts [seed] [documents]`. Half are as they
 * were written, half with bytes flipped, left out, doubled or cut off. Each is taken or refused as unreadable; whatever
 * else it comes to is printed, and ends it with 1.
 */
import { Unreadable } from '../../../src/formats/format.ts'
import { chooseFormat } from '../../../src/formats/index.ts'
import { Random } from './random.ts'

const [seed = 7, documents = 100_000] = process.argv.slice(2).map(Number)
const chance = new Random(seed)
const limits = { maxDepth: 200, maxValues: 100_000 }

const words = [
  ...['a', 'name', 'é', '你', '', ' x ', '__proto__', 'constructor', '0', '-1.5', 'true', '\u0000', '&amp;'],
  ...['"q"', '%41', 'a,b', '\ud83d\ude00'],
]
const word = () => chance.pick(words)
const some = (most: number, make: () => string) => Array.from({ length: chance.below(most) }, make)

function element(depth: number): string {
  if (depth > 4 || chance.below(3) === 0)
    return chance.pick(['x', 'é', '&amp;', '&#65;', '<![CDATA[<a>]]>', '<!-- -->'])
  const name = chance.pick(['a', 'b', 'n:c'])
  const inside = some(4, () => element(depth + 1)).join('')
  return `<${name}${chance.chance(30) ? ' k="v&quot;"' : ''}>${inside}</${name}>`
}

function table(): string {
  const columns = 1 + chance.below(4)
  const head = Array.from({ length: columns }, (_, index) => `h${index}`).join()
  const row = () => Array.from({ length: columns }, () => `"${word().replaceAll('"', '""')}"`).join()
  return [head, ...some(5, row)].join(chance.pick(['\n', '\r\n', '\r']))
}

function part(): string {
  const file = chance.chance(30) ? '; filename="f.txt"\r\nContent-Type: text/plain' : ''
  return `--x\r\nContent-Disposition: form-data; name="${chance.pick(['a', 'b', 'c'])}"${file}\r\n\r\n${word()}\r\n`
}

const eventLines = ['data: 1\n', 'data: {"a":1}\n\n', 'event: e\n', 'id: 1\n', ': c\n', '\n', 'retry: 3\r\n']
const values = ['{"a":1}', '[1,2]', '"x"', '1e5', 'null', '{"a":{"b":[]}}']
const charsets = ['utf-8', 'gbk', 'shift_jis', 'iso-8859-1', 'utf-16le', 'nonsense', 'us-ascii']

/** A document of each kind, and its content type. */
const kinds: Readonly<Record<string, () => readonly [contentType: string, text: string]>> = {
  json: () => ['application/json', chance.pick(values)],
  xml: () => ['application/xml', `<r xmlns:n="u">${some(5, () => element(0)).join('')}</r>`],
  csv: () => ['text/csv', table()],
  form: () => [
    'application/x-www-form-urlencoded',
    some(6, () => `${encodeURIComponent(word())}=${encodeURIComponent(word())}`).join('&'),
  ],
  multipart: () => ['multipart/form-data; boundary=x', `${some(4, part).join('')}--x--\r\n`],
  events: () => ['text/event-stream', some(6, () => chance.pick(eventLines)).join('')],
  lines: () => ['application/jsonl', some(6, () => chance.pick(values)).join('\n')],
  text: () => [`text/plain; charset=${chance.pick(charsets)}`, some(20, word).join('')],
}

function mutate(bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes
  const at = chance.below(bytes.length)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  switch (chance.below(4)) {
    case 0:
      return Buffer.concat([before, Buffer.of(chance.below(256)), after.subarray(1)])
    case 1:
      return before
    case 2:
      return Buffer.concat([before, after.subarray(0, chance.below(8)), after])
    default:
      return Buffer.concat([before, after.subarray(1 + chance.below(3))])
  }
}

for (const [kind, make] of Object.entries(kinds)) {
  const seen = { taken: 0, refused: 0 }
  for (let done = 0; done < documents; done++) {
    const [contentType, text] = make()
    let bytes: Buffer = Buffer.from(text)
    if (chance.chance(50)) for (let times = 1 + chance.below(3); times > 0; times--) bytes = mutate(bytes)
    try {
      chooseFormat(contentType)!.decode!({ bytes, contentType }, limits)
      seen.taken++
    } catch (error) {
      if (error instanceof Unreadable) seen.refused++
      else {
        console.error(kind, JSON.stringify(bytes.toString('latin1')), error)
        process.exitCode = 1
      }
    }
  }
  console.log(`${kind.padEnd(10)} ${seen.taken} taken, ${seen.refused} refused`)
}
