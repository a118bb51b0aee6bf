import { useEffect, useRef } from 'react'

interface SourceTextProps {
  readonly text: string
  /** From 1: it is shown, and stands out. */
  readonly line?: number | undefined
  /** Others that stand out. */
  readonly lit?: ReadonlySet<number>
  /** Lines that something is known of. */
  readonly choosable?: ReadonlySet<number>
  readonly choose?: (line: number) => void
}

const none: ReadonlySet<number> = new Set()

/** A file with its line numbers. */
export function SourceText({ text, line, lit = none, choosable = none, choose }: SourceTextProps) {
  const shown = line ?? [...lit][0]
  const marked = useRef<HTMLLIElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line is another place to scroll to.
  useEffect(() => {
    const place = marked.current
    const frame = place?.parentElement
    if (place && frame) frame.scrollTop = place.offsetTop - frame.offsetTop - frame.clientHeight / 3
  }, [shown])
  const lines = text.replace(/\n$/, '').split('\n')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard.
    <ol className="source" tabIndex={0} aria-label="YAML">
      {lines.map((content, index) => {
        const number = index + 1
        const isMarked = number === line || lit.has(number)
        const code = <code>{content || ' '}</code>
        return (
          <li key={number} ref={number === shown ? marked : undefined} className={isMarked ? 'marked' : ''}>
            {choose && choosable.has(number) ? (
              <button type="button" className="line" aria-pressed={isMarked} onClick={() => choose(number)}>
                {code}
              </button>
            ) : (
              code
            )}
          </li>
        )
      })}
    </ol>
  )
}
