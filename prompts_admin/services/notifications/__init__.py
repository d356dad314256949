"""Who is told, of what and where: messages, destinations and their delivery from the outbox."""
