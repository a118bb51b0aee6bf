import type { Browsers } from '../browsers/browsers.ts'
import type { Compression } from '../browsers/coding/compression.ts'
import { compileSecurityHeaders } from '../browsers/security-headers.ts'
import { printDuration } from '../expressions/units.ts'

/** What a route tells browsers, with what follows from the route: `read by pages of https://app.example.com, …`. */
export function describeBrowsers(browsers: Browsers | undefined): string[] {
  if (!browsers) return []
  const { securityHeaders } = browsers.policy
  const names = securityHeaders ? compileSecurityHeaders(securityHeaders).secure.filter((_, at) => at % 2 === 0) : []
  return [...describeCors(browsers), ...(names.length > 0 ? [`browsers are told ${names.join(', ')}`] : [])]
}

function describeCors({ cors, saysCors }: Browsers): string[] {
  if (!cors) return saysCors ? ['read by no page of another origin'] : []
  const { origins, credentials, maxAge, methods } = cors.policy
  const { headers } = cors
  const settable = headers === 'any' ? 'any header' : headers.length > 0 ? headers.join(', ') : 'no header'
  const words = [
    `read by pages of ${origins.includes('*') ? 'any origin' : origins.join(', ')}`,
    credentials ? 'with credentials' : 'without credentials',
    `which may set ${settable}`,
  ]
  if (methods) words.push(`and use ${methods.join(', ')}`)
  if (maxAge !== undefined) words.push(`remembered ${printDuration(maxAge)}`)
  return [words.join(', ')]
}

/** In which codings its answers go out: `compressed from 1024 bytes on, by br, zstd, gzip`. */
export function describeCompression(compression: Compression | undefined): string[] {
  if (!compression) return []
  return [`compressed from ${compression.min} bytes on, by ${compression.policy.encodings.join(', ')}`]
}
