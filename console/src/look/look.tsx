import '@mantine/core/styles.css';
import './base.css';
import { MantineProvider } from '@mantine/core';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { resolveVariables, schemeManager, theme } from './theme.ts';

/** Shows `children` on the page, in Tidemark's look. */
export const show = (children: ReactNode): void => {
  const root = document.getElementById('root');
  if (root === null) throw new Error('the page has no #root');
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} colorSchemeManager={schemeManager} defaultColorScheme="auto">
        {children}
      </MantineProvider>
    </StrictMode>,
  );
};
