import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { Store, useStore } from './store.ts';
import { en } from './texts-en.ts';
import type { Texts } from './texts-nl.ts';
import { nl } from './texts-nl.ts';

export type Language = 'nl' | 'en';

const TEXTS: Readonly<Record<Language, Texts>> = { nl, en };
const REMEMBERED = 'liveview.language';

/** The language that was chosen last in this browser; Dutch when none was. */
export function createLanguage(storage: Pick<Storage, 'getItem' | 'setItem'>) {
  const remembered = storage.getItem(REMEMBERED);
  const store = new Store<{ language: Language }>({ language: remembered === 'en' ? 'en' : 'nl' });
  const choose = (language: Language) => {
    storage.setItem(REMEMBERED, language);
    document.documentElement.lang = language;
    store.set({ language });
  };
  document.documentElement.lang = store.state.language;
  return { store, choose };
}

export type LanguageChoice = ReturnType<typeof createLanguage>;

const LanguageContext = createContext<{ language: Language; texts: Texts }>({
  language: 'nl',
  texts: nl,
});

export function WithLanguage(props: {
  choice: LanguageChoice;
  children: preact.ComponentChildren;
}) {
  const { language } = useStore(props.choice.store);
  return (
    <LanguageContext.Provider value={{ language, texts: TEXTS[language] }}>
      {props.children}
    </LanguageContext.Provider>
  );
}

export function useTexts(): Texts {
  return useContext(LanguageContext).texts;
}

/** For texts that come from the gateway in both. */
export function useLanguage(): Language {
  return useContext(LanguageContext).language;
}

export function LanguageSwitch({ choice }: { choice: LanguageChoice }) {
  const { language, texts } = useContext(LanguageContext);
  return (
    <fieldset class="language">
      <legend class="visually-hidden">{texts.language}</legend>
      {(['nl', 'en'] as const).map((code) => (
        <button
          key={code}
          type="button"
          lang={code}
          aria-pressed={language === code}
          data-testid={`language-${code}`}
          onClick={() => choice.choose(code)}
        >
          {code.toUpperCase()}
          <span class="visually-hidden">{code === 'nl' ? ' Nederlands' : ' English'}</span>
        </button>
      ))}
    </fieldset>
  );
}
