"""Why a receiver was not reached: a code with words in both languages, in place of English."""

from django.db import migrations, models

CODES = """
UPDATE interface_webhookdelivery
   SET last_error = CASE
       WHEN last_error = 'address refused' THEN 'address_refused'
       WHEN last_error = 'name not found' THEN 'name_not_found'
       WHEN last_error = 'address inside a private network' THEN 'private_network'
       WHEN last_error = 'TimeoutError' THEN 'too_slow'
       WHEN last_error = 'SSLCertVerificationError' THEN 'not_trusted'
       WHEN last_error IN ('ConnectionRefusedError', 'OSError') THEN 'not_listening'
       ELSE 'broken_off' END
 WHERE last_error <> ''
"""


class Migration(migrations.Migration):

    dependencies = [('interface', '0002_webhooks')]

    operations = [
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='webhookdelivery',
            name='last_error',
            field=models.CharField(
                blank=True,
                choices=[
                    ('address_refused', 'address_refused'),
                    ('name_not_found', 'name_not_found'),
                    ('private_network', 'private_network'),
                    ('not_listening', 'not_listening'),
                    ('too_slow', 'too_slow'),
                    ('not_trusted', 'not_trusted'),
                    ('broken_off', 'broken_off'),
                ],
                max_length=20,
            ),
        ),
    ]
