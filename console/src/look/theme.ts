import { type CSSVariablesResolver, createTheme, localStorageColorSchemeManager, type MantineColorsTuple } from '@mantine/core';

/** The one accent: the green-blue of a shallow sea. */
const sea: MantineColorsTuple = [
  '#e8f8f9',
  '#d3eef0',
  '#a6dde0',
  '#75cbd0',
  '#4ebcc3',
  '#35b2ba',
  '#1f9ca5',
  '#0e7c86',
  '#08666f',
  '#00525a',
];

/** Greys of the dark scheme with a little of the accent in them: text, quiet text, lines, fields, grounds. */
const dark: MantineColorsTuple = [
  '#dfe8e9',
  '#bccbce',
  '#9db0b4',
  '#7c9095',
  '#3d4e52',
  '#2f3e42',
  '#202d30',
  '#182224',
  '#121a1c',
  '#0c1213',
];

export const theme = createTheme({
  colors: { sea, dark },
  primaryColor: 'sea',
  primaryShade: { light: 7, dark: 5 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: '650' },
});

/** Where Mantine's own choice is too faint on our grounds. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-placeholder': '#68777b', '--mantine-color-dimmed': '#566569' },
  dark: {
    '--mantine-color-placeholder': '#8a9ca1',
    '--mantine-color-dimmed': '#9db0b4',
    '--mantine-color-sea-light': '#1c3f43',
    '--mantine-color-sea-light-hover': '#234c51',
    '--mantine-color-sea-light-color': '#a6dde0',
  },
});

/** Shared by both panes and the page around them: a choice made in one shows in all. */
export const schemeManager = localStorageColorSchemeManager({ key: 'tidemark-color-scheme' });
