/** What both browsers are told. Each permission is justified in README.md. */
const common = (version) => ({
  manifest_version: 3,
  name: 'Tidemark browsing',
  short_name: 'Tidemark',
  version,
  description: 'Records which pages you visit and for how long, and keeps it on your own Tidemark server. Never in private windows.',
  permissions: ['tabs', 'idle', 'alarms', 'storage'],
  // Private windows do not exist for this extension, and nobody can switch them on for it.
  incognito: 'not_allowed',
  action: { default_title: 'Tidemark browsing', default_popup: 'popup.html' },
  options_ui: { page: 'options.html', open_in_tab: true },
  icons: { 16: 'icons/icon-16.png', 32: 'icons/icon-32.png', 48: 'icons/icon-48.png', 128: 'icons/icon-128.png' },
  // Without upgrade-insecure-requests, which Firefox would add: a server on this machine has no certificate.
  content_security_policy: {
    extension_pages: "default-src 'self'; connect-src http: https:; object-src 'none'; base-uri 'none'; form-action 'none'",
  },
});

const BROWSERS = {
  chrome: { minimum_chrome_version: '120', background: { service_worker: 'worker.js' } },
  firefox: {
    background: { scripts: ['worker.js'] },
    browser_specific_settings: {
      gecko: {
        id: 'browsing@tidemark.example',
        strict_min_version: '142.0',
        data_collection_permissions: { required: ['browsingActivity', 'authenticationInfo', 'personallyIdentifyingInfo'] },
      },
    },
  },
};

export const TARGETS = Object.keys(BROWSERS);

/** The manifest for `chrome` or `firefox`. */
export const manifestFor = (target, version) => ({ ...common(version), ...BROWSERS[target] });
