"""The pure heart: topics, matching, stories, digests, schedules. No await, no clock, no input or output."""
