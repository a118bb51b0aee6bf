import { maskUrl } from '../../../redaction.ts'
import { defineScheme } from '../../scheme.ts'
import { introspectShape } from './shape.ts'
import { openIntrospection } from './verifier.ts'

/** Tokens that their issuer is asked about. */
export const introspect = defineScheme({
  name: 'introspect',
  example:
    "opaque: { introspect: { url: 'https://id.example.com/introspect', clientId: shop, clientSecret: '${file:client}' } }",
  shape: introspectShape,
  challenge: 'Bearer',
  places: ({ from }) => from,
  caption: ({ url }) => `tokens that ${maskUrl(url)} knows`,
  describe: () => ({ type: 'http', scheme: 'bearer' }),
  open: openIntrospection,
})
