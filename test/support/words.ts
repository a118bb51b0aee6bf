/** The dictionary that a gateway of the tests has where they give none. */
export const dictionary = `
colors:
  user.id: { type: string }
  word: { type: string }
  other.word: { type: string }
  number: { type: integer }
  anything: {}
`

/** One service `words` at a URL: it gives `word` for a GET of /word. */
export function wordService(url: string, keys = ''): string {
  return `
service: words
endpoints: [${url}]
timeout: 50s
${keys}
operations:
  word: { get: /word, out: { word: $.word } }
`
}

export const wordRoute = `
match: GET /word
do: [ { invoke: words.word } ]
response: { body: { word: $.word } }
`
