"""The tables, as migrations in order. A migration that has been released is never changed.

Times are milliseconds since 1970 UTC. Secrets (tickets, session cookies) are stored as hashes only.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("vestibule")


class NewerDatabase(Exception):
    """The database was written by a newer version of this program."""


@migrations()
def m001_the_door(db: Database) -> None:
    _execute(db, THE_DOOR)


@migrations()
def m002_contributions(db: Database) -> None:
    _execute(db, CONTRIBUTIONS)


@migrations()
def m003_paused_links(db: Database) -> None:
    _execute(db, "ALTER TABLE link ADD COLUMN paused INTEGER NOT NULL DEFAULT 0")


@migrations()
def m004_looking_back(db: Database) -> None:
    _execute(db, LOOKING_BACK)


@migrations()
def m005_news_of_a_long_meeting(db: Database) -> None:
    # Ordered by what tells the latest events from those before: the one that is there is not, and all were read.
    _execute(db, "CREATE INDEX observed_in_order ON observed (meeting_id)")


def _execute(db: Database, statements: str) -> None:
    for statement in statements.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)


THE_DOOR = """
CREATE TABLE workspace (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    plan TEXT NOT NULL,
    seats INTEGER NOT NULL,
    accent TEXT,
    privacy_url TEXT,
    contributions TEXT NOT NULL,
    logo BLOB,
    logo_type TEXT,
    created BIGINT NOT NULL
);
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspace (id),
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    skeleton TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled_at BIGINT,
    created BIGINT NOT NULL
);
CREATE INDEX account_by_skeleton ON account (workspace_id, skeleton);
CREATE TABLE link (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL UNIQUE REFERENCES account (id),
    slug TEXT NOT NULL UNIQUE,
    open INTEGER NOT NULL,
    setup TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE TABLE retired_slug (
    slug TEXT PRIMARY KEY,
    link_id TEXT NOT NULL REFERENCES link (id)
);
CREATE TABLE session (
    hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    created BIGINT NOT NULL,
    last_used BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_by_account ON session (account_id);
CREATE TABLE meeting (
    id TEXT PRIMARY KEY,
    link_id TEXT NOT NULL REFERENCES link (id),
    setup TEXT NOT NULL,
    opened BIGINT NOT NULL,
    room INTEGER NOT NULL,
    room_sid TEXT,
    began BIGINT,
    ended BIGINT,
    reason TEXT,
    ended_by TEXT
);
CREATE UNIQUE INDEX meeting_not_ended ON meeting (link_id) WHERE ended IS NULL;
CREATE TABLE media_exception (
    meeting_id TEXT NOT NULL REFERENCES meeting (id),
    person TEXT NOT NULL,
    source TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, person, source)
) WITHOUT ROWID;
CREATE TABLE seat (
    id TEXT PRIMARY KEY,
    meeting_id TEXT NOT NULL REFERENCES meeting (id),
    account_id TEXT,
    knock_id TEXT,
    identity TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    owner INTEGER NOT NULL,
    state TEXT NOT NULL,
    held_since BIGINT,
    session_hash TEXT,
    ticket_hash TEXT,
    sid TEXT,
    joined_at BIGINT,
    hand_since BIGINT,
    reason TEXT,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX seat_by_meeting ON seat (meeting_id, owner, state);
CREATE INDEX seat_held ON seat (held_since) WHERE state = 'held';
CREATE INDEX seat_by_session ON seat (session_hash) WHERE state <> 'ended' AND session_hash IS NOT NULL;
CREATE INDEX seat_by_account ON seat (account_id) WHERE state <> 'ended' AND account_id IS NOT NULL;
CREATE TABLE knock (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    link_id TEXT NOT NULL REFERENCES link (id),
    meeting_id TEXT,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    message TEXT,
    since BIGINT NOT NULL,
    account_id TEXT,
    session_hash TEXT,
    verified_workspace TEXT,
    verified_role TEXT,
    colleague INTEGER NOT NULL,
    resembles TEXT,
    reason TEXT,
    held INTEGER NOT NULL,
    reply TEXT,
    seen INTEGER NOT NULL,
    away_since BIGINT,
    decided_by TEXT,
    decided_by_id TEXT,
    decision TEXT,
    clock BIGINT,
    over_at BIGINT,
    dismissed INTEGER NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX knock_standing ON knock (link_id, seq) WHERE state IN ('waiting', 'admitted', 'entered');
CREATE INDEX knock_missed ON knock (link_id, seq) WHERE state IN ('withdrawn', 'expired') AND dismissed = 0;
CREATE INDEX knock_by_session ON knock (session_hash)
    WHERE session_hash IS NOT NULL AND state IN ('waiting', 'admitted', 'entered');
CREATE INDEX knock_by_account ON knock (account_id)
    WHERE account_id IS NOT NULL AND state IN ('waiting', 'admitted', 'entered');
CREATE INDEX knock_away ON knock (away_since) WHERE state = 'waiting';
CREATE INDEX knock_admitted ON knock (clock) WHERE state = 'admitted';
CREATE INDEX knock_over ON knock (over_at) WHERE over_at IS NOT NULL;
CREATE TABLE knock_ticket (
    hash TEXT NOT NULL,
    knock_seq INTEGER NOT NULL REFERENCES knock (seq),
    PRIMARY KEY (hash, knock_seq)
) WITHOUT ROWID;
CREATE INDEX knock_ticket_by_knock ON knock_ticket (knock_seq);
CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX webhook_by_time ON webhook (at);
CREATE TABLE announcement (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    change TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE pulse (
    id INTEGER PRIMARY KEY,
    at BIGINT NOT NULL
)
"""

# What an observer saw, in the order in which it was stored, and who watches which meeting: `observer` is nobody
# where the last one left, `seen` is when it last said that it watches.
CONTRIBUTIONS = """
CREATE TABLE observed (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    meeting_id TEXT NOT NULL REFERENCES meeting (id),
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    identity TEXT NOT NULL
);
CREATE UNIQUE INDEX observed_once ON observed (meeting_id, at, kind, identity);
CREATE TABLE watching (
    meeting_id TEXT PRIMARY KEY REFERENCES meeting (id),
    observer TEXT,
    seen BIGINT NOT NULL
) WITHOUT ROWID
"""

# The meetings of a link that are over, and those in which an account was: few of very many.
LOOKING_BACK = """
CREATE INDEX meeting_over ON meeting (link_id, opened) WHERE ended IS NOT NULL;
CREATE INDEX seat_sat ON seat (account_id, meeting_id) WHERE account_id IS NOT NULL AND joined_at IS NOT NULL
"""


def migrate(db: Database) -> None:
    """Bring the database to this version, or raise NewerDatabase and leave it untouched.

    Two processes that start at once migrate one after the other.
    """
    known = {migration.name for migration in migrations._migrations}  # it has no public list of all
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        if unknown := {applied.name for applied in migrations.applied(db)} - known:
            raise NewerDatabase(", ".join(sorted(unknown)))
        if migrations.pending(db):
            migrations.apply(db)
        db.conn.execute("COMMIT")
    except BaseException:
        db.conn.execute("ROLLBACK")
        raise
