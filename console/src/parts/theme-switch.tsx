import { useState } from 'react'
import { chooseTheme, chosenTheme, type ThemeChoice } from '../theme.ts'

const next: Readonly<Record<ThemeChoice, ThemeChoice>> = { system: 'light', light: 'dark', dark: 'system' }

export function ThemeSwitch() {
  const [choice, setChoice] = useState(chosenTheme)
  return (
    <button
      type="button"
      className="theme-switch"
      aria-label={`Theme: ${choice}. Change to ${next[choice]}`}
      title={`Theme: ${choice}`}
      onClick={() => {
        chooseTheme(next[choice])
        setChoice(next[choice])
      }}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6" />
        <path
          d={
            choice === 'system'
              ? 'M8 2a6 6 0 0 1 0 12z'
              : choice === 'dark'
                ? 'M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12z'
                : ''
          }
        />
      </svg>
    </button>
  )
}
