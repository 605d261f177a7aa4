-- What was seen of the clock last: the instant, the one that is trusted, and for how long (milliseconds) the clock has gone
-- on without a leap. By it, a clock that is set ahead deletes nothing, and what it reckoned is brought back.
CREATE TABLE clock_witness (
    id {{key}},
    seen_at BIGINT NOT NULL,
    trusted_at BIGINT NOT NULL,
    steady BIGINT NOT NULL
);
