"""Settings changes: who is served and who must sign, proposed, compared, signed and applied."""
