"""What the browser gets, made at set-up: `python -m tinhso.kernel.web.assets build`."""
