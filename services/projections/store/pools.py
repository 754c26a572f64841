"""The connections of the projections: of those who read, of those who apply, of a rebuild."""

from shared.postgres.pool import Pool

READERS_MAX = 8
APPLIERS_MAX = 4  # a source each, the tick, and one to spare
BUILDERS_MAX = 4
APPLIER_SECONDS = 30.0  # for an answer: at midnight one statement goes over all open cases
BUILDER_SECONDS = 600.0  # verifying sorts whole tables

# A consumer that freezes in a transaction must not hold a source's position for ever; who waits
# for it gives up sooner than its network, and tries again.
APPLIER_SETTINGS = {"idle_in_transaction_session_timeout": "5s", "lock_timeout": "10s"}

# What lies in a generation is precious only once it is live, so no commit waits for the disk; the
# switch does, and everything before it is on disk by then.
BUILDER_SETTINGS = {"synchronous_commit": "off"}


def readers_of(database_url: str) -> Pool:
    return Pool(database_url, name="projections readers", size_max=READERS_MAX)


def appliers_of(database_url: str) -> Pool:
    return Pool(
        database_url,
        name="projections consumer",
        size_max=APPLIERS_MAX,
        answer_seconds=APPLIER_SECONDS,
        settings=APPLIER_SETTINGS,
    )


def builders_of(database_url: str) -> Pool:
    return Pool(
        database_url,
        name="projections builder",
        size_max=BUILDERS_MAX,
        answer_seconds=BUILDER_SECONDS,
        settings=BUILDER_SETTINGS,
    )
