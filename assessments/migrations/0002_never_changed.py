"""A published instrument, an answer and its evidence stay as they were written; PostgreSQL itself refuses otherwise."""

from django.db import migrations

RAISE = """
CREATE FUNCTION assessments_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only added to: % refused', TG_TABLE_NAME, TG_OP;
END $$;
CREATE TRIGGER assessments_instrument_kept BEFORE UPDATE OR DELETE ON assessments_instrumentversion
  FOR EACH STATEMENT EXECUTE FUNCTION assessments_never_changes();
CREATE TRIGGER assessments_answer_kept BEFORE UPDATE OR DELETE ON assessments_answer
  FOR EACH STATEMENT EXECUTE FUNCTION assessments_never_changes();
CREATE TRIGGER assessments_evidence_kept BEFORE UPDATE OR DELETE ON assessments_answerevidence
  FOR EACH STATEMENT EXECUTE FUNCTION assessments_never_changes();
"""
DROP = """
DROP TRIGGER assessments_evidence_kept ON assessments_answerevidence;
DROP TRIGGER assessments_answer_kept ON assessments_answer;
DROP TRIGGER assessments_instrument_kept ON assessments_instrumentversion;
DROP FUNCTION assessments_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]
    operations = [migrations.RunSQL(RAISE, DROP)]
