"""Before the day: dated evidence, who has said what, and where the race stands."""
