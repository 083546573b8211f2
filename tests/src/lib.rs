//! Tests of the whole, under `tests/`: each is a program of its own over real servers and a real Postgres.
