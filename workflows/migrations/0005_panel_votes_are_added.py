"""Experts' votes and what happened to a certificate are added and read, never changed or removed."""

from django.db import migrations

GUARD = """
CREATE TRIGGER workflows_panelvote_no_change BEFORE UPDATE OR DELETE ON workflows_panelvote
  FOR EACH ROW EXECUTE FUNCTION workflows_vote_added();
CREATE FUNCTION workflows_certificate_event_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events of certificates are never changed: % refused', TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER workflows_certificateevent_no_change BEFORE UPDATE OR DELETE ON workflows_certificateevent
  FOR EACH ROW EXECUTE FUNCTION workflows_certificate_event_added();
"""
LIFT = """
DROP TRIGGER workflows_certificateevent_no_change ON workflows_certificateevent;
DROP FUNCTION workflows_certificate_event_added();
DROP TRIGGER workflows_panelvote_no_change ON workflows_panelvote;
"""


class Migration(migrations.Migration):
    dependencies = [("workflows", "0004_verifications")]
    operations = [migrations.RunSQL(GUARD, LIFT)]
