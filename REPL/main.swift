import Commands

Payg.start { session in Conversation(session).run() }
