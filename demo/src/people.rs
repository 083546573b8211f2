//! Who there is: two clinics, their providers and patients. Nobody here exists, and their telephone numbers cannot be
//! called. Changing what is said about anybody needs a new [`EDITION`]: what is registered once is not changed.

use uuid::Uuid;

/// Part of the Idempotency-Key of everything that is set up once.
pub const EDITION: &str = "demo-1";

pub struct ClinicData {
    pub id: Uuid,
    /// What the live line calls it.
    pub short: &'static str,
    pub name: &'static str,
    pub time_zone: &'static str,
    pub grace_minutes: u16,
    pub providers: &'static [ProviderData],
    pub patients: &'static [PatientData],
}

pub struct ProviderData {
    pub key: &'static str,
    pub name: &'static str,
    pub credentials: &'static str,
    /// State and number.
    pub licences: &'static [(&'static str, &'static str)],
}

pub struct PatientData {
    pub key: &'static str,
    pub given: &'static str,
    pub family: &'static str,
    pub born: &'static str,
    pub mrn: &'static str,
    pub phone: &'static str,
    pub language: &'static str,
    pub state: &'static str,
    pub address: &'static str,
}

pub const CLINICS: [ClinicData; 2] = [
    ClinicData {
        id: Uuid::from_u128(0xda1b_0000_0000_4000_8000_0000_0000_0001),
        short: "Lakeside",
        name: "Lakeside Telehealth (simulated)",
        time_zone: "America/Chicago",
        grace_minutes: 15,
        providers: &[
            ProviderData {
                key: "okafor",
                name: "Dr. Amara Okafor",
                credentials: "MD",
                licences: &[("WI", "SIM-WI-40211"), ("MN", "SIM-MN-7783")],
            },
            ProviderData {
                key: "sorensen",
                name: "Ben Sorensen",
                credentials: "PA-C",
                licences: &[("WI", "SIM-WI-9120")],
            },
        ],
        patients: &[
            patient(
                "rosa",
                ["Rosa", "Delgado"],
                "1957-03-14",
                "L-1001",
                "608-555-0141",
                "es",
                "WI",
                "218 Gorham Street, Madison, WI 53703",
            ),
            patient(
                "walter",
                ["Walter", "Lindqvist"],
                "1949-11-02",
                "L-1002",
                "608-555-0117",
                "en",
                "WI",
                "9 Mill Road, Stoughton, WI 53589",
            ),
            patient(
                "mei",
                ["Mei", "Tanaka"],
                "1988-06-21",
                "L-1003",
                "612-555-0188",
                "en",
                "MN",
                "4410 Bryant Avenue South, Minneapolis, MN 55419",
            ),
            patient(
                "jerome",
                ["Jerome", "Baptiste"],
                "1979-09-30",
                "L-1004",
                "608-555-0123",
                "en",
                "WI",
                "77 Hoyt Street, Janesville, WI 53545",
            ),
            patient(
                "ingrid",
                ["Ingrid", "Aune"],
                "1993-01-08",
                "L-1005",
                "608-555-0166",
                "nb",
                "WI",
                "1200 Ridge Way, Mount Horeb, WI 53572",
            ),
            patient(
                "nora",
                ["Nora", "Novák"],
                "2014-04-02",
                "L-1007",
                "608-555-0103",
                "en",
                "WI",
                "35 College Court, Whitewater, WI 53190",
            ),
            patient(
                "tomas",
                ["Tomás", "Novák"],
                "2001-12-19",
                "L-1006",
                "608-555-0102",
                "en",
                "WI",
                "35 College Court, Whitewater, WI 53190",
            ),
        ],
    },
    ClinicData {
        id: Uuid::from_u128(0xda1b_0000_0000_4000_8000_0000_0000_0002),
        short: "Harbor",
        name: "Harbor Family Care (simulated)",
        time_zone: "America/New_York",
        grace_minutes: 10,
        providers: &[
            ProviderData {
                key: "stein",
                name: "Dr. Leah Stein",
                credentials: "DO",
                licences: &[("MA", "SIM-MA-118834"), ("NH", "SIM-NH-5521")],
            },
            ProviderData { key: "raman", name: "Priya Raman", credentials: "NP", licences: &[("MA", "SIM-MA-88310")] },
        ],
        patients: &[
            patient(
                "dmitri",
                ["Dmitri", "Volkov"],
                "1966-04-27",
                "H-2001",
                "617-555-0133",
                "ru",
                "MA",
                "12 Atlantic Avenue, Boston, MA 02110",
            ),
            patient(
                "grace",
                ["Grace", "Achebe"],
                "1984-08-15",
                "H-2002",
                "978-555-0170",
                "en",
                "MA",
                "301 Essex Street, Salem, MA 01970",
            ),
            patient(
                "samuel",
                ["Samuel", "Ortiz"],
                "1997-02-03",
                "H-2003",
                "603-555-0119",
                "en",
                "NH",
                "8 Elm Street, Portsmouth, NH 03801",
            ),
        ],
    },
];

#[allow(clippy::too_many_arguments, reason = "a line of the table")]
const fn patient(
    key: &'static str,
    [given, family]: [&'static str; 2],
    born: &'static str,
    mrn: &'static str,
    phone: &'static str,
    language: &'static str,
    state: &'static str,
    address: &'static str,
) -> PatientData {
    PatientData { key, given, family, born, mrn, phone, language, state, address }
}
