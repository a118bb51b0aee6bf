import { useEffect, useRef } from 'react'

interface SourceTextProps {
  readonly text: string
  /** From 1: it is shown, and stands out. */
  readonly line?: number | undefined
}

/** A file with its line numbers. */
export function SourceText({ text, line }: SourceTextProps) {
  const marked = useRef<HTMLLIElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line is another place to scroll to.
  useEffect(() => {
    const place = marked.current
    const frame = place?.parentElement
    if (place && frame) frame.scrollTop = place.offsetTop - frame.offsetTop - frame.clientHeight / 3
  }, [line])
  const lines = text.replace(/\n$/, '').split('\n')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard.
    <ol className="source" tabIndex={0} aria-label="YAML">
      {lines.map((content, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number.
        <li key={index} ref={index + 1 === line ? marked : undefined} className={index + 1 === line ? 'marked' : ''}>
          <code>{content || ' '}</code>
        </li>
      ))}
    </ol>
  )
}
