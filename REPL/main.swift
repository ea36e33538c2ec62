import Commands

Payg.start()
