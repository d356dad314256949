"""The asynchronous face: hot reads, streams and OFREP, answered on the event loop from memory.

What may live here: handlers that parse a request, look at the snapshot in memory and send bytes. Nothing here
waits for the store on the loop; whoever asks is looked up in a thread, and remembered for a second.
"""
