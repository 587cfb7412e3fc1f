"""What a measure does inside the platform: a process of its own, with Django, told by JSON and telling JSON."""
