"""The peak hour, played by its parts: who comes, who passes the gates, who declares, who reads."""
