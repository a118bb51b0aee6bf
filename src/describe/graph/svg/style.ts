import { inkCount } from './inks.ts'

interface Theme {
  readonly page: string
  readonly text: string
  readonly dim: string
  readonly line: string
  readonly node: string
  readonly border: string
  readonly soft: string
  readonly frame: string
  readonly accent: string
  readonly failure: string
  readonly failureSoft: string
  readonly answer: string
  readonly answerSoft: string
  readonly note: string
  readonly ink: (index: number) => string
}

const hues = [222, 28, 152, 338, 262, 190, 48, 4, 120, 300, 205, 80]
const ink = (saturation: number, lightness: number) => (index: number) =>
  `hsl(${hues[index]} ${saturation}% ${lightness}%)`

const light: Theme = {
  page: '#ffffff',
  text: '#1c2330',
  dim: '#667085',
  line: '#8a94a6',
  node: '#ffffff',
  border: '#cfd6e1',
  soft: '#f4f6fa',
  frame: '#f8f9fc',
  accent: '#4f5bd5',
  failure: '#c2410c',
  failureSoft: '#fff4ed',
  answer: '#15803d',
  answerSoft: '#effaf3',
  note: '#7c5a12',
  ink: ink(68, 45),
}

const dark: Theme = {
  page: '#10141c',
  text: '#e6eaf2',
  dim: '#98a2b6',
  line: '#69748a',
  node: '#1a202c',
  border: '#364053',
  soft: '#161c27',
  frame: '#141924',
  accent: '#8b95ff',
  failure: '#fb8a55',
  failureSoft: '#2b1c15',
  answer: '#4ade80',
  answerSoft: '#13241b',
  note: '#e3bf6d',
  ink: ink(75, 66),
}

export const themes = { light, dark }

/** Light by default, dark where the reader's system is; plain rules, so that tools without variables read it too. */
export function printStyle(): string {
  return `
text{fill:${light.text}}
${printShapes()}
${printTheme(light)}
@media (prefers-color-scheme:dark){
${printTheme(dark)}
}`.trim()
}

/** What is the same in every theme. */
export function printShapes(): string {
  return `
.sans{font-family:system-ui,-apple-system,"Segoe UI","Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
.mono{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono","Noto Sans Mono CJK SC",monospace}
.bold{font-weight:600}
.line{fill:none;stroke-width:1.4}
.node{stroke-width:1.2}
.frame{stroke-width:1.2;stroke-dasharray:none}
.drawer{stroke-width:1.2;stroke-dasharray:4 3}
.ring{fill:none!important;stroke-width:2}
.halo{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}`.trim()
}

export function printTheme(theme: Theme): string {
  const inks = Array.from({ length: inkCount }, (_, index) => {
    const tint = theme.ink(index)
    return `.ink${index}{fill:${tint};stroke:${tint}}`
  })
  return `.page{fill:${theme.page}}
text,.title{fill:${theme.text}}
.dim,.tag{fill:${theme.dim}}
.color{fill:${theme.text}}
.halo{stroke:${theme.page}}
.note{fill:${theme.note}}
.line{stroke:${theme.line}}
.head-line{fill:${theme.line}}
.failure{stroke:${theme.failure}}
.head-failure,.failure-text{fill:${theme.failure}}
.bar{fill:${theme.text}}
.node{fill:${theme.node};stroke:${theme.border}}
.calling{stroke:${theme.accent}}
.computing{fill:${theme.soft}}
.failing{fill:${theme.failureSoft};stroke:${theme.failure}}
.answering,.terminal{fill:${theme.answerSoft};stroke:${theme.answer}}
.drawer{fill:${theme.page};stroke:${theme.note}}
.frame{fill:${theme.frame};stroke:${theme.border}}
.head{fill:${theme.soft};stroke:${theme.border}}
.choice{fill:${theme.page};stroke:${theme.accent};stroke-width:1.6}
.condition{fill:${theme.page};stroke:${theme.border}}
.condition-text{fill:${theme.text}}
.ink{fill:${theme.dim};stroke:${theme.dim}}
${inks.join('\n')}`
}
