import type { reportNl } from './texts-report-nl.ts';

export const reportEn: typeof reportNl = {
  title: 'Report',
  hint: 'Made from the journal; prints from the browser. Opens in a new tab.',
  forms: {
    full: 'In full',
    short: 'Short, for the owner (without police data)',
  },
  languages: { nl: 'Dutch', en: 'English' },
  open: (form, language) => `${form}, ${language}`,
};
