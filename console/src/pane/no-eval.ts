import { config } from 'zod';

// Must run before any schema is made: the page's policy allows no eval, zod would try it, and the browser reports each try as an error.
config({ jitless: true });
