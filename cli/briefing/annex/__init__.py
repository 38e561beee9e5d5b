"""The annex to disclose: its numbers as a record for machines, and its sections.

`activity_record` and `accounting` make parts of the record that `annex_twin` puts together; the
sections say what is in the record, and compute nothing.
"""
