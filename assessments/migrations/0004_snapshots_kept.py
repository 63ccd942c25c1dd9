"""A snapshot and a DCMM claim stay as they were written; a newer one is a new row."""

from django.db import migrations

RAISE = """
CREATE TRIGGER assessments_snapshot_kept BEFORE UPDATE OR DELETE ON assessments_snapshot
  FOR EACH STATEMENT EXECUTE FUNCTION assessments_never_changes();
CREATE TRIGGER assessments_claim_kept BEFORE UPDATE OR DELETE ON assessments_dcmmclaim
  FOR EACH STATEMENT EXECUTE FUNCTION assessments_never_changes();
"""
DROP = """
DROP TRIGGER assessments_claim_kept ON assessments_dcmmclaim;
DROP TRIGGER assessments_snapshot_kept ON assessments_snapshot;
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0003_maturity")]
    operations = [migrations.RunSQL(RAISE, DROP)]
