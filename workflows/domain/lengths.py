"""How many characters a text may have, wherever it is typed or sent."""

SHORT, LONG = 300, 10_000  # an answer of an application, where the rulebook names no limit
EXPLANATION = 3_000  # why a question is answered with yes, why a case is taken back
CHANGES = 6_000  # what was changed; the answer to one item of a notice
PEOPLE = 100  # rows
PERSON = {"name": 120, "role": 200, "qualifications": 600, "training": 200}  # parts of a row
REASONS = 4_000  # of an act of the committee
REQUEST = 2_000  # of one item of a supplement notice
OPINION = 8_000
NOTES = 20_000  # beside the record of a meeting
VOTE_REASON = 2_000
RULING = 8_000  # reasons and requirements of a decision, in one language
NAME = 200
ADDRESS = 200  # of a video meeting
IMPORT_FILES = 8  # of one bulk import
IMPORT_TOKEN = 3 << 20  # characters that carry its preview back to the server
