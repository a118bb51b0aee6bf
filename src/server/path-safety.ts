const dotSegment = /(?:^|[/\\])\.\.?(?:[/\\;]|$)/
const maxDecodings = 4

/**
 * Whether a path holds `.` or `..` as a segment, plainly or behind any number of percent encodings, with slashes
 * encoded or turned. No honest client sends one (RFC 3986 section 5.2.4 has it resolve them), and whoever decodes a
 * path once more than we do would leave the place that was meant.
 */
export function hasDotSegment(path: string): boolean {
  if (!path.includes('%')) return path.includes('/.') && dotSegment.test(path)
  let decoded = path
  for (let round = 0; round <= maxDecodings; round++) {
    if (dotSegment.test(decoded)) return true
    const next = decoded.replaceAll(/%([2-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    if (next === decoded) return false
    decoded = next
  }
  // Encoded over and over: nobody needs that.
  return true
}
