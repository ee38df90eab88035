"""Every statement about mails."""

from testfields.db.statements import Statement

# Served by mail_once: a mail about one event is written to one person once, however often the job runs.
POST = Statement("""
    INSERT INTO mail (person_id, event_id, locale, subject, text, html, created_at)
    VALUES (:person_id, :event_id, :locale, :subject, :text, :html, :now)
    ON CONFLICT ON CONSTRAINT mail_once DO NOTHING
    RETURNING id
""")

# Locked until it is marked as sent, so that two workers never send the same mail; served by the primary key.
TAKE_UNSENT = Statement("""
    SELECT mail.id, person.name, person.email, mail.locale, mail.subject, mail.text, mail.html, mail.created_at
    FROM mail JOIN person ON person.id = mail.person_id
    WHERE mail.id = :mail_id AND mail.sent_at IS NULL
    FOR UPDATE OF mail
""")

MARK_SENT = Statement("UPDATE mail SET sent_at = :now WHERE id = :mail_id")

# Newest first, from the primary key backwards.
LATEST = Statement("""
    SELECT mail.id, person.email, mail.subject, mail.created_at, mail.sent_at
    FROM mail JOIN person ON person.id = mail.person_id
    WHERE mail.id < :before
    ORDER BY mail.id DESC
    LIMIT :limit
""")

ONE = Statement("""
    SELECT mail.id, person.email, mail.locale, mail.subject, mail.text, mail.created_at, mail.sent_at
    FROM mail JOIN person ON person.id = mail.person_id
    WHERE mail.id = :mail_id
""")
