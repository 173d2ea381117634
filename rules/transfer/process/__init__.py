"""Reading what somebody gave, planning and importing it: large files in a process of its own, so that nobody waits."""
