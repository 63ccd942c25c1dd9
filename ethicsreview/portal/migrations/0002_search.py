"""What makes the search quick: the terms of a text, indexes on the terms of everything searched, and on its moments.

The terms are computed from the columns themselves by the index, so nothing that writes can forget them, and no row
carries them. ``portal.queries.texts`` builds the same expressions.
"""

from django.db import migrations

# Every letter, every two and, outside the scripts written without blanks, every three in a row, without difference of
# case and width; a blank separates. What a text contains, its terms contain: so the index finds every candidate, and a
# look at the text itself decides. Only built-in functions, by whatever search path the index is maintained.
FUNCTION = """
CREATE FUNCTION portal_terms(given text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 2000 AS $$
DECLARE
  letter text;
  one_before text := '';
  two_before text := '';
  found text[] := '{}';
BEGIN
  FOREACH letter IN ARRAY string_to_array(lower(normalize(given, NFKC)), NULL) LOOP
    IF letter ~ '\\s' THEN
      one_before := '';
      two_before := '';
      CONTINUE;
    END IF;
    found := found || letter;
    IF one_before <> '' THEN
      found := found || (one_before || letter);
    END IF;
    IF two_before <> '' AND ascii(two_before) < 11904 THEN
      found := found || (two_before || one_before || letter);
    END IF;
    two_before := one_before;
    one_before := letter;
  END LOOP;
  RETURN found;
END $$;
"""

# table: columns as they are, columns without their hyphens
TEXTS = {
    "accounts_organisation": (["name", "name_zh", "credit_code"], []),
    "workflows_committee": (["code", "name", "name_zh"], []),
    "workflows_case": (["reference", "title"], ["reference"]),
    "workflows_decision": (
        ["reasons_en", "reasons_zh", "requirements_en", "requirements_zh", "scope_en", "scope_zh"],
        [],
    ),
    "assessments_selfassessment": (["reference", "legal_entity", "entity_code", "scope"], ["reference"]),
    "workflows_verification": (["reference"], ["reference"]),
    "workflows_certificate": (["number", "legal_entity", "scope"], ["number"]),
    "documents_signeddocument": (["code"], ["code"]),
}

# name: table, columns, condition
MOMENTS = {
    "decision_by_issue": ("workflows_decision", "issued_at DESC, id DESC", "WHERE issued_at IS NOT NULL"),
    "self_assessment_by_moment": ("assessments_selfassessment", "changed_at DESC, id DESC", ""),
    "signed_document_by_moment": ("documents_signeddocument", "signed_at DESC, id DESC", ""),
}


def _text(plain, squeezed):
    parts = [f"coalesce({name}::text, '')" for name in plain]
    parts += [f"replace(coalesce({name}::text, ''), '-', '')" for name in squeezed]
    return " || E'\\n' || ".join(parts)


def _indexes():
    for table, (plain, squeezed) in TEXTS.items():
        yield (
            f"CREATE INDEX {table}_terms ON {table} USING gin (portal_terms({_text(plain, squeezed)}))"
            " WITH (fastupdate = off)",
            f"DROP INDEX {table}_terms",
        )
    for name, (table, columns, condition) in MOMENTS.items():
        yield f"CREATE INDEX {name} ON {table} ({columns}) {condition}", f"DROP INDEX {name}"


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_saved_searches"),
        ("accounts", "0002_invitation_mail"),
        ("assessments", "0004_snapshots_kept"),
        ("documents", "0002_never_changed"),
        ("workflows", "0006_schemes_and_dcmm_findings"),
    ]
    operations = [
        migrations.RunSQL([FUNCTION], ["DROP FUNCTION portal_terms(text)"]),
        *(migrations.RunSQL([forth], [back]) for forth, back in _indexes()),
    ]
