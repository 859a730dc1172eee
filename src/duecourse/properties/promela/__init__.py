"""A procedure said once more, in Promela, and run by SPIN: a witness that shares no rule with the checker."""
