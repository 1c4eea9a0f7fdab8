"""The session on the wire: messages, their parsing and dumping, close codes, schema. Pure."""
