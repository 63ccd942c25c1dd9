"""A signed document is a fact: PostgreSQL itself refuses to change or remove one, but for being superseded, once."""

from django.db import migrations

RAISE = """
CREATE FUNCTION documents_signed_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.superseded_by_id IS NULL THEN
    OLD.superseded_by_id := NEW.superseded_by_id;
    IF NEW IS NOT DISTINCT FROM OLD THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'a signed document never changes: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER documents_signed_no_change BEFORE UPDATE OR DELETE ON documents_signeddocument
  FOR EACH ROW EXECUTE FUNCTION documents_signed_never_changes();
"""
DROP = """
DROP TRIGGER documents_signed_no_change ON documents_signeddocument;
DROP FUNCTION documents_signed_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunSQL(RAISE, DROP)]
