"""Lessons: a document says what is to be predicted and reached, a referee in the World watches over it.

document.py reads what somebody wrote, measures.py is the table of all that can be asked of a cluster,
clauses.py holds it against what is wanted, referee.py does so at the end of each instant, proof.py plays a
document through before anybody learns from it.
"""
