// Runs before the first paint, so that a dark page never flashes white. Mantine reads and writes the same key.
(() => {
  let chosen = 'auto';
  try {
    chosen = localStorage.getItem('tidemark-color-scheme') || 'auto';
  } catch {
    // Storage is refused (private mode of some browsers): follow the system.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
