"""A file version is what somebody sent on a day; PostgreSQL itself refuses to change one."""

from django.db import migrations

RAISE = """
CREATE FUNCTION files_version_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a file version never changes: % refused', TG_OP;
END $$;
CREATE TRIGGER files_version_no_update BEFORE UPDATE ON files_fileversion
  FOR EACH STATEMENT EXECUTE FUNCTION files_version_never_changes();
"""
DROP = """
DROP TRIGGER files_version_no_update ON files_fileversion;
DROP FUNCTION files_version_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]
    operations = [migrations.RunSQL(RAISE, DROP)]
