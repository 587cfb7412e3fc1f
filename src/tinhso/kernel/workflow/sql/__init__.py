"""From a flow to the SQL functions that alone may change its records."""
