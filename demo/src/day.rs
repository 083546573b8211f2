//! The day: ten visits at two clinics, told in the order in which they overlap. Appointments lie around now and every
//! event happens when the server's clock says; nothing is dated back, there are only few pauses.

use std::time::Duration;

use anyhow::ensure;
use chrono::{DateTime, TimeDelta, Utc};
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use serde_json::json;
use uuid::Uuid;

use crate::client::Refused;
use crate::screen::Screen;
use crate::seed::Clinic;
use crate::visit::{Draft, Slot, Visit};

const KNOWN_BY: [&str; 2] = ["name", "birth-date"];

/// Visits that are worth another look.
pub struct Played {
    /// Over, with two drafts, a dropped connection, a declined consent and an addendum.
    pub told: Uuid,
    /// Waits to be admitted.
    pub waiting: Uuid,
}

/// Somebody's visit and what there is to know for playing it.
struct Patient<'a> {
    visit: Visit,
    clinic: &'a Clinic,
    key: &'static str,
}

struct Story<'a> {
    screen: &'a Screen,
    pace: Duration,
    began: DateTime<Utc>,
}

impl Story<'_> {
    /// Says what just happened, at the time it is, and gives the reader time to read.
    async fn tell(&self, line: &str) {
        let clock = System.now().with_timezone(&chrono::Local).format("%H:%M:%S");
        self.screen.say(&format!("{clock}  {line}"));
        tokio::time::sleep(self.pace).await;
    }

    fn in_minutes(&self, minutes: i64) -> DateTime<Utc> {
        self.began + TimeDelta::minutes(minutes)
    }

    async fn schedule<'a>(
        &self,
        clinic: &'a Clinic,
        (patient, provider): (&'static str, &str),
        (minutes, modality): (i64, &str),
        reason: &str,
    ) -> anyhow::Result<Patient<'a>> {
        let slot = Slot { starts_at: self.in_minutes(minutes), minutes: 20, modality, reason: Some(reason) };
        let visit = Visit::schedule(clinic.company(patient, provider)?, slot).await?;
        Ok(Patient { visit, clinic, key: patient })
    }
}

impl Patient<'_> {
    /// From the door to the waiting room.
    async fn come_in(&self) -> anyhow::Result<()> {
        self.visit.arrive().await?;
        self.visit.identify(&KNOWN_BY).await?;
        let home = self.clinic.home(self.key)?;
        self.visit.locate(&home).await?;
        self.visit.contacts(&home.phone).await?;
        self.visit.consent_of_patient_or_parent("telehealth").await?;
        self.visit.check_in().await
    }

    async fn connect(&self, who: &str) -> anyhow::Result<()> {
        self.visit.joined(&self.clinic.observer, who, &format!("{who}-1")).await
    }

    /// Signed, ended, charged, billed.
    async fn finish(&self, note: serde_json::Value, code: &str, cents: u64, diagnosis: &str) -> anyhow::Result<()> {
        self.sign(note).await?;
        self.hang_up().await?;
        self.close(code, cents, diagnosis).await
    }

    /// Ended, charged, billed.
    async fn close(&self, code: &str, cents: u64, diagnosis: &str) -> anyhow::Result<()> {
        self.visit.end("completed").await?;
        self.visit.charge(code, cents, &[diagnosis]).await?;
        self.visit.bill().await
    }

    /// Returns the note.
    async fn sign(&self, note: serde_json::Value) -> anyhow::Result<Uuid> {
        let draft = self.visit.draft(None, note).await?;
        self.visit.sign(&draft).await?;
        Ok(draft.note_id)
    }

    async fn hang_up(&self) -> anyhow::Result<()> {
        for who in ["provider", "patient"] {
            self.visit.left(&self.clinic.observer, who, &format!("{who}-1"), "hung-up").await?;
        }
        Ok(())
    }
}

/// Everybody who has an appointment.
struct Appointments<'a> {
    rosa: Patient<'a>,
    walter: Patient<'a>,
    mei: Patient<'a>,
    jerome: Patient<'a>,
    ingrid: Patient<'a>,
    dmitri: Patient<'a>,
    grace: Patient<'a>,
    samuel: Patient<'a>,
    nora: Patient<'a>,
    tomas: Patient<'a>,
}

/// Plays it. What is left at the end is a waiting room with somebody in it.
pub async fn play(clinics: &[Clinic], screen: &Screen, pace: f32) -> anyhow::Result<Played> {
    let [lakeside, harbor] = clinics else { anyhow::bail!("the day needs two clinics") };
    let pace = Duration::try_from_secs_f32(pace)?;
    let story = Story { screen, pace, began: System.now() };
    let day = appointments(&story, lakeside, harbor).await?;
    early_and_late(&story, &day).await?;
    let note = dropped_and_back(&story, &day.mei).await?;
    there_and_back(&story, &day.dmitri, &day.samuel).await?;
    day.jerome.visit.no_show().await?;
    story.tell("Jerome Baptiste never came: 40 minutes after his appointment the front desk records a no-show").await;
    let note = signed_and_billed(&story, &day.mei, note).await?;
    rosa_is_seen(&story, &day.rosa).await?;
    emergency(&story, &day.tomas).await?;
    on_hold(&story, &day.ingrid).await?;
    walter_is_seen(&story, &day.walter).await?;
    somebody_is_curious(&story, lakeside).await?;
    day.nora.come_in().await?;
    story
        .tell("Nora Novák is twelve: her mother shows on what authority she acts, and consents for her; Nora waits")
        .await;
    harbor_goes_on(&story, &day.dmitri, &day.grace).await?;
    day.mei.visit.addend(note, "Called at the end of the day: better after the first dose.").await?;
    story.tell("Dr. Okafor adds to Mei's note; what she signed stays as it was").await;
    Ok(Played { told: day.mei.visit.id, waiting: day.ingrid.visit.id })
}

async fn appointments<'a>(
    story: &Story<'_>,
    lakeside: &'a Clinic,
    harbor: &'a Clinic,
) -> anyhow::Result<Appointments<'a>> {
    let at = async |clinic, who, when, why| story.schedule(clinic, who, when, why).await;
    let day = Appointments {
        rosa: at(lakeside, ("rosa", "okafor"), (25, "video"), "Cough and fever for three days").await?,
        walter: at(lakeside, ("walter", "sorensen"), (-5, "video"), "Blood pressure readings").await?,
        mei: at(lakeside, ("mei", "okafor"), (0, "video"), "Migraine since yesterday").await?,
        jerome: at(lakeside, ("jerome", "sorensen"), (-40, "video"), "Back pain, second visit").await?,
        ingrid: at(lakeside, ("ingrid", "sorensen"), (10, "video"), "Rash on both arms").await?,
        dmitri: at(harbor, ("dmitri", "stein"), (-2, "phone"), "Knee is swollen again").await?,
        grace: at(harbor, ("grace", "raman"), (15, "video"), "Results of last week's blood test").await?,
        samuel: at(harbor, ("samuel", "stein"), (30, "video"), "Sore throat").await?,
        nora: at(lakeside, ("nora", "okafor"), (50, "video"), "Earache").await?,
        tomas: at(lakeside, ("tomas", "okafor"), (45, "video"), "Trouble sleeping").await?,
    };
    story.tell("The front desks set up ten visits around now").await;
    Ok(day)
}

async fn early_and_late(story: &Story<'_>, day: &Appointments<'_>) -> anyhow::Result<()> {
    day.rosa.come_in().await?;
    story.tell("Rosa Delgado is 25 minutes early: identified, says where she is, consents, checks in").await;
    day.walter.visit.delay(story.in_minutes(20), "Held up at the hospital").await?;
    story.tell("Ben Sorensen runs late for Walter Lindqvist, and is expected in 20 minutes").await;
    day.walter.come_in().await?;
    story.tell("Walter checks in and sees the new time").await;
    Ok(())
}

/// Returns the draft.
async fn dropped_and_back(story: &Story<'_>, mei: &Patient<'_>) -> anyhow::Result<Draft> {
    let (visit, observer) = (&mei.visit, &mei.clinic.observer);
    mei.come_in().await?;
    visit.consent("decline", "recording").await?;
    story.tell("Mei Tanaka checks in on time, and does not consent to being recorded").await;
    visit.admit().await?;
    mei.connect("provider").await?;
    mei.connect("patient").await?;
    story.tell("Dr. Okafor admits Mei, who is due before Rosa; both are on the call").await;
    visit.left(observer, "patient", "patient-1", "dropped").await?;
    story.tell("Mei's connection drops: she is reconnecting, the visit goes on").await;
    let note = json!({
        "subjective": "Throbbing headache on the left since yesterday noon, light hurts. No aura.",
        "assessment": "Migraine without aura.",
    });
    let draft = visit.draft(None, note).await?;
    story.tell("Dr. Okafor uses the time for a first draft of the note").await;
    visit.joined(observer, "patient", "patient-2").await?;
    story.tell("Mei is back").await;
    Ok(draft)
}

/// Returns the signed note.
async fn signed_and_billed(story: &Story<'_>, mei: &Patient<'_>, draft: Draft) -> anyhow::Result<Uuid> {
    let (visit, observer) = (&mei.visit, &mei.clinic.observer);
    let note = json!({
        "subjective": "Throbbing headache on the left since yesterday noon, light hurts. No aura.",
        "objective": "Alert, speech and face symmetrical on video.",
        "assessment": "Migraine without aura.",
        "plan": "Sumatriptan 50 mg, may be repeated once after two hours. Call-back at the end of the day.",
    });
    let draft = visit.draft(Some(draft.note_id), note).await?;
    visit.sign(&draft).await?;
    story.tell("Dr. Okafor writes the note anew and signs exactly what she was shown").await;
    visit.left(observer, "provider", "provider-1", "hung-up").await?;
    visit.left(observer, "patient", "patient-2", "hung-up").await?;
    visit.end("completed").await?;
    visit.attest_minutes(32).await?;
    visit.charge_wrongly_then_rightly(("99213", "99214"), 13_100, "G43.009").await?;
    story.tell("Mei's visit is ended and billed; the charge was wrong, and the right one is billed by the minutes attested").await;
    Ok(draft.note_id)
}

async fn there_and_back(story: &Story<'_>, dmitri: &Patient<'_>, samuel: &Patient<'_>) -> anyhow::Result<()> {
    dmitri.come_in().await?;
    story.tell("Harbor: Dmitri Volkov checks in for a visit by phone").await;
    dmitri.visit.leave("Somebody at the door").await?;
    story.tell("Harbor: Dmitri leaves the waiting room; that is not the end of his visit").await;
    dmitri.visit.arrive().await?;
    dmitri.visit.check_in().await?;
    story.tell("Harbor: Dmitri is back, and need not be identified again").await;
    samuel.visit.cancel("no-longer-needed", "Feels better").await?;
    story.tell("Harbor: Samuel Ortiz feels better and cancels").await;
    dmitri.visit.admit().await?;
    dmitri.visit.call_by_phone("no-answer").await?;
    dmitri.visit.call_by_phone("reached").await?;
    story
        .tell("Harbor: Dr. Stein admits Dmitri and calls him; the second time he picks up. There is no room to join")
        .await;
    Ok(())
}

async fn rosa_is_seen(story: &Story<'_>, rosa: &Patient<'_>) -> anyhow::Result<()> {
    let intake = json!({
        "reason": "Cough and fever for three days",
        "vitals": [{ "kind": "temperature", "value": 38.6, "unit": "celsius" }],
        "medications": { "answer": "none-known", "items": [] },
        "allergies": { "answer": "listed", "items": ["Penicillin"] },
    });
    rosa.visit.room(&rosa.clinic.assistant, intake).await?;
    story
        .tell("A medical assistant is with Rosa and takes down what she read off her thermometer, and her allergies")
        .await;
    rosa.visit.admit().await?;
    rosa.connect("provider").await?;
    rosa.connect("patient").await?;
    rosa.visit.consent("give", "recording").await?;
    story.tell("Dr. Okafor admits Rosa, who consents to a recording").await;
    rosa.visit.withdraw_consent("recording").await?;
    story.tell("Rosa thinks better of it and withdraws that consent; both stand in the record").await;
    let note = json!({
        "subjective": "Cough and fever up to 38.6 °C for three days, worse at night.",
        "objective": "Speaks in full sentences, no distress on video.",
        "assessment": "Acute bronchitis.",
        "plan": "Rest, fluids. In person if short of breath or fever beyond Thursday.",
    });
    rosa.finish(note, "99214", 13_100, "J20.9").await?;
    story.tell("Rosa's note is signed, her visit ended and billed").await;
    Ok(())
}

/// Something for whoever looks at the demo's access reports to find.
async fn somebody_is_curious(story: &Story<'_>, clinic: &Clinic) -> anyhow::Result<()> {
    let (tomas, sorensen) = (clinic.patient("tomas")?.id, &clinic.provider("sorensen")?.caller);
    let why = json!({ "reason": "provider-unreachable", "details": "Wants to know how he is.", "minutes": 15 });
    if let Err(error) = sorensen.post(&format!("/v1/patients/{tomas}/break-glass"), &why).await {
        let is = |refused: &Refused| refused.code == "glass-already-broken";
        // On a day that is played again soon, what he did a moment ago still lets him in.
        ensure!(error.downcast_ref().is_some_and(is), error);
    }
    sorensen.get(&format!("/v1/patients/{tomas}/chart")).await?;
    story
        .tell("Ben Sorensen, who does not treat Tomás Novák, whom all know from television, breaks the glass and looks")
        .await;
    Ok(())
}

async fn on_hold(story: &Story<'_>, ingrid: &Patient<'_>) -> anyhow::Result<()> {
    ingrid.come_in().await?;
    let interpreter = ingrid.visit.find_interpreter("nb").await?;
    story.tell("Ingrid Aune checks in and asks for an interpreter for Norwegian; the front desk finds one").await;
    ingrid.visit.hold("interpreter", "Norwegian, called at once").await?;
    story.tell("The front desk puts Ingrid on hold until the interpreter is there").await;
    ingrid.visit.interpreter_joined(interpreter).await?;
    ingrid.visit.return_to_waiting().await?;
    story.tell("The interpreter is there: Ingrid is waiting again, for Ben Sorensen").await;
    Ok(())
}

async fn walter_is_seen(story: &Story<'_>, walter: &Patient<'_>) -> anyhow::Result<()> {
    walter.visit.admit().await?;
    walter.connect("provider").await?;
    walter.connect("patient").await?;
    story.tell("Ben Sorensen is here after all and admits Walter").await;
    let note = json!({
        "subjective": "Home readings around 150/90 for two weeks.",
        "assessment": "Essential hypertension, not at goal.",
        "plan": "Amlodipine from 5 to 10 mg, readings again in two weeks.",
    });
    let note = walter.sign(note).await?;
    walter.hang_up().await?;
    walter.visit.end("completed").await?;
    let supervisor = walter.clinic.company(walter.key, "okafor")?;
    walter.visit.cosign(note, (supervisor.provider_id, &supervisor.provider)).await?;
    story.tell("Ben Sorensen, a physician assistant, signs; Dr. Okafor reads the note and cosigns it").await;
    walter.visit.charge("99213", 9_300, &["I10"]).await?;
    walter.visit.bill().await?;
    story.tell("Walter's visit is billed, which it could not have been before").await;
    Ok(())
}

/// Nobody has checked Tomás in, and nobody waits for that.
async fn emergency(story: &Story<'_>, tomas: &Patient<'_>) -> anyhow::Result<()> {
    let visit = &tomas.visit;
    visit.arrive().await?;
    let details = "Pressure in the chest since an hour ago, pale. Address read back and confirmed.";
    let emergency = visit.declare_emergency("chest-pain", &["emergency-services-called"], details).await?;
    story.tell("Tomás Novák opens the page with chest pain: the front desk calls 911 and declares an emergency").await;
    visit.admit().await?;
    tomas.connect("provider").await?;
    tomas.connect("patient").await?;
    story.tell("Dr. Okafor admits him at once; the record says which gates the emergency overrode").await;
    visit.close_emergency(emergency, "handed-over", &["stayed-on-call"]).await?;
    let note = json!({
        "subjective": "Pressure in the chest for an hour, radiating to the left arm.",
        "objective": "Pale, sweating, answers clearly.",
        "assessment": "Chest pain, possibly cardiac.",
        "plan": "Stayed on the call until the ambulance crew took over.",
    });
    tomas.sign(note).await?;
    tomas.hang_up().await?;
    visit.end("emergency-referral").await?;
    story.tell("The ambulance crew takes over; the emergency is closed, the note signed, the visit ended").await;
    Ok(())
}

async fn harbor_goes_on(story: &Story<'_>, dmitri: &Patient<'_>, grace: &Patient<'_>) -> anyhow::Result<()> {
    let note = json!({
        "subjective": "Left knee swollen since Sunday, no fall, no fever.",
        "assessment": "Effusion of the left knee.",
        "plan": "Cooling, ibuprofen as needed, in person if not better in a week.",
    });
    dmitri.sign(note).await?;
    dmitri.close("99213", 9_300, "M25.462").await?;
    story.tell("Harbor: Dmitri's note is signed, his visit ended and billed").await;
    grace.come_in().await?;
    story.tell("Harbor: Grace Achebe checks in and waits for Priya Raman").await;
    Ok(())
}
