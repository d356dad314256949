"""How the command line speaks HTTP: connections, messages, stored logins and the client on top."""
