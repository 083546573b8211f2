//! Who is killed when: every kind of crash in every trial, in random order, at random moments.

use std::time::Duration;

use crate::chance::Chance;
use crate::installation::Installation;

/// How long everything runs between two crashes.
const CALM: (Duration, Duration) = (Duration::from_millis(200), Duration::from_millis(1_400));
/// How long the victim is gone.
const GONE: (Duration, Duration) = (Duration::ZERO, Duration::from_millis(600));

#[derive(Clone, Copy, Debug)]
enum Victim {
    Server(usize),
    Postgres,
    /// The machine that both run on.
    ServerAndPostgres(usize),
}

const VICTIMS: [Victim; 7] = [
    Victim::Server(0),
    Victim::Server(1),
    Victim::Server(0),
    Victim::Server(1),
    Victim::Postgres,
    Victim::Postgres,
    Victim::ServerAndPostgres(1),
];
/// One crash in so many hits while everything still recovers from the one before.
const TOO_SOON: usize = 3;

/// Crashes one after the other; answers how many.
pub async fn storm(installation: &mut Installation, chance: &Chance) -> usize {
    let mut victims = VICTIMS;
    chance.shuffle(&mut victims);
    for victim in victims {
        if !chance.one_in(TOO_SOON) {
            installation.is_ready().await;
        }
        tokio::time::sleep(chance.between(CALM.0, CALM.1)).await;
        crash(installation, chance, victim).await;
    }
    installation.is_ready().await;
    victims.len()
}

/// Everything at once, as when the power fails. Everything is ready again afterwards.
pub async fn power_failure(installation: &mut Installation) {
    installation.kill_server(0);
    installation.kill_postgres().await;
    installation.kill_server(1);
    installation.restart_postgres().await;
    installation.restart_server(0).await;
    installation.restart_server(1).await;
}

async fn crash(installation: &mut Installation, chance: &Chance, victim: Victim) {
    let gone = chance.between(GONE.0, GONE.1);
    eprintln!("crash: {victim:?}, gone for {gone:?}");
    match victim {
        Victim::Server(index) => {
            installation.kill_server(index);
            tokio::time::sleep(gone).await;
            installation.restart_server(index).await;
        }
        Victim::Postgres => {
            installation.kill_postgres().await;
            tokio::time::sleep(gone).await;
            installation.restart_postgres().await;
        }
        Victim::ServerAndPostgres(index) => {
            installation.kill_server(index);
            installation.kill_postgres().await;
            tokio::time::sleep(gone).await;
            installation.restart_postgres().await;
            installation.restart_server(index).await;
        }
    }
}
