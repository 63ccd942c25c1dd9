"""Votes are added and read, never changed or removed, whoever asks."""

from django.db import migrations

GUARD = """
CREATE FUNCTION workflows_vote_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'votes are never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER workflows_vote_no_change BEFORE UPDATE OR DELETE ON workflows_vote
  FOR EACH ROW EXECUTE FUNCTION workflows_vote_added();
"""
LIFT = """
DROP TRIGGER workflows_vote_no_change ON workflows_vote;
DROP FUNCTION workflows_vote_added();
"""


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, LIFT)]
