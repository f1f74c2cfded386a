import { type CodeKind, type CodeRow, type Meaning, meaningsOf, type Priority } from './meaning.ts';

/**
 * Event codes of the SIA format (SIA DC-03, appendix); the words are ours. Most are built alike: the
 * first letter says what is watched, the second what is the matter with it.
 */
interface Family {
  readonly letter: string;
  readonly kind: Exclude<CodeKind, 'activity'>;
  readonly priority: Priority;
  /** The alarm, and what is watched. */
  readonly nl: readonly [alarm: string, watched: string];
  readonly en: readonly [alarm: string, watched: string];
}

const FAMILIES: readonly Family[] = [
  family('B', 'burglary', 2, ['Inbraakalarm', 'inbraakzone'], ['Burglary alarm', 'burglary zone']),
  family('F', 'fire', 1, ['Brandalarm', 'brandzone'], ['Fire alarm', 'fire zone']),
  family('G', 'fire', 1, ['Gasalarm', 'gaszone'], ['Gas alarm', 'gas zone']),
  family('H', 'hold-up', 1, ['Overvalalarm', 'overvalzone'], ['Hold-up alarm', 'hold-up zone']),
  family('K', 'fire', 1, ['Hittealarm', 'hittezone'], ['Heat alarm', 'heat zone']),
  family('M', 'medical', 1, ['Medisch alarm', 'medische zone'], ['Medical alarm', 'medical zone']),
  family('P', 'hold-up', 1, ['Paniekalarm', 'paniekzone'], ['Panic alarm', 'panic zone']),
  family('Q', 'other', 1, ['Noodoproep', 'noodoproepzone'], ['Emergency call', 'emergency zone']),
  family(
    'S',
    'fire',
    1,
    ['Sprinkleralarm', 'sprinklerzone'],
    ['Sprinkler alarm', 'sprinkler zone'],
  ),
  family('T', 'tamper', 2, ['Sabotage', 'sabotagezone'], ['Tamper', 'tamper zone']),
  family('U', 'other', 2, ['Alarm', 'zone'], ['Alarm', 'zone']),
  family('W', 'technical', 3, ['Wateralarm', 'waterzone'], ['Water alarm', 'water zone']),
  family('Z', 'technical', 3, ['Vorstalarm', 'vorstzone'], ['Freeze alarm', 'freeze zone']),
];

function family(
  letter: string,
  kind: Family['kind'],
  priority: Priority,
  nl: Family['nl'],
  en: Family['en'],
): Family {
  return { letter, kind, priority, nl, en };
}

/** What the second letter says in every family. */
function rowsOf({ letter, kind, priority, nl, en }: Family): CodeRow[] {
  const [alarmNl, watchedNl] = nl;
  const [alarmEn, watchedEn] = en;
  return [
    [`${letter}A`, kind, priority, alarmNl, alarmEn],
    [`${letter}B`, 'activity', 5, `Overbrugd: ${watchedNl}`, `Bypassed: ${watchedEn}`],
    [
      `${letter}S`,
      'technical',
      3,
      `Bewakingsmelding van ${watchedNl}`,
      `Supervisory signal of ${watchedEn}`,
    ],
    [`${letter}T`, 'technical', 3, `Storing in ${watchedNl}`, `Trouble in ${watchedEn}`],
    [`${letter}U`, 'activity', 5, `Niet meer overbrugd: ${watchedNl}`, `Unbypassed: ${watchedEn}`],
  ];
}

const RESTORALS_OF_FAMILY = { H: 'A', R: 'A', J: 'T' } as const;

/** Outside of the families, or not as in the others; these go first. */
const OWN: readonly CodeRow[] = [
  ['AA', 'technical', 3, 'Vervangende centrale in gebruik', 'Substitute panel in use'],
  ['AB', 'other', 4, 'Alarm ter plaatse afgebroken', 'Alarm aborted on site'],
  ['AN', 'activity', 5, 'Analoge melder hersteld', 'Analog detector restored'],
  ['AS', 'technical', 4, 'Analoge melder vraagt onderhoud', 'Analog detector needs service'],
  ['AT', 'technical', 4, 'Netspanning weg', 'Mains power lost'],

  ['BX', 'activity', 5, 'Test: inbraakzone', 'Test: burglary zone'],
  ['BC', 'other', 4, 'Inbraakalarm ter plaatse geannuleerd', 'Burglary alarm cancelled on site'],
  ['BD', 'technical', 4, 'Melder te vaak in alarm', 'Detector in alarm too often'],
  ['BG', 'burglary', 3, 'Inbraak: niet bevestigd', 'Burglary: not confirmed'],
  ['BM', 'burglary', 2, 'Inbraakalarm, twee melders', 'Burglary alarm, two detectors'],
  ['BV', 'burglary', 1, 'Inbraakalarm bevestigd', 'Burglary alarm confirmed'],
  ['BZ', 'technical', 3, 'Melder meldt zich niet', 'Detector does not report'],

  ['CA', 'activity', 5, 'Automatisch ingeschakeld', 'Armed automatically'],
  ['CD', 'technical', 4, 'Nog niet ingeschakeld', 'Not armed yet'],
  ['CE', 'activity', 5, 'Inschakeltijd verlengd', 'Arming time extended'],
  ['CF', 'activity', 5, 'Gedwongen ingeschakeld', 'Armed with zones open'],
  ['CG', 'activity', 5, 'Gebied ingeschakeld', 'Area armed'],
  ['CI', 'technical', 4, 'Niet ingeschakeld op tijd', 'Not armed in time'],
  ['CJ', 'activity', 5, 'Laat ingeschakeld', 'Armed late'],
  ['CK', 'activity', 5, 'Vroeg ingeschakeld', 'Armed early'],
  ['CL', 'activity', 5, 'Ingeschakeld', 'Armed'],
  ['CM', 'technical', 3, 'Melder ontbreekt kort na inschakelen', 'Detector missing after arming'],
  ['CO', 'activity', 5, 'Opdracht verzonden', 'Command sent'],
  ['CP', 'activity', 5, 'Automatisch ingeschakeld', 'Armed automatically'],
  ['CQ', 'activity', 5, 'Op afstand ingeschakeld', 'Armed remotely'],
  ['CR', 'activity', 5, 'Kort geleden ingeschakeld', 'Armed recently'],
  ['CS', 'activity', 5, 'Ingeschakeld met sleutel', 'Armed by key switch'],
  ['CT', 'technical', 4, 'Te laat uitgeschakeld', 'Disarmed too late'],
  ['CW', 'activity', 5, 'Was gedwongen ingeschakeld', 'Was armed with zones open'],
  ['CX', 'activity', 5, 'Eigen functie uitgevoerd', 'Custom function executed'],
  ['CZ', 'activity', 5, 'Punt ingeschakeld', 'Point armed'],

  ['DA', 'activity', 5, 'Kaart toegewezen', 'Card assigned'],
  ['DB', 'activity', 5, 'Kaart verwijderd', 'Card deleted'],
  ['DC', 'activity', 5, 'Toegang gesloten', 'Access closed'],
  ['DD', 'activity', 5, 'Toegang geweigerd', 'Access denied'],
  ['DE', 'activity', 5, 'Verzoek om binnen te komen', 'Request to enter'],
  ['DF', 'burglary', 2, 'Deur geforceerd', 'Door forced'],
  ['DG', 'activity', 5, 'Toegang verleend', 'Access granted'],
  ['DI', 'activity', 5, 'Toegang geweigerd, kaart al binnen', 'Access denied, card inside'],
  ['DJ', 'technical', 3, 'Deur geforceerd: storing', 'Door forced: trouble'],
  ['DK', 'activity', 5, 'Toegang geblokkeerd', 'Access locked out'],
  ['DL', 'burglary', 3, 'Deur te lang open', 'Door left open'],
  ['DM', 'technical', 4, 'Deur te lang open: storing', 'Door left open: trouble'],
  ['DN', 'technical', 4, 'Deur staat open', 'Door is open'],
  ['DO', 'activity', 5, 'Toegang geopend', 'Access open'],
  ['DP', 'activity', 5, 'Toegang geweigerd, tijd', 'Access denied, time'],
  ['DQ', 'activity', 5, 'Toegang geweigerd, ingeschakeld', 'Access denied, armed'],
  ['DS', 'activity', 5, 'Deurpost', 'Door station'],
  ['DT', 'technical', 3, 'Toegangssysteem gestoord', 'Access system trouble'],
  ['DU', 'activity', 5, 'Kenmerk van de installateur', 'Dealer identification'],
  ['DV', 'activity', 5, 'Toegang geweigerd, niveau', 'Access denied, level'],
  ['DW', 'activity', 5, 'Toegang geweigerd, sluis', 'Access denied, interlock'],
  ['DX', 'activity', 5, 'Verzoek om naar buiten te gaan', 'Request to exit'],
  ['DY', 'activity', 5, 'Toegang geweigerd, deur', 'Access denied, door'],
  ['DZ', 'activity', 5, 'Toegang gesloten', 'Access closed'],

  ['EA', 'burglary', 3, 'Alarm bij vertrek', 'Alarm when leaving'],
  ['EE', 'technical', 4, 'Fout bij vertrek', 'Exit error'],
  ['EM', 'technical', 3, 'Uitbreiding ontbreekt', 'Expansion device missing'],
  ['ES', 'tamper', 2, 'Sabotage van een uitbreiding', 'Expansion device tamper'],
  ['ET', 'technical', 3, 'Uitbreiding gestoord', 'Expansion device trouble'],
  ['EX', 'other', 3, 'Toestand van extern apparaat', 'External device condition'],
  ['EZ', 'burglary', 3, 'Melder ontbreekt bij vertrek', 'Detector missing when leaving'],

  ['FC', 'other', 4, 'Brandalarm ter plaatse geannuleerd', 'Fire alarm cancelled on site'],
  ['FG', 'fire', 2, 'Brand: niet bevestigd', 'Fire: not confirmed'],
  ['FI', 'activity', 5, 'Brandtest begonnen', 'Fire test begun'],
  ['FK', 'activity', 5, 'Brandtest beëindigd', 'Fire test ended'],
  ['FL', 'other', 4, 'Brandalarm stilgezet', 'Fire alarm silenced'],
  ['FM', 'fire', 1, 'Brandalarm, twee melders', 'Fire alarm, two detectors'],
  ['FW', 'technical', 3, 'Bewaking brandinstallatie gestoord', 'Fire supervisory trouble'],
  ['FX', 'activity', 5, 'Test: brandzone', 'Test: fire zone'],
  ['FY', 'technical', 3, 'Brandmelder ontbreekt', 'Fire detector missing'],
  ['FZ', 'technical', 3, 'Brandbewaking ontbreekt', 'Fire supervision missing'],

  ['GX', 'activity', 5, 'Test: gaszone', 'Test: gas zone'],
  ['IA', 'technical', 3, 'Apparaat defect', 'Equipment failed'],

  ['JA', 'tamper', 3, 'Verkeerde code ingevoerd', 'Wrong code entered'],
  ['JD', 'activity', 5, 'Datum gezet', 'Date changed'],
  ['JH', 'activity', 5, 'Vrije dagen gewijzigd', 'Holidays changed'],
  ['JK', 'other', 3, 'Sleutelkind niet thuis', 'Latch-key user not home'],
  ['JL', 'activity', 5, 'Logboek bijna vol', 'Event log nearly full'],
  ['JO', 'activity', 5, 'Logboek vol', 'Event log full'],
  ['JP', 'activity', 5, 'Gebruiker aanwezig', 'User on the premises'],
  ['JR', 'activity', 5, 'Schema uitgevoerd', 'Schedule executed'],
  ['JS', 'activity', 5, 'Schema gewijzigd', 'Schedule changed'],
  ['JT', 'activity', 5, 'Tijd gezet', 'Time changed'],
  ['JV', 'activity', 5, 'Gebruikerscode gewijzigd', 'User code changed'],
  ['JX', 'activity', 5, 'Gebruikerscode verwijderd', 'User code deleted'],
  ['JY', 'activity', 5, 'Gebruikerscode toegevoegd', 'User code added'],
  ['JZ', 'activity', 5, 'Gebruikersniveau gezet', 'User level set'],

  ['LB', 'activity', 5, 'Programmeren ter plaatse begonnen', 'Local programming begun'],
  ['LD', 'activity', 5, 'Programmeren ter plaatse geweigerd', 'Local programming denied'],
  ['LE', 'activity', 5, 'Meeluisteren beëindigd', 'Listen-in ended'],
  ['LF', 'activity', 5, 'Meeluisteren begonnen', 'Listen-in begun'],
  ['LS', 'activity', 5, 'Programmeren ter plaatse gelukt', 'Local programming succeeded'],
  ['LT', 'technical', 3, 'Telefoonlijn gestoord', 'Telephone line trouble'],
  ['LU', 'activity', 5, 'Programmeren ter plaatse mislukt', 'Local programming failed'],
  ['LX', 'activity', 5, 'Programmeren ter plaatse beëindigd', 'Local programming ended'],

  ['MI', 'activity', 5, 'Bericht', 'Message'],
  ['NA', 'medical', 2, 'Geen activiteit', 'No activity'],
  ['NC', 'technical', 3, 'Toestand van het netwerk', 'Network condition'],
  ['NF', 'activity', 5, 'Schil gedwongen ingeschakeld', 'Perimeter armed with zones open'],
  ['NL', 'activity', 5, 'Schil ingeschakeld', 'Perimeter armed'],
  ['NM', 'activity', 5, 'Schil ingeschakeld, eigen keuze', 'Perimeter armed, user defined'],
  ['NP', 'activity', 5, 'Schil uitgeschakeld', 'Perimeter disarmed'],
  ['NS', 'activity', 5, 'Weer activiteit', 'Activity resumed'],
  ['NT', 'technical', 3, 'Netwerk valt uit', 'Network failure'],

  ['OA', 'activity', 5, 'Automatisch uitgeschakeld', 'Disarmed automatically'],
  ['OC', 'other', 4, 'Alarm ter plaatse geannuleerd', 'Alarm cancelled on site'],
  ['OG', 'activity', 5, 'Gebied uitgeschakeld', 'Area disarmed'],
  ['OH', 'activity', 5, 'Vroeg uitgeschakeld na alarm', 'Disarmed early after an alarm'],
  ['OI', 'technical', 4, 'Niet uitgeschakeld op tijd', 'Not disarmed in time'],
  ['OJ', 'activity', 5, 'Laat uitgeschakeld', 'Disarmed late'],
  ['OK', 'activity', 5, 'Vroeg uitgeschakeld', 'Disarmed early'],
  ['OL', 'activity', 5, 'Laat uitgeschakeld na alarm', 'Disarmed late after an alarm'],
  ['OP', 'activity', 5, 'Uitgeschakeld', 'Disarmed'],
  ['OQ', 'activity', 5, 'Op afstand uitgeschakeld', 'Disarmed remotely'],
  ['OR', 'activity', 5, 'Uitgeschakeld na alarm', 'Disarmed after an alarm'],
  ['OS', 'activity', 5, 'Uitgeschakeld met sleutel', 'Disarmed by key switch'],
  ['OT', 'technical', 4, 'Te laat ingeschakeld', 'Armed too late'],
  ['OU', 'technical', 3, 'Uitgang gestoord', 'Output trouble'],
  ['OZ', 'activity', 5, 'Punt uitgeschakeld', 'Point disarmed'],

  ['RA', 'activity', 5, 'Oproep op afstand mislukt', 'Remote call failed'],
  ['RB', 'activity', 5, 'Programmeren op afstand begonnen', 'Remote programming begun'],
  ['RC', 'activity', 5, 'Relais gesloten', 'Relay closed'],
  ['RD', 'activity', 5, 'Programmeren op afstand geweigerd', 'Remote programming denied'],
  ['RN', 'activity', 5, 'Op afstand hersteld', 'Remote reset'],
  ['RO', 'activity', 5, 'Relais geopend', 'Relay opened'],
  ['RP', 'activity', 5, 'Automatische test', 'Automatic test'],
  ['RR', 'technical', 4, 'Systeem opnieuw gestart', 'System restarted'],
  ['RS', 'activity', 5, 'Programmeren op afstand gelukt', 'Remote programming succeeded'],
  ['RT', 'technical', 3, 'Gegevens verloren', 'Data lost'],
  ['RU', 'activity', 5, 'Programmeren op afstand mislukt', 'Remote programming failed'],
  ['RX', 'activity', 5, 'Handmatige test', 'Manual test'],
  ['RY', 'technical', 4, 'Test: er is een storing', 'Test: there is a trouble'],

  ['TC', 'activity', 5, 'Alle punten getest', 'All points tested'],
  ['TE', 'activity', 5, 'Test beëindigd', 'Test ended'],
  ['TP', 'activity', 5, 'Punt gelopen', 'Point walk-tested'],
  ['TS', 'activity', 5, 'Test begonnen', 'Test begun'],
  ['TW', 'activity', 5, 'Gebied wordt bewaakt', 'Area watch begun'],
  ['TX', 'activity', 5, 'Testmelding', 'Test report'],
  ['TZ', 'activity', 5, 'Gebied wordt niet meer bewaakt', 'Area watch ended'],

  ['UG', 'other', 3, 'Alarm: niet bevestigd', 'Alarm: not confirmed'],
  ['UX', 'other', 2, 'Alarm, niet bepaald', 'Alarm, undefined'],
  ['UY', 'technical', 3, 'Melder ontbreekt', 'Detector missing'],
  ['UZ', 'other', 3, 'Melder ontbreekt: alarm', 'Detector missing: alarm'],

  ['VO', 'activity', 5, 'Printer zonder papier', 'Printer out of paper'],
  ['VT', 'activity', 5, 'Printer gestoord', 'Printer trouble'],
  ['VX', 'activity', 5, 'Printertest', 'Printer test'],
  ['VY', 'activity', 5, 'Printer aan', 'Printer online'],
  ['VZ', 'activity', 5, 'Printer uit', 'Printer offline'],

  ['XA', 'activity', 5, 'Melding van ander kenmerk', 'Report of an extra account'],
  ['XE', 'technical', 4, 'Onbekend punt', 'Extra point'],
  ['XF', 'technical', 4, 'Onbekend draadloos punt', 'Extra wireless point'],
  ['XI', 'activity', 5, 'Melder teruggesteld', 'Sensor reset'],
  ['XL', 'technical', 4, 'Draadloos signaal zwak', 'Radio signal weak'],
  ['XM', 'technical', 3, 'Melder ontbreekt, twee melders', 'Detector missing, two detectors'],
  ['XQ', 'tamper', 2, 'Draadloze ontvangst gestoord', 'Radio interference'],
  ['XS', 'tamper', 2, 'Sabotage van draadloze ontvanger', 'Radio receiver tamper'],
  ['XT', 'technical', 4, 'Batterij van zender laag', 'Transmitter battery low'],
  ['XW', 'activity', 5, 'Punt gedwongen', 'Point forced'],
  ['XX', 'technical', 3, 'Test mislukt', 'Test failed'],

  ['YA', 'technical', 3, 'Sirene gestoord', 'Bell fault'],
  ['YB', 'activity', 5, 'Lijn bezet', 'Line busy'],
  ['YC', 'technical', 3, 'Communicatie mislukt', 'Communications failed'],
  ['YD', 'technical', 3, 'Lijnkaart gestoord', 'Line card trouble'],
  ['YF', 'technical', 3, 'Instellingen beschadigd', 'Settings corrupted'],
  ['YG', 'activity', 5, 'Instelling gewijzigd', 'Setting changed'],
  ['YI', 'technical', 3, 'Overbelasting', 'Overcurrent'],
  ['YM', 'technical', 3, 'Accu van het systeem ontbreekt', 'System battery missing'],
  ['YN', 'technical', 4, 'Ongeldige melding', 'Invalid report'],
  ['YO', 'technical', 4, 'Onbekend bericht', 'Unknown message'],
  ['YP', 'technical', 3, 'Voeding gestoord', 'Power supply trouble'],
  ['YS', 'technical', 3, 'Communicatie gestoord', 'Communications trouble'],
  ['YT', 'technical', 3, 'Accu van het systeem laag', 'System battery low'],
  ['YU', 'technical', 3, 'Fout bij zelfonderzoek', 'Diagnostic error'],
  ['YW', 'technical', 3, 'Systeem door bewaking herstart', 'Watchdog restart'],
  ['YX', 'technical', 4, 'Onderhoud nodig', 'Service required'],
  ['YY', 'activity', 5, 'Statusmelding', 'Status report'],
  ['YZ', 'activity', 5, 'Onderhoud gedaan', 'Service completed'],
];

/** That something is over, and which code told that it began. */
const OWN_RESTORALS: Readonly<Record<string, string>> = {
  AR: 'AT',
  BE: 'BD',
  DH: 'DL',
  DR: 'DF',
  EJ: 'ES',
  EN: 'EM',
  ER: 'ET',
  FQ: 'FW',
  FV: 'FS',
  IR: 'IA',
  LR: 'LT',
  NR: 'NT',
  OV: 'OU',
  VI: 'VO',
  VR: 'VT',
  XH: 'XQ',
  XJ: 'XS',
  XR: 'XT',
  YE: 'YD',
  YH: 'YA',
  YJ: 'YI',
  YK: 'YC',
  YQ: 'YP',
  YR: 'YT',
};

export const SIA_CODES: ReadonlyMap<string, Meaning> = buildCodes();

function buildCodes(): Map<string, Meaning> {
  const codes = meaningsOf([...FAMILIES.flatMap(rowsOf), ...OWN], subjectOf);
  const restorals = [
    ...FAMILIES.flatMap(({ letter }) =>
      Object.entries(RESTORALS_OF_FAMILY).map(([end, begin]) => [letter + end, letter + begin]),
    ),
    ...Object.entries(OWN_RESTORALS),
  ];
  for (const [code = '', restores = ''] of restorals) {
    const begun = codes.get(restores);
    if (begun && !codes.has(code)) codes.set(code, { ...begun, restores });
  }
  return codes;
}

/** Of openings, closings and codes the number is that of a person. */
function subjectOf(code: string): 'user' | 'zone' {
  return /^(?:[CO][^TUVZ]|J[APVXYZ]|N[FLMP])$/.test(code) ? 'user' : 'zone';
}
