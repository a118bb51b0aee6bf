import { printShapes, printTheme, themes } from '../../src/describe/graph/svg/style.ts'

export type ThemeChoice = 'system' | 'light' | 'dark'

const key = 'tessera-theme'
const dark = matchMedia('(prefers-color-scheme: dark)')

export function chosenTheme(): ThemeChoice {
  const kept = localStorage.getItem(key)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(key, choice)
  apply()
}

/** Shows the theme that is chosen, and gives drawings the rules that they have as files, once for all of them. */
export function startTheme(): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(
    [
      `.picture{${printShapes()}}`,
      `.picture{${printTheme(themes.light)}}`,
      `[data-theme=dark] .picture{${printTheme(themes.dark)}}`,
    ].join('\n'),
  )
  document.adoptedStyleSheets.push(sheet)
  dark.addEventListener('change', apply)
  apply()
}

function apply(): void {
  const choice = chosenTheme()
  document.documentElement.dataset['theme'] = choice === 'system' ? (dark.matches ? 'dark' : 'light') : choice
}
