package io.github.whylink.examples.atlas;

import com.ibm.icu.text.CurrencyMetaInfo;
import com.ibm.icu.text.CurrencyMetaInfo.CurrencyFilter;
import com.ibm.icu.text.DateFormatSymbols;
import com.ibm.icu.text.LocaleDisplayNames;
import com.ibm.icu.text.TimeZoneNames;
import com.ibm.icu.text.TimeZoneNames.NameType;
import com.ibm.icu.util.Currency;
import com.ibm.icu.util.LocaleData;
import com.ibm.icu.util.Region;
import com.ibm.icu.util.Region.RegionType;
import com.ibm.icu.util.TimeZone;
import com.ibm.icu.util.TimeZone.SystemTimeZoneType;
import com.ibm.icu.util.ULocale;
import com.ibm.icu.util.UResourceBundle;
import com.ibm.icu.util.VersionInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What CLDR, as bundled in ICU4J, knows about the countries of the world.
 *
 * <p>Countries are the territories of ISO 3166-1 and Kosovo. Where CLDR is behind the world, a correction below says
 * so, with its reason beside it.
 */
final class CldrFacts {

    private static final String ICU_DATA = "com/ibm/icu/impl/data/icudata";

    /** Currencies and time zones are those in use at this moment. A fixed one keeps the output the same. */
    private static final Instant AS_OF = Instant.parse("2026-07-01T00:00:00Z");

    /** Earlier tenders are left out: the further back, the less CLDR's dates and successions agree with history. */
    private static final Instant REMEMBERED_SINCE = Instant.parse("1990-01-01T00:00:00Z");

    /** A language below this share of a country's people is left out unless it is official in a part of it. */
    private static final double SPOKEN_BY_AT_LEAST = 0.02;

    /** Codes that are reserved, not assigned, by ISO: Diego Garcia, Ceuta and Melilla, the Canary Islands. */
    private static final Set<String> NOT_A_COUNTRY = Set.of("DG", "EA", "IC");

    /** CLDR's own region for Antarctica and remote islands, which UN M49 does not know. */
    private static final String OUTLYING_OCEANIA = "QO";

    /** CLDR calls ten of South Africa's languages regional, and has no status for Morocco's standard Tamazight. */
    private static final Set<String> OFFICIAL_AFTER_ALL =
            Set.of("MA zgh", "ZA af", "ZA nr", "ZA nso", "ZA ss", "ZA st", "ZA tn", "ZA ts", "ZA ve", "ZA xh", "ZA zu");

    /** Many of these are spoken all the same, and then become ALSO_SPEAKS. */
    private static final Set<String> NOT_OFFICIAL = Set.of(
            // working languages since new constitutions and charters between 2023 and 2025
            "BF fr",
            "ML fr",
            "NE fr",
            // in wide use, but by no law
            "CH gsw",
            "DZ fr",
            "LI gsw",
            "MA fr",
            "MO yue",
            "NG yo",
            "SN wo",
            "TN fr",
            // the official one is standard Tamazight
            "MA tzm",
            // special status since 2018
            "IL ar",
            // from 2007 to 2010 only
            "MG en",
            // in the occupied territories only
            "UA ru");

    private static final Set<String> NOT_SPOKEN = Set.of(
            // nobody lives there
            "BV no",
            // read in churches
            "EG cop",
            // a written standard of Manding
            "GN nqo",
            // figures of another century
            "KZ de",
            "PH es",
            "UA pl",
            "ZA hi");

    /** Dollars circulate in Haiti, but the gourde alone is legal tender. */
    private static final Set<String> NOT_TENDER = Set.of("HT USD");

    /** CLDR files Simferopol, under occupation, under Ukraine. */
    private static final Set<String> NOT_ITS_TIME = Set.of("UA Moscow");

    private final LocaleDisplayNames names = LocaleDisplayNames.getInstance(ULocale.ENGLISH);
    private final UResourceBundle supplemental =
            UResourceBundle.getBundleInstance(ICU_DATA, "supplementalData", UResourceBundle.class.getClassLoader());
    private final NavigableSet<String> countries = Arrays.stream(ULocale.getISOCountries())
            .filter(code -> !NOT_A_COUNTRY.contains(code))
            .collect(Collectors.toCollection(TreeSet::new));
    private final NavigableSet<Fact> facts = new TreeSet<>();

    CldrFacts() {
        addRegions();
        addOrganizations();
        addCurrencies();
        addTimeZones();
        addWeeks();
        addLanguages();
        addScripts();
    }

    NavigableSet<Fact> facts() {
        return facts;
    }

    /** {@return the versions of the sources, for the header of the script} */
    String version() {
        VersionInfo icu = VersionInfo.ICU_VERSION;
        VersionInfo cldr = LocaleData.getCLDRVersion();
        return "ICU4J " + icu.getMajor() + "." + icu.getMinor() + " with CLDR " + cldr.getMajor();
    }

    Entity country(String code) {
        return new Entity("Country", code, names.regionDisplayName(code));
    }

    private Entity region(Region region) {
        return new Entity("Region", region.toString(), names.regionDisplayName(region.toString()));
    }

    private void addRegions() {
        for (String code : countries) {
            Region subregion = Region.getInstance(code).getContainingRegion();
            if (!subregion.toString().equals(OUTLYING_OCEANIA)) {
                add(country(code), "LOCATED_IN", region(subregion));
            }
        }
        for (RegionType type : List.of(RegionType.SUBCONTINENT, RegionType.CONTINENT)) {
            for (Region region : Region.getAvailable(type)) {
                if (!region.toString().equals(OUTLYING_OCEANIA)) {
                    add(region(region), "LOCATED_IN", region(region.getContainingRegion()));
                }
            }
        }
    }

    /** The eurozone is left out: CLDR 48 stops before Croatia, and USES_CURRENCY says the same. */
    private void addOrganizations() {
        for (String code : List.of("EU", "UN")) {
            Entity organization = new Entity("Organization", code, names.regionDisplayName(code));
            for (Region member : Region.getInstance(code).getContainedRegions()) {
                add(country(member.toString()), "MEMBER_OF", organization);
            }
        }
    }

    private void addCurrencies() {
        CurrencyMetaInfo tenders = CurrencyMetaInfo.getInstance();
        for (String code : countries) {
            CurrencyFilter tender = CurrencyFilter.onRegion(code).withTender();
            List<String> current = tenders.currencies(tender.withDate(AS_OF.toEpochMilli()));
            for (String currency : current) {
                if (!NOT_TENDER.contains(code + " " + currency)) {
                    add(country(code), "USES_CURRENCY", currency(currency));
                }
            }
            for (CurrencyMetaInfo.CurrencyInfo past : tenders.currencyInfo(tender)) {
                boolean ended = past.to >= REMEMBERED_SINCE.toEpochMilli() && past.to < AS_OF.toEpochMilli();
                if (ended && !current.contains(past.code)) {
                    add(country(code), "FORMERLY_USED_CURRENCY", currency(past.code));
                }
            }
        }
    }

    private static Entity currency(String code) {
        String name = Currency.getInstance(code).getName(ULocale.ENGLISH, Currency.LONG_NAME, null);
        return new Entity("Currency", code, name);
    }

    /** Time zones here are those that people name, such as Central European Time: CLDR's metazones. */
    private void addTimeZones() {
        TimeZoneNames zoneNames = TimeZoneNames.getInstance(ULocale.ENGLISH);
        for (String code : countries) {
            for (String city : TimeZone.getAvailableIDs(SystemTimeZoneType.CANONICAL_LOCATION, code, null)) {
                String zone = zoneNames.getMetaZoneID(city, AS_OF.toEpochMilli());
                if (zone == null || NOT_ITS_TIME.contains(code + " " + zone)) {
                    continue;
                }
                String name = zoneNames.getMetaZoneDisplayName(zone, NameType.LONG_GENERIC);
                if (name == null) {
                    name = zoneNames.getMetaZoneDisplayName(zone, NameType.LONG_STANDARD);
                }
                if (name != null) {
                    add(country(code), "USES_TIME_ZONE", new Entity("TimeZone", zone, name));
                }
            }
        }
    }

    /** Only the countries that CLDR lists; for the others its API would answer Monday without knowing. */
    private void addWeeks() {
        String[] weekdays = DateFormatSymbols.getInstance(ULocale.ENGLISH).getWeekdays();
        for (UResourceBundle week : children(supplemental.get("weekData"))) {
            if (countries.contains(week.getKey())) {
                String day = weekdays[week.getIntVector()[0]];
                String code = day.substring(0, 3).toLowerCase(Locale.ROOT);
                add(country(week.getKey()), "STARTS_WEEK_ON", new Entity("Weekday", code, day));
            }
        }
    }

    /** A language is official or also spoken, never both: otherwise the one fact would give the other away. */
    private void addLanguages() {
        for (UResourceBundle territory : children(supplemental.get("territoryInfo"))) {
            String country = territory.getKey();
            if (!countries.contains(country)) {
                continue;
            }
            NavigableSet<String> official = new TreeSet<>();
            NavigableSet<String> spoken = new TreeSet<>();
            for (UResourceBundle use : children(territory)) {
                if (use.getType() != UResourceBundle.TABLE) {
                    continue;
                }
                // The key may name a script as well, as in zh_Hant.
                String language = ULocale.getLanguage(use.getKey());
                String pair = country + " " + language;
                UResourceBundle status = child(use, "officialStatus");
                boolean regional = status != null && status.getString().equals("official_regional");
                boolean everywhere = status != null && !regional && !NOT_OFFICIAL.contains(pair);
                double share = share(child(use, "populationShareF"));
                if (everywhere || OFFICIAL_AFTER_ALL.contains(pair)) {
                    official.add(language);
                } else if ((regional || share >= SPOKEN_BY_AT_LEAST) && !NOT_SPOKEN.contains(pair)) {
                    spoken.add(language);
                }
            }
            spoken.removeAll(official);
            official.forEach(language -> addLanguage(country, "HAS_OFFICIAL_LANGUAGE", language));
            spoken.forEach(language -> addLanguage(country, "ALSO_SPEAKS", language));
        }
    }

    private void addLanguage(String country, String type, String code) {
        String name = names.languageDisplayName(code);
        boolean named = !name.equals(code);
        if (named && !code.equals("und")) {
            add(country(country), type, new Entity("Language", code, name));
        }
    }

    /** ICU packs a share as 50 plus its decimal exponent, then six digits: 49990000 is 9.9 × 10⁻¹. */
    private static double share(UResourceBundle packed) {
        if (packed == null) {
            return 0;
        }
        int value = packed.getInt();
        return value % 1_000_000 / 1e5 * Math.pow(10, value / 1_000_000 - 50);
    }

    /** Only scripts in customary modern use, and only for languages that some country already has. */
    private void addScripts() {
        NavigableSet<Entity> languages = new TreeSet<>();
        for (Fact fact : facts) {
            if (fact.target().label().equals("Language")) {
                languages.add(fact.target());
            }
        }
        UResourceBundle languageData = supplemental.get("languageData");
        for (Entity language : languages) {
            UResourceBundle usage = child(languageData, language.code());
            UResourceBundle primary = usage == null ? null : child(usage, "primary");
            UResourceBundle scripts = primary == null ? null : child(primary, "scripts");
            if (scripts != null) {
                for (String code : strings(scripts)) {
                    add(language, "WRITTEN_IN", new Entity("Script", code, names.scriptDisplayName(code)));
                }
            }
        }
    }

    private void add(Entity source, String type, Entity target) {
        facts.add(new Fact(source, type, target));
    }

    private static List<UResourceBundle> children(UResourceBundle parent) {
        List<UResourceBundle> children = new ArrayList<>();
        for (int i = 0; i < parent.getSize(); i++) {
            children.add(parent.get(i));
        }
        return children;
    }

    /** {@return the one string or the several that ICU stores, by how many there are, as a string or an array} */
    private static List<String> strings(UResourceBundle bundle) {
        return bundle.getType() == UResourceBundle.STRING
                ? List.of(bundle.getString())
                : List.of(bundle.getStringArray());
    }

    /** {@return the child of that key, or null} */
    private static UResourceBundle child(UResourceBundle parent, String key) {
        for (UResourceBundle child : children(parent)) {
            if (child.getKey().equals(key)) {
                return child;
            }
        }
        return null;
    }
}
