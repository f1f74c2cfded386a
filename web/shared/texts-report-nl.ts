export const reportNl = {
  title: 'Verslag',
  hint: 'Gemaakt uit het journaal; te printen vanuit de browser. Opent in een nieuw tabblad.',
  forms: {
    full: 'Volledig',
    short: 'Kort, voor de eigenaar (zonder politiegegevens)',
  },
  languages: { nl: 'Nederlands', en: 'Engels' },
  open: (form: string, language: string) => `${form}, ${language}`,
};
