import { useState } from 'react'

interface CopyProps {
  readonly text: string
  readonly children: string
}

/** Puts a text where it can be pasted from. */
export function Copy({ text, children }: CopyProps) {
  const [state, setState] = useState<'copied' | 'not copied'>()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setState('copied')
    } catch {
      // Without TLS a browser lets no page but one of this machine do that.
      setState('not copied')
    }
  }
  return (
    <button type="button" className="button small" onClick={copy} title={text}>
      {state ?? children}
    </button>
  )
}
