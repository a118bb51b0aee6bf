import { readFile } from 'node:fs/promises'

const timeoutMs = 20_000
const maxBytes = 50 * 1024 * 1024

/** The document cannot be had; the message says why. */
export class SourceUnreadable extends Error {}

/**
 * The text of a file or of an http(s) URL.
 * @throws SourceUnreadable
 */
export async function readSource(source: string): Promise<string> {
  if (/^https?:\/\//.test(source)) return download(source)
  try {
    return await readFile(source, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EACCES: 'permission denied',
      EISDIR: 'it is a directory',
    }
    throw new SourceUnreadable(reasons[code ?? ''] ?? message)
  }
}

async function download(url: string): Promise<string> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json, application/yaml, */*;q=0.5' },
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) throw new SourceUnreadable(`the server answers ${response.status}`)
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new SourceUnreadable('it is too large')
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  } catch (error) {
    if (error instanceof SourceUnreadable) throw error
    const { name, cause, message } = error as Error & { cause?: Error }
    throw new SourceUnreadable(name === 'TimeoutError' ? 'the server does not answer' : (cause?.message ?? message))
  }
}
