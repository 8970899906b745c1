import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Two pages: index.html shows the two panes, device.html is what runs in each of them. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [react()],
  resolve: { conditions: ['@tidemark/source', 'module', 'browser', 'development|production'] },
  /** `npm run dev -w console` shows edits of the page at once, beside a server from `npm start`. */
  server: { proxy: { '/apps': 'http://localhost:8787', '/development': 'http://localhost:8787' } },
  build: {
    target: 'es2023',
    sourcemap: false,
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rollupOptions: { input: [page('index.html'), page('device.html')] },
  },
});
