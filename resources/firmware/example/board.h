/* What the self-test asks of a board. board_semihosting.c answers for an emulator or a debugger;
   for a UART write these three functions with the vendor's library. */
#ifndef BOARD_H
#define BOARD_H

/* Clocks and the UART: 115200 baud, 8 data bits, no parity, 1 stop bit. */
void board_start(void);

/* Sends one character. */
void board_put(char letter);

/* Not 0 to run the self-test again, so that a listener who comes late hears it too;
   wait a second before answering. */
int board_again(void);

#endif
